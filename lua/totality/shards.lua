--- Data sets on disk: images that are made once and used many times, in files of limited size.
--
-- A directory holds shard-00001.safetensors, shard-00002.safetensors ... and index.json, which names them with their
-- CRC-32. A shard has `images` (U8, count x channels x height x width, 0 to 255), `labels` (U8) and, of a data set
-- that knows it, `light_left` (F64), in the safetensors format (github.com/huggingface/safetensors).

local attempt = require("totality.interruption").attempt
local core = require "totality.core"
local dataset_module = require "totality.dataset"
local files = require "totality.files"
local json = require "totality.json"
local options = require "totality.options"
local order = require "totality.order"
local progress_bar = require "totality.progress_bar"

local TOTAL_LIGHT = require("totality.bank").TOTAL_LIGHT

local shards = {}

local FORMAT = 1

-- Pixels in a shard, unless its size is given: small enough to be made in memory, where a pixel takes 4 bytes.
local SHARD_BYTES = 1 << 25

--- A data set on disk, made by `totality.shards.open`; it follows the protocol of `totality.dataset`.
---@class totality.ShardDataset
local ShardDataset = { __name = "totality.ShardDataset" }
ShardDataset.__index = ShardDataset

local function read_file(path)
   local file <close>, message = io.open(path, "rb")
   if not file then return nil, message end
   local text, failure = file:read "a"
   if not text then return nil, ("%s: %s"):format(path, failure) end
   return text
end

-- The index of a directory; false when there is none yet, nil and a message when it can't be used.
local function read_index(directory)
   local path = directory .. "/index.json"
   local text = read_file(path)
   if not text then return false end
   local decoded, index = attempt(json.decode, text)
   if not decoded or type(index) ~= "table" or type(index.shards) ~= "table" then
      return nil, path .. ": no index of shards"
   end
   if index.format ~= FORMAT then
      return nil, ("%s: format %s of shards is not known, only %d"):format(path, tostring(index.format), FORMAT)
   end
   return index
end

-- The text of a safetensors file of these arrays: { name, dtype, shape, bytes } each.
local function safetensors(arrays, metadata)
   local header, position, parts = { __metadata__ = metadata }, 0, {}
   for k, array in ipairs(arrays) do
      header[array.name] = { dtype = array.dtype, shape = array.shape,
         data_offsets = { position, position + #array.bytes } }
      position, parts[k] = position + #array.bytes, array.bytes
   end
   local text = json.encode(header)
   text = text .. (" "):rep(-#text % 8)
   return string.pack("<s8", text) .. table.concat(parts)
end

local function pack_numbers(list, format)
   local parts = {}
   for k = 1, #list do parts[k] = string.pack(format, list[k]) end
   return table.concat(parts)
end

-- The text of the shard of these examples, and the shape of an image. What is aligned to 8 bytes comes first.
local function make_shard(dataset, first, count, source)
   local images, labels, light_left
   if dataset.examples then
      images, light_left = dataset:examples(first, count)
      labels = {}
      for k = 1, count do labels[k] = light_left[k] < TOTAL_LIGHT and 1 or 0 end
   else
      images, labels = dataset:batch(first, count)
   end
   local arrays = {}
   if light_left then
      arrays[1] = { name = "light_left", dtype = "F64", shape = { count }, bytes = pack_numbers(light_left, "<d") }
   end
   arrays[#arrays + 1] = { name = "images", dtype = "U8", shape = { images:shape() }, bytes = core.to_bytes(images) }
   arrays[#arrays + 1] = { name = "labels", dtype = "U8", shape = { count }, bytes = pack_numbers(labels, "B") }
   local _, channels, height, width = images:shape()
   return safetensors(arrays, { source = source, first = tostring(first) }), { channels, height, width }
end

local function is_intact(directory, shard)
   local text = read_file(directory .. "/" .. shard.file)
   return text and #text == shard.bytes and core.crc32(text) == shard.crc32
end

-- The index to continue with: that of the directory without the shards that are damaged, or a fresh one.
local function begin_index(directory, fresh)
   local index, message = read_index(directory)
   if index == nil then return nil, message end
   if not index then return fresh end
   for _, name in ipairs { "source", "size", "shard_size" } do
      if index[name] ~= fresh[name] then
         return nil, ("%s/index.json: another data set is there: %s is %s, not %s"):format(directory, name,
            tostring(index[name]), tostring(fresh[name]))
      end
   end
   local kept = {}
   for _, shard in ipairs(index.shards) do
      if not is_intact(directory, shard) then break end
      kept[#kept + 1] = shard
   end
   index.shards = kept
   return index
end

local function write_shards(dataset, directory, index, bar)
   for first = #index.shards * index.shard_size + 1, index.size, index.shard_size do
      local count = math.min(index.shard_size, index.size - first + 1)
      local text, shape = make_shard(dataset, first, count, index.source)
      local file = ("shard-%05d.safetensors"):format(#index.shards + 1)
      local written, message = files.write(directory .. "/" .. file, text)
      if not written then return nil, message end
      index.shape = shape
      table.insert(index.shards, { file = file, count = count, bytes = #text, crc32 = core.crc32(text) })
      written, message = files.write(directory .. "/index.json", json.encode(index) .. "\n")
      if not written then return nil, message end
      bar:update(first - 1 + count)
   end
   return true
end

--- Writes the fixed set of a data set (its batches without an epoch) to a directory, which is made when it is
--- missing. What is there already is kept when it is intact, so that the same call continues after an interruption.
---@param dataset table see totality.dataset; labels must be 0 or 1
---@param directory string
---@param given? { source?: string, shard_size?: integer, verbose?: boolean } source: what the images are, kept in
--- the index, so that another data set is not continued (default: tostring(dataset)); shard_size: images a file
--- (default: as many as make 32 MiB); verbose: a line of progress on a terminal (default true)
---@return boolean|nil written
---@return string? message
function shards.write(dataset, directory, given)
   local what = "shards.write"
   local size = dataset_module.check(what, "dataset", dataset)
   options.check_value(what, "directory", directory, { type = "string" })
   local checked = options.check(what, given, {
      source = { type = "string", default = tostring(dataset) },
      shard_size = { type = "integer", minimum = 1 },
      verbose = { type = "boolean", default = true },
   })
   if size == 0 then options.fail(what, 2, "the data set is empty") end
   if not checked.shard_size then
      local _, channels, height, width = dataset:batch(1, 1):shape()
      checked.shard_size = math.max(1, SHARD_BYTES // (channels * height * width))
   end
   local made, message = files.make_directory(directory)
   if not made then return nil, message end
   local index
   index, message = begin_index(directory, { format = FORMAT, size = size, source = checked.source,
      shard_size = checked.shard_size, shards = {} })
   if not index then return nil, message end
   local bar <close> = progress_bar.new { total = size, unit = "images", shown = checked.verbose,
      done = math.min(#index.shards * index.shard_size, size) }
   return write_shards(dataset, directory, index, bar)
end

-- Where an open shard's images begin, and its labels and light left as lists.
local function open_shard(directory, shard, shape)
   local path = directory .. "/" .. shard.file
   local text, message = read_file(path)
   if not text then return nil, message end
   if #text ~= shard.bytes or core.crc32(text) ~= shard.crc32 then
      return nil, ("%s: damaged, its CRC-32 is not that of index.json; write the data set again"):format(path)
   end
   local header, data = string.unpack("<s8", text)
   header = json.decode(header)
   local opened = { path = path, offset = data - 1 + header.images.data_offsets[1], labels = {}, count = shard.count }
   local size = shape[1] * shape[2] * shape[3]
   if header.images.data_offsets[2] - header.images.data_offsets[1] ~= shard.count * size then
      return nil, path .. ": its images have not the shape that index.json says"
   end
   local at = data + header.labels.data_offsets[1]
   for k = 1, shard.count do opened.labels[k] = text:byte(at + k - 1) end
   if header.light_left then
      opened.light_left, at = {}, data + header.light_left.data_offsets[1]
      for k = 1, shard.count do opened.light_left[k] = string.unpack("<d", text, at + 8 * (k - 1)) end
   end
   opened.file, message = io.open(path, "rb")
   if not opened.file then return nil, message end
   return opened
end

--- Opens a directory that `totality.shards.write` wrote, all of it. Only labels are kept in memory; images are read
--- when a batch needs them.
---@param directory string
---@param given? { first?: integer, count?: integer, seed?: integer } a part of the samples (default all); seed of
--- the order of an epoch (default 0)
---@return totality.ShardDataset|nil dataset nil when a file is missing or damaged
---@return string? message
function shards.open(directory, given)
   local what = "shards.open"
   options.check_value(what, "directory", directory, { type = "string" })
   local checked = options.check(what, given, {
      first = { type = "integer", default = 1, minimum = 1 },
      count = { type = "integer", minimum = 1 },
      seed = { type = "integer", default = 0 },
   })
   local index, message = read_index(directory)
   if index == nil then return nil, message end
   if not index then return nil, directory .. "/index.json: there are no shards" end
   local self = setmetatable({ directory = directory, source = index.source, shape = index.shape, places = {},
      rows = {}, seed = checked.seed }, ShardDataset)
   for _, shard in ipairs(index.shards) do
      local opened
      opened, message = open_shard(directory, shard, index.shape)
      if not opened then return nil, message end
      for k = 1, opened.count do self.places[#self.places + 1] = { opened, k } end
   end
   if #self.places ~= index.size then
      return nil, ("%s: %d of %d images are there; writing the data set again continues it"):format(directory,
         #self.places, index.size)
   end
   local last = checked.first - 1 + (checked.count or index.size - checked.first + 1)
   if checked.first > index.size or last > index.size then
      options.fail(what, 2, "samples %d to %d were asked for, there are %d", checked.first, last, index.size)
   end
   for row = checked.first, last do self.rows[#self.rows + 1] = row end
   return self
end

function ShardDataset:size() return #self.rows end

ShardDataset.__len = ShardDataset.size

local function check_range(self, what, first, count)
   first = options.check_value(what, "first", first, { type = "integer", minimum = 1 }, 3)
   count = options.check_value(what, "count", count, { type = "integer", minimum = 0 }, 3)
   if first - 1 + count > #self.rows then
      options.fail(what, 3, "samples %d to %d were asked for, there are %d", first, first - 1 + count, #self.rows)
   end
end

--- A batch for the network; see totality.dataset. Raises when a file can't be read any more.
---@param first integer
---@param count integer
---@param epoch? integer
---@return totality.Tensor images count x channels x height x width
---@return totality.Tensor labels
function ShardDataset:batch(first, count, epoch)
   check_range(self, "dataset:batch", first, count)
   local rows = order.of_epoch(self, epoch)
   local channels, height, width = table.unpack(self.shape)
   local size, parts, labels = channels * height * width, {}, core.tensor(count)
   for k = 1, count do
      local shard, number = table.unpack(self.places[rows[first + k - 1]])
      shard.file:seek("set", shard.offset + (number - 1) * size)
      parts[k], labels[k] = shard.file:read(size), shard.labels[number]
      if not parts[k] or #parts[k] < size then error(shard.path .. ": the file has become shorter", 0) end
   end
   return core.from_bytes(table.concat(parts), count, channels, height, width), labels
end

--- Light left of the eclipsed star, of the samples in their order; nil when the data set didn't know it.
---@return number[]|nil light_left as a part of the system's light
function ShardDataset:light_left()
   local list = {}
   for k, row in ipairs(self.rows) do
      local shard, number = table.unpack(self.places[row])
      if not shard.light_left then return nil end
      list[k] = shard.light_left[number]
   end
   return list
end

function ShardDataset:__tostring()
   local channels, height, width = table.unpack(self.shape)
   return ("totality.ShardDataset(%d images %d x %d x %d, %s)"):format(#self.rows, channels, height, width,
      self.directory)
end

return shards

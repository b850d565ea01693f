local totality = require "totality"

local directory

local function content(path)
   local file <close> = assert(io.open(path, "rb"))
   return file:read "a"
end

local function overwrite(path, text)
   local file <close> = assert(io.open(path, "wb"))
   file:write(text)
end

local function source(size)
   return totality.synthetic { size = size or 25, seed = 3, width = 16, height = 12, threads = 1 }
end

-- A data set that fails after some batches, as an interruption does.
local function interrupted_after(data, batches)
   return { size = function() return data:size() end, batch = function(_, ...) return data:batch(...) end,
      examples = function(_, ...)
         if batches == 0 then error("interrupted!", 0) end
         batches = batches - 1
         return data:examples(...)
      end }
end

before_each(function()
   directory = os.tmpname()
   os.remove(directory)
   assert(os.execute("mkdir " .. directory))
end)

after_each(function() os.execute("rm -r " .. directory) end)

describe("totality.shards", function()
   it("gives the images, labels and light left back", function()
      local data = source()
      assert(totality.shards.write(data, directory, { shard_size = 10 }))
      local stored = assert(totality.shards.open(directory))
      assert.equal(25, stored:size())
      assert.matches("totality.ShardDataset(25 images 1 x 12 x 16, " .. directory .. ")", tostring(stored), 1, true)
      local images, labels = data:batch(8, 10)
      local stored_images, stored_labels = stored:batch(8, 10)
      assert.same({ 10, 1, 12, 16 }, { stored_images:shape() })
      for k = 1, #images do
         assert.is_true(math.abs(images[k] - stored_images[k]) <= 0.5 / 255 + 1e-6)
      end
      assert.same(labels:to_table(), stored_labels:to_table())
      local _, light_left = data:examples(1, 25)
      assert.same(light_left:to_table(), stored:light_left())
   end)

   it("goes through an epoch in an order of its own, and through a part", function()
      assert(totality.shards.write(source(), directory, { shard_size = 10 }))
      local part = assert(totality.shards.open(directory, { first = 6, count = 12, seed = 4 }))
      assert.equal(12, part:size())
      local fixed, shuffled = part:batch(1, 12), part:batch(1, 12, 1)
      local function sums(images)
         local list = {}
         for k = 1, 12 do
            list[k] = 0
            for _, pixel in ipairs(images:rows(k, 1):to_table()) do list[k] = list[k] + pixel end
         end
         return list
      end
      local a, b = sums(fixed), sums(shuffled)
      assert.is_not.same(a, b)
      table.sort(a)
      table.sort(b)
      assert.same(a, b)
      assert.same(shuffled:to_table(), part:batch(1, 12, 1):to_table())
   end)

   it("continues after an interruption with the same bytes", function()
      assert(totality.shards.write(source(), directory, { shard_size = 10, source = "s" }))
      local whole = {}
      for k = 1, 3 do whole[k] = content(("%s/shard-%05d.safetensors"):format(directory, k)) end
      local index = content(directory .. "/index.json")
      assert(os.execute("rm " .. directory .. "/*"))
      assert.error(function()
         totality.shards.write(interrupted_after(source(), 2), directory, { shard_size = 10, source = "s" })
      end)
      local none, message = totality.shards.open(directory)
      assert.is_nil(none)
      assert.matches("20 of 25 images", message)
      overwrite(directory .. "/shard-00001.safetensors", whole[1]) -- must not be made again
      assert(totality.shards.write(interrupted_after(source(), 1), directory, { shard_size = 10, source = "s" }))
      for k = 1, 3 do assert.equal(whole[k], content(("%s/shard-%05d.safetensors"):format(directory, k))) end
      assert.equal(index, content(directory .. "/index.json"))
   end)

   it("refuses damaged files and makes them again", function()
      assert(totality.shards.write(source(), directory, { shard_size = 10 }))
      local path = directory .. "/shard-00002.safetensors"
      local text = content(path)
      overwrite(path, text:sub(1, 700) .. string.char(text:byte(701) ~ 1) .. text:sub(702))
      local none, message = totality.shards.open(directory)
      assert.is_nil(none)
      assert.matches(path .. ": damaged", message, 1, true)
      assert(totality.shards.write(source(), directory, { shard_size = 10 }))
      assert.equal(text, content(path))
      assert(totality.shards.open(directory))
      overwrite(directory .. "/index.json", "{")
      none, message = totality.shards.open(directory)
      assert.is_nil(none)
      assert.matches("index.json: no index of shards", message, 1, true)
   end)

   it("makes the directory, or says why not", function()
      assert(totality.shards.write(source(), directory .. "/a/b"))
      assert.equal(25, #assert(totality.shards.open(directory .. "/a/b")))
      local none, message = totality.shards.write(source(), "/proc/nothing/here")
      assert.is_nil(none)
      assert.equal("/proc/nothing/here: the directory can't be made", message)
   end)

   it("does not continue another data set", function()
      assert(totality.shards.write(source(), directory, { shard_size = 10 }))
      local none, message = totality.shards.write(source(24), directory, { shard_size = 10 })
      assert.is_nil(none)
      assert.matches("another data set is there", message, 1, true)
      none, message = totality.shards.open(directory .. "/nowhere")
      assert.is_nil(none)
      assert.matches("there are no shards", message, 1, true)
      assert.error_matches(function() totality.shards.open(directory, { first = 20, count = 7 }) end,
         "samples 20 to 26 were asked for, there are 25")
   end)

   it("trains a network as the images in memory do", function()
      local data = totality.synthetic { size = 16, seed = 3, width = 32, height = 32 }
      assert(totality.shards.write(data, directory))
      local stored = assert(totality.shards.open(directory, { seed = 3 }))
      local images, labels = stored:batch(1, 16)
      local memory = totality.dataset { images = images, labels = labels, seed = 3 }
      local losses = {}
      for k, set in ipairs { stored, memory } do
         local model = totality.models.cnn10 { width = 32, height = 32, seed = 1 }
         model:compile {}
         losses[k] = model:fit(set, { epochs = 2, batch_size = 8, verbose = false }).loss
      end
      assert.same(losses[1], losses[2])
   end)
end)

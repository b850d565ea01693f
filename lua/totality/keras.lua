--- Weights in Keras' layout: from a network trained in Keras to the same network here, and back.
--
-- Keras keeps images with the channel last. So its convolution kernels are [3][3][channels][filters], its dense
-- kernels [features][units], and behind a flatten the features come in the order row, column, channel, where ours
-- come in the order channel, row, column. Biases and the arrays of batch normalisation are vectors in both.

local core = require "totality.core"
local options = require "totality.options"

local keras = {}

local ARRAYS = {
   conv2d = { "kernel", "bias" }, dense = { "kernel", "bias" },
   batch_normalization = { "gamma", "beta", "moving_mean", "moving_variance" },
}

-- For each feature of a flattened image in our order, from 0, its number in Keras'.
local function flatten_order(shape)
   local order = {}
   for channel = 0, shape.channels - 1 do
      for row = 0, shape.height - 1 do
         for column = 0, shape.width - 1 do
            order[#order + 1] = (row * shape.width + column) * shape.channels + channel
         end
      end
   end
   return order
end

-- Where each number of one of our arrays lies in Keras' array, from 0, and Keras' shape.
local function layout(layer, own, order)
   local places, shape = {}, { own:shape() }
   if #shape == 4 then
      local filters, channels = shape[1], shape[2]
      for filter = 0, filters - 1 do
         for channel = 0, channels - 1 do
            for tap = 0, 8 do places[#places + 1] = (tap * channels + channel) * filters + filter end
         end
      end
      return places, { 3, 3, channels, filters }
   elseif #shape == 2 then
      local units, features = shape[1], shape[2]
      for unit = 0, units - 1 do
         for feature = 0, features - 1 do
            places[#places + 1] = (order and order[feature + 1] or feature) * units + unit
         end
      end
      return places, { features, units }
   end
   local permuted = order and layer.class == "batch_normalization"
   for k = 0, #own - 1 do places[k + 1] = permuted and order[k + 1] or k end
   return places, shape
end

-- The model's arrays in Keras' order, which is ours: { name of the layer, of its class and of the array in Keras,
-- our Tensor, places, shape }.
local function arrays_of(model)
   local tensors, list, next_tensor, order = model.network:tensors(), {}, 1, nil
   local shape = { channels = model.channels, height = model.height, width = model.width, flat = false }
   for _, layer in ipairs(model.network:layers()) do
      if layer.class == "flatten" and not shape.flat then order = flatten_order(shape) end
      for _, name in ipairs(ARRAYS[layer.class] or {}) do
         local own = tensors[next_tensor][2]
         local places, keras_shape = layout(layer, own, order)
         list[next_tensor] = { layer = layer.name, class = layer.class, name = name, own = own, places = places,
            shape = keras_shape }
         next_tensor = next_tensor + 1
      end
      if layer.class == "dense" then order = nil end
      shape = layer
   end
   return list
end

local function shape_text(shape) return "[" .. table.concat(shape, ", ") .. "]" end

-- The numbers of a nested list, row by row, appended to `numbers`; and its shape by its first items.
local function unnest(value, numbers, shape, depth)
   shape[depth] = shape[depth] or #value
   for k = 1, #value do
      if type(value[k]) == "table" then
         unnest(value[k], numbers, shape, depth + 1)
      else
         numbers[#numbers + 1] = value[k]
      end
   end
   return numbers, shape
end

-- Numbers and shape of a Tensor, a Series or a nested list.
local function open(value)
   if type(value) == "userdata" and value.shape then return value, { value:shape() } end
   return unnest(value, {}, {}, 1)
end

-- A message when a value does not have the shape that is expected, or holds what is no number.
local function problem(array, numbers, shape)
   local count = 1
   for _, n in ipairs(array.shape) do count = count * n end
   if shape_text(shape) ~= shape_text(array.shape) or #numbers ~= count then
      return ("%s/%s has shape %s, %s was expected"):format(array.layer, array.name, shape_text(shape),
         shape_text(array.shape))
   end
   for k = 1, count do
      if type(numbers[k]) ~= "number" then
         return ("%s/%s: element %d is no number"):format(array.layer, array.name, k)
      end
   end
end

-- Puts the numbers, one list for each array, in the network.
local function assign(model, arrays, lists)
   for k, array in ipairs(arrays) do
      local numbers = lists[k]
      for j, place in ipairs(array.places) do array.own[j] = numbers[place + 1] end
      model.network:set_tensor(k, array.own)
   end
end

--- Sets all weights of a model from arrays as Keras' model.get_weights() lists them.
---@param model totality.Model
---@param arrays table[] Tensors or nested lists: kernel, bias of each convolution and dense layer; gamma, beta,
--- moving mean and moving variance of each batch normalisation
function keras.set_weights(model, arrays)
   local what = "keras.set_weights"
   options.check_value(what, "model", model, { class = "totality.Model" })
   options.check_value(what, "arrays", arrays, { type = "table" })
   local wanted, lists = arrays_of(model), {}
   if #arrays ~= #wanted then
      options.fail(what, 2, "there are %d arrays, the model has %d", #arrays, #wanted)
   end
   for k, array in ipairs(wanted) do
      local kind = type(arrays[k])
      if kind ~= "table" and kind ~= "userdata" then
         options.fail(what, 2, "arrays[%d] must be a Tensor or nested lists, got %s", k, kind)
      end
      local numbers, shape = open(arrays[k])
      local wrong = problem(array, numbers, shape)
      if wrong then options.fail(what, 2, "arrays[%d]: %s", k, wrong) end
      lists[k] = numbers
   end
   assign(model, wanted, lists)
end

--- All weights of a model as Keras' model.get_weights() gives them, and model.set_weights() takes them.
---@param model totality.Model
---@return totality.Tensor[] arrays
---@return string[] names "conv2d/kernel", "conv2d/bias", ...
function keras.get_weights(model)
   options.check_value("keras.get_weights", "model", model, { class = "totality.Model" })
   local tensors, names = {}, {}
   for k, array in ipairs(arrays_of(model)) do
      local tensor = core.tensor(table.unpack(array.shape))
      for j, place in ipairs(array.places) do tensor[place + 1] = array.own[j] end
      tensors[k], names[k] = tensor, array.layer .. "/" .. array.name
   end
   return tensors, names
end

-- Layers of a class are numbered through a session of Keras: conv2d, conv2d_1, or conv2d_7, conv2d_8. The file's
-- names in that order.
local function numbered_layers(tensors, class)
   local seen, list = {}, {}
   for name in pairs(tensors) do
      local layer = name:match("([%w_]+)[/.][%w_:]+$")
      local number = layer and (layer == class and "0" or layer:match("^" .. class .. "_(%d+)$"))
      if number and not seen[layer] then
         seen[layer] = true
         list[#list + 1] = { name = layer, number = tonumber(number) }
      end
   end
   table.sort(list, function(a, b) return a.number < b.number end)
   return list
end

-- The tensor of a layer: "conv2d/kernel", "conv2d.kernel", "conv2d/kernel:0", with or without names before it.
local function find(tensors, layer, name)
   for full, tensor in pairs(tensors) do
      local found, array = full:gsub(":%d+$", ""):match("([%w_]+)[/.]([%w_]+)$")
      if found == layer and array == name then return tensor end
   end
end

--- Sets all weights of a model from a safetensors file of arrays in Keras' layout, named after the layers and
-- weights: "conv2d/kernel", "conv2d/bias", "batch_normalization/moving_mean" (or with a dot, or ":0" behind).
-- Layers of a kind may be numbered from any number on, as Keras does within a session.
---@param model totality.Model
---@param path string
---@return boolean|nil loaded
---@return string? message
function keras.load_weights(model, path)
   local what = "keras.load_weights"
   options.check_value(what, "model", model, { class = "totality.Model" })
   options.check_value(what, "path", path, { type = "string" })
   local tensors, message = core.read_tensors(path)
   if not tensors then return nil, message end
   local wanted, lists, numbered, counts, last = arrays_of(model), {}, {}, {}, {}
   for k, array in ipairs(wanted) do
      local class = array.class
      numbered[class] = numbered[class] or numbered_layers(tensors, class)
      if last[class] ~= array.layer then counts[class], last[class] = (counts[class] or 0) + 1, array.layer end
      local layer = numbered[class][counts[class]]
      local tensor = layer and find(tensors, layer.name, array.name)
      if not tensor then
         return nil, ("%s: there is no array '%s/%s'"):format(path, layer and layer.name or array.layer, array.name)
      end
      local wrong = problem(array, tensor, { tensor:shape() })
      if wrong then return nil, ("%s: %s"):format(path, wrong) end
      lists[k] = tensor
   end
   for class, list in pairs(numbered) do
      if #list > counts[class] then
         return nil, ("%s: there are %d layers %s, the model has %d"):format(path, #list, class, counts[class])
      end
   end
   assign(model, wanted, lists)
   return true
end

return keras

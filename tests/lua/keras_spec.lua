-- Weights in Keras' layout, against tests/golden/keras_numpy.txt.

local core = require "totality.core"
local totality = require "totality"

local layers, keras = totality.layers, totality.keras

local function fails(message, f, ...)
   local ok, reason = pcall(f, ...)
   assert.is_false(ok)
   assert.matches(message, reason, 1, true)
   assert.matches("keras_spec.lua:%d+: ", reason)
end

local function model_of()
   return totality.sequential { width = 10, height = 8, channels = 2, layers = {
      layers.conv2d { filters = 3, activation = "relu" }, layers.max_pooling2d {}, layers.batch_normalization {},
      layers.conv2d { filters = 4, activation = "tanh" }, layers.flatten {}, layers.batch_normalization {},
      layers.dropout { rate = 0.2 }, layers.dense { units = 5, activation = "relu" },
      layers.dense { units = 2, activation = "softmax" } } }
end

local state

local function array(low, ...)
   local tensor = core.tensor(...)
   for k = 1, #tensor do
      state = (1664525 * state + 1013904223) & 0xffffffff
      tensor[k] = (state >> 8) / 2 ^ 24 + low
   end
   return tensor
end

local NAMES = { "conv2d_3/kernel:0", "conv2d_3/bias:0", "batch_normalization.gamma", "batch_normalization.beta",
   "batch_normalization.moving_mean", "batch_normalization.moving_variance", "m/conv2d_10/kernel", "m/conv2d_10/bias",
   "batch_normalization_1/gamma", "batch_normalization_1/beta", "batch_normalization_1/moving_mean",
   "batch_normalization_1/moving_variance", "dense/kernel", "dense/bias", "dense_2/kernel", "dense_2/bias" }

local SHAPES = { { 3, 3, 2, 3 }, { 3 }, { 3 }, { 3 }, { 3 }, { 3 }, { 3, 3, 3, 4 }, { 4 }, { 80 }, { 80 }, { 80 }, { 80 },
   { 80, 5 }, { 5 }, { 5, 2 }, { 2 } }

-- The arrays of the golden network, and its images with the channel first.
local function golden()
   local arrays = {}
   state = 1
   for k, shape in ipairs(SHAPES) do
      arrays[k] = array(NAMES[k]:find "variance" and 0 or -0.5, table.unpack(shape))
   end
   local last, first = array(0, 3, 8, 10, 2), core.tensor(3, 2, 8, 10)
   for n = 0, 2 do
      for pixel = 0, 79 do
         for c = 0, 1 do first[(n * 2 + c) * 80 + pixel + 1] = last[(n * 80 + pixel) * 2 + c + 1] end
      end
   end
   return arrays, first
end

local function check_predictions(model, images)
   local p, k = model:predict(images), 0
   for value in io.open("tests/golden/keras_numpy.txt"):read("a"):gmatch "%S+" do
      k = k + 1
      assert.is_near(tonumber(value), p[k], 2e-6)
   end
   assert.equal(#p, k)
end

-- A Tensor as nested lists.
local function nested(tensor)
   local shape, k = { tensor:shape() }, 0
   local function build(depth)
      local list = {}
      for j = 1, shape[depth] do
         if depth == #shape then k = k + 1 end
         list[j] = depth == #shape and tensor[k] or build(depth + 1)
      end
      return list
   end
   return build(1)
end

describe("weights in Keras' layout", function()
   local arrays, images = golden()

   it("give Keras' predictions", function()
      local model = model_of()
      keras.set_weights(model, arrays)
      check_predictions(model, images)
      local lists = {}
      for k, tensor in ipairs(arrays) do lists[k] = nested(tensor) end
      local other = model_of()
      keras.set_weights(other, lists)
      assert.same(model.network:parameters():to_table(), other.network:parameters():to_table())
   end)

   it("come back as they went", function()
      local model = model_of()
      keras.set_weights(model, arrays)
      local back, names = keras.get_weights(model)
      assert.equal("conv2d/kernel batch_normalization_1/moving_variance dense_1/bias",
         table.concat({ names[1], names[12], names[16] }, " "))
      for k, tensor in ipairs(arrays) do
         assert.same({ tensor:shape() }, { back[k]:shape() })
         assert.same(tensor:to_table(), back[k]:to_table())
      end
   end)

   it("are read from a file, whatever the numbers of the layers", function()
      local path, named = os.tmpname(), {}
      for k, name in ipairs(NAMES) do named[name] = arrays[k] end
      assert(core.write_tensors(path, named, {}))
      local model = model_of()
      assert.is_true(keras.load_weights(model, path))
      check_predictions(model, images)
      local before = model.network:parameters():to_table()
      local function refused(message)
         assert(core.write_tensors(path, named, {}))
         assert.same({ n = 2, nil, path .. ": " .. message }, table.pack(keras.load_weights(model, path)))
         assert.same(before, model.network:parameters():to_table())
      end
      named["dense_4/kernel"] = core.tensor(1)
      refused "there are 3 layers dense, the model has 2"
      named["dense_4/kernel"], named["dense/kernel"] = nil, core.tensor(5, 80)
      refused "dense/kernel has shape [5, 80], [80, 5] was expected"
      named["dense/kernel"] = nil
      refused "there is no array 'dense/kernel'"
      os.remove(path)
      assert.same({ n = 2, nil, path .. ": No such file or directory" }, table.pack(keras.load_weights(model, path)))
   end)

   it("name what is wrong", function()
      local model = model_of()
      fails("keras.set_weights: there are 1 arrays, the model has 16", function() keras.set_weights(model, { 1 }) end)
      local wrong = table.move(arrays, 1, 16, 1, {})
      wrong[2] = { 1, "x", 3 }
      fails("arrays[2]: conv2d/bias: element 2 is no number", function() keras.set_weights(model, wrong) end)
      wrong[2] = 3
      fails("arrays[2] must be a Tensor or nested lists, got number", function() keras.set_weights(model, wrong) end)
      wrong[2] = { { 1, 2, 3 } }
      fails("arrays[2]: conv2d/bias has shape [1, 3], [3] was expected",
         function() keras.set_weights(model, wrong) end)
      fails("model must be totality.Model", function() keras.set_weights(arrays, model) end)
   end)
end)

-- The models whose ONNX files ONNX Runtime has run for onnx_ort.txt:
--    build/lua tests/golden/onnx_models.lua DIRECTORY          writes NAME.onnx of each
-- It returns them, and a function that makes their images.

local core = require "totality.core"
local totality = require "totality"

local layers = totality.layers

local function relu() return layers.activation { activation = "relu" } end

local models = {
   binary = { width = 13, height = 10, channels = 1, layers = {
      layers.conv2d { filters = 4, activation = "relu" }, layers.max_pooling2d {}, layers.conv2d { filters = 3 },
      layers.flatten {}, layers.dense { units = 8, activation = "tanh" }, layers.dropout { rate = 0.5 },
      layers.dense { units = 1, activation = "sigmoid" } } },
   classes = { width = 9, height = 11, channels = 2, layers = {
      layers.batch_normalization {}, layers.conv2d { filters = 5 }, layers.batch_normalization { epsilon = 0.01 },
      relu(), layers.max_pooling2d {}, layers.conv2d { filters = 6, activation = "sigmoid" },
      layers.global_average_pooling2d {}, layers.dense { units = 3, activation = "softmax" } } },
   vectors = { width = 6, height = 5, channels = 3, layers = {
      layers.flatten {}, layers.dense { units = 7 }, layers.batch_normalization {}, relu(),
      layers.dropout { rate = 0.1 }, layers.dense { units = 1 }, layers.activation { activation = "sigmoid" } } },
}

-- x = 1664525 x + 1013904223 mod 2^32; the upper 24 bits as a number in [0, 1), less a half. Variances stay positive.
local function fill(network)
   local state = 1
   for k, entry in ipairs(network:tensors()) do
      local values, low = entry[2], entry[1]:find "moving_variance$" and 0.1 or -0.5
      for j = 1, #values do
         state = (1664525 * state + 1013904223) & 0xffffffff
         values[j] = (state >> 8) / 2 ^ 24 + low
      end
      network:set_tensor(k, values)
   end
end

local made = {}
for name, given in pairs(models) do
   given.name = name
   made[name] = totality.sequential(given)
   fill(made[name].network)
end

-- The four images that onnx_ort.js makes for a model.
local function images_of(model)
   local images, state = core.tensor(4, model.channels, model.height, model.width), 7
   for k = 1, #images do
      state = (1664525 * state + 1013904223) & 0xffffffff
      images[k] = (state >> 8) / 2 ^ 24
   end
   return images
end

if arg and arg[0] and arg[0]:find "onnx_models.lua$" then
   for name, model in pairs(made) do assert(model:export_onnx(arg[1] .. "/" .. name .. ".onnx")) end
end

return made, images_of

--- The layers of a network, with Keras' names. Each function returns a description; a model
-- (totality.sequential) makes the layer from it.

local attempt = require("totality.interruption").attempt
local options = require "totality.options"

local layers = {}

local Layer = { __name = "totality.Layer" }
Layer.__index = Layer

-- What follows the kind in a layer's text, in this order: words by themselves, then name=number where the
-- number is not the default.
local WORDS = { "units", "activation", "rate" }
local NUMBERS = { l2 = 0, epsilon = 1e-3 }

local function shown(value)
   if type(value) ~= "number" then return value end
   return math.type(value) == "integer" and ("%d"):format(value) or ("%.17g"):format(value)
end

-- A layer's text in files and messages: "conv2d 16 relu", "dropout 0.5", "dense 8 relu l2=0.01".
function Layer:text()
   local words = { self.kind }
   for _, name in ipairs(WORDS) do words[#words + 1] = shown(self[name]) end
   local numbers = {}
   for name, default in pairs(NUMBERS) do
      if self[name] and self[name] ~= default then numbers[#numbers + 1] = name .. "=" .. shown(self[name]) end
   end
   table.sort(numbers)
   table.move(numbers, 1, #numbers, #words + 1, words)
   return table.concat(words, " ")
end

function Layer:__tostring() return ("totality.Layer(%s)"):format(self:text()) end

local function new(fields) return setmetatable(fields, Layer) end

local hidden = { type = "string", default = "linear", one_of = { "linear", "relu", "sigmoid", "tanh" } }
local any = { type = "string", default = "linear", one_of = { "linear", "relu", "sigmoid", "tanh", "softmax" } }
local l2 = { type = "number", default = 0, minimum = 0 }

--- Convolution 3x3 with stride 1 and zero padding, so that the image keeps its size (Keras'
-- padding = "same"). Parameters: filters * (9 * channels + 1). The loss grows by l2 * the sum of the squared
-- weights (Keras' kernel_regularizer).
---@param given { filters: integer, kernel_size?: 3, padding?: "same",
--- activation?: "linear"|"relu"|"sigmoid"|"tanh", l2?: number }
function layers.conv2d(given)
   local checked = options.check("layers.conv2d", given, {
      filters = { type = "integer", required = true, minimum = 1 },
      kernel_size = { type = "integer", default = 3, one_of = { 3 } },
      padding = { type = "string", default = "same", one_of = { "same" } },
      activation = hidden,
      l2 = l2,
   })
   return new { kind = "conv2d", units = checked.filters, activation = checked.activation, l2 = checked.l2 }
end

--- The largest of each 2x2 window; an odd last row or column is left out (25 becomes 12).
---@param given? { pool_size?: 2 }
function layers.max_pooling2d(given)
   options.check("layers.max_pooling2d", given, {
      pool_size = { type = "integer", default = 2, one_of = { 2 } },
   })
   return new { kind = "max_pooling2d" }
end

--- The mean of each channel: images to vectors of as many numbers as channels.
function layers.global_average_pooling2d(given)
   options.check("layers.global_average_pooling2d", given, {})
   return new { kind = "global_average_pooling2d" }
end

--- Images to vectors, in the order channel, row, column.
function layers.flatten(given)
   options.check("layers.flatten", given, {})
   return new { kind = "flatten" }
end

--- Every unit sees every feature. A softmax is possible in the last layer only. `l2` as in conv2d.
---@param given { units: integer, activation?: "linear"|"relu"|"sigmoid"|"tanh"|"softmax", l2?: number }
function layers.dense(given)
   local checked = options.check("layers.dense", given, {
      units = { type = "integer", required = true, minimum = 1 }, activation = any, l2 = l2,
   })
   return new { kind = "dense", units = checked.units, activation = checked.activation, l2 = checked.l2 }
end

--- Batch normalisation (Ioffe & Szegedy 2015, arXiv:1502.03167) of each channel, or each feature: minus the
-- mean, by the square root of the variance + epsilon, times gamma, plus beta. While training these are mean and
-- variance of the whole batch, and the moving ones become momentum times themselves plus (1 - momentum) times
-- these; outside training, and in a frozen layer, the moving ones are used. They are saved with the weights. A
-- network with such a layer keeps the activations of a whole batch while it is trained.
---@param given? { momentum?: number, epsilon?: number } default 0.99 and 0.001
function layers.batch_normalization(given)
   local checked = options.check("layers.batch_normalization", given, {
      momentum = { type = "number", default = 0.99, minimum = 0, maximum = 1 },
      epsilon = { type = "number", default = 1e-3, above = 0 },
   })
   return new { kind = "batch_normalization", rate = checked.momentum, epsilon = checked.epsilon }
end

--- An activation by itself, for what stands between a layer and its activation.
---@param given { activation: "linear"|"relu"|"sigmoid"|"tanh"|"softmax" }
function layers.activation(given)
   local checked = options.check("layers.activation", given, {
      activation = { type = "string", required = true, one_of = any.one_of },
   })
   return new { kind = "activation", activation = checked.activation }
end

--- While training, each number becomes 0 with probability `rate`, and the others grow by 1/(1 - rate).
---@param given { rate: number } in [0, 1)
function layers.dropout(given)
   local checked = options.check("layers.dropout", given, {
      rate = { type = "number", required = true, minimum = 0, below = 1 },
   })
   return new { kind = "dropout", rate = checked.rate }
end

-- Which options the words after the kind are.
local WORDS_OF = {
   conv2d = { "filters", "activation" }, dense = { "units", "activation" }, dropout = { "rate" },
   activation = { "activation" }, batch_normalization = { "momentum" }, flatten = {},
   max_pooling2d = {}, global_average_pooling2d = {},
}

--- The layer of a text that Layer:text made; raises for anything else.
function layers.parse(text)
   local given, kind, position = {}, nil, 0
   for word in text:gmatch("%S+") do
      local name, number = word:match("^([%w_]+)=(.+)$")
      if not kind then
         kind = word
      elseif name then
         given[name] = tonumber(number)
      else
         position = position + 1
         given[(WORDS_OF[kind] or {})[position] or word] = tonumber(word) or word
      end
   end
   local made, layer = attempt(WORDS_OF[kind] and layers[kind] or error, given)
   if not made or layer:text() ~= text then error(("unknown layer %q"):format(text), 0) end
   return layer
end

return layers

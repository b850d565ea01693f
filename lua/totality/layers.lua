--- The layers of a network, with Keras' names. Each function returns a description; a model
-- (totality.sequential) makes the layer from it.

local options = require "totality.options"

local layers = {}

local Layer = { __name = "totality.Layer" }
Layer.__index = Layer

-- A layer's text in files and messages: "conv2d 16 relu", "dropout 0.5".
function Layer:text()
   local words = { self.kind }
   if self.units then
      words[2], words[3] = ("%d"):format(self.units), self.activation
   elseif self.rate then
      words[2] = ("%.17g"):format(self.rate)
   end
   return table.concat(words, " ")
end

function Layer:__tostring() return ("totality.Layer(%s)"):format(self:text()) end

local function new(fields) return setmetatable(fields, Layer) end

local hidden = { type = "string", default = "linear", one_of = { "linear", "relu" } }

--- Convolution 3x3 with stride 1 and zero padding, so that the image keeps its size (Keras'
-- padding = "same"). Parameters: filters * (9 * channels + 1).
---@param given { filters: integer, kernel_size?: 3, padding?: "same", activation?: "linear"|"relu" }
function layers.conv2d(given)
   local checked = options.check("layers.conv2d", given, {
      filters = { type = "integer", required = true, minimum = 1 },
      kernel_size = { type = "integer", default = 3, one_of = { 3 } },
      padding = { type = "string", default = "same", one_of = { "same" } },
      activation = hidden,
   })
   return new { kind = "conv2d", units = checked.filters, activation = checked.activation }
end

--- The largest of each 2x2 window; an odd last row or column is left out (25 becomes 12).
---@param given? { pool_size?: 2 }
function layers.max_pooling2d(given)
   options.check("layers.max_pooling2d", given, {
      pool_size = { type = "integer", default = 2, one_of = { 2 } },
   })
   return new { kind = "max_pooling2d" }
end

--- Images to vectors, in the order channel, row, column.
function layers.flatten(given)
   options.check("layers.flatten", given, {})
   return new { kind = "flatten" }
end

--- Every unit sees every feature. A sigmoid is possible in the last layer only.
---@param given { units: integer, activation?: "linear"|"relu"|"sigmoid" }
function layers.dense(given)
   local checked = options.check("layers.dense", given, {
      units = { type = "integer", required = true, minimum = 1 },
      activation = { type = "string", default = "linear", one_of = { "linear", "relu", "sigmoid" } },
   })
   return new { kind = "dense", units = checked.units, activation = checked.activation }
end

--- While training, each number becomes 0 with probability `rate`, and the others grow by 1/(1 - rate).
---@param given { rate: number } in [0, 1)
function layers.dropout(given)
   local checked = options.check("layers.dropout", given, {
      rate = { type = "number", required = true, minimum = 0, below = 1 },
   })
   return new { kind = "dropout", rate = checked.rate }
end

--- The layer of a text that Layer:text made; raises for anything else.
function layers.parse(text)
   local words = {}
   for word in text:gmatch("%S+") do words[#words + 1] = word end
   local kind, activation = words[1], words[3]
   local number = words[2] and tonumber(words[2])
   local layer
   if kind == "conv2d" and number then
      layer = layers.conv2d { filters = number, activation = activation }
   elseif kind == "dense" and number then
      layer = layers.dense { units = number, activation = activation }
   elseif kind == "dropout" and number then
      layer = layers.dropout { rate = number }
   elseif kind == "flatten" then
      layer = layers.flatten {}
   elseif kind == "max_pooling2d" then
      layer = layers.max_pooling2d {}
   end
   if not layer or layer:text() ~= text then error(("unknown layer %q"):format(text), 0) end
   return layer
end

return layers

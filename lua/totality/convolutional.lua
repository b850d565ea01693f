--- Networks of the kind that Keras' tutorials begin with: convolutions, each followed by pooling, a dense layer, and
-- one unit that gives the probability.

local layers = require "totality.layers"
local model = require "totality.model"
local options = require "totality.options"

local convolutional = {}

local UNITS = 512

--- A network with fresh weights, for a function of models/ that is called by the user.
---@param name string in totality.models
---@param given? table the user's options: `width`, `height`, `seed`, `dropout`, `l2`
---@param shape table `filters` of the convolutions; `width`, `height` and `dropout` by default; `minimum` of both
--- sizes
---@return totality.Model
function convolutional.build(name, given, shape)
   local checked = options.check("models." .. name, given, {
      width = { type = "integer", default = shape.width, minimum = shape.minimum },
      height = { type = "integer", default = shape.height, minimum = shape.minimum },
      seed = { type = "integer", default = 0 },
      dropout = { type = "number", default = shape.dropout, minimum = 0, below = 1 },
      l2 = { type = "number", default = 0, minimum = 0 },
   }, 3)
   local list = {}
   for _, filters in ipairs(shape.filters) do
      list[#list + 1] = layers.conv2d { filters = filters, activation = "relu", l2 = checked.l2 }
      list[#list + 1] = layers.max_pooling2d {}
   end
   list[#list + 1] = layers.flatten {}
   list[#list + 1] = layers.dense { units = UNITS, activation = "relu", l2 = checked.l2 }
   if checked.dropout > 0 then list[#list + 1] = layers.dropout { rate = checked.dropout } end
   list[#list + 1] = layers.dense { units = 1, activation = "sigmoid" }
   return model.sequential { name = name, width = checked.width, height = checked.height, seed = checked.seed,
      layers = list }
end

return convolutional

--- CNN15: six convolutions, each followed by pooling, a dense layer of 512 units and dropout. For
-- images of 250 x 250 pixels it has 430,017 parameters, for 350 x 175 (width x height) 462,785.

local layers = require "totality.layers"
local model = require "totality.model"
local options = require "totality.options"

--- CNN15 with fresh weights.
---@param given? table `width`, `height` (pixels, at least 64; default 250), `seed`; `dropout` before the output
--- (share of units, 0 for none; default 0.5) and `l2` of all layers but the output (default 0)
---@return totality.Model
return function(given)
   local checked = options.check("models.cnn15", given, {
      width = { type = "integer", default = 250, minimum = 64 },
      height = { type = "integer", default = 250, minimum = 64 },
      seed = { type = "integer", default = 0 },
      dropout = { type = "number", default = 0.5, minimum = 0, below = 1 },
      l2 = { type = "number", default = 0, minimum = 0 },
   })
   local list = {}
   for _, filters in ipairs { 16, 32, 64, 64, 64, 64 } do
      list[#list + 1] = layers.conv2d { filters = filters, activation = "relu", l2 = checked.l2 }
      list[#list + 1] = layers.max_pooling2d {}
   end
   list[#list + 1] = layers.flatten {}
   list[#list + 1] = layers.dense { units = 512, activation = "relu", l2 = checked.l2 }
   if checked.dropout > 0 then list[#list + 1] = layers.dropout { rate = checked.dropout } end
   list[#list + 1] = layers.dense { units = 1, activation = "sigmoid" }
   return model.sequential { name = "cnn15", width = checked.width, height = checked.height,
      seed = checked.seed, layers = list }
end

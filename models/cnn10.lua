--- CNN10: five convolutions, each followed by pooling, and a dense layer of 512 units. For images of
-- 100 x 100 pixels it has 393,089 parameters.

local layers = require "totality.layers"
local model = require "totality.model"
local options = require "totality.options"

--- CNN10 with fresh weights.
---@param given? table `width`, `height` (pixels, at least 32; default 100), `seed`; `dropout` before the output
--- (share of units, 0 for none; default 0) and `l2` of all layers but the output (default 0)
---@return totality.Model
return function(given)
   local checked = options.check("models.cnn10", given, {
      width = { type = "integer", default = 100, minimum = 32 },
      height = { type = "integer", default = 100, minimum = 32 },
      seed = { type = "integer", default = 0 },
      dropout = { type = "number", default = 0, minimum = 0, below = 1 },
      l2 = { type = "number", default = 0, minimum = 0 },
   })
   local list = {}
   for _, filters in ipairs { 16, 32, 64, 64, 64 } do
      list[#list + 1] = layers.conv2d { filters = filters, activation = "relu", l2 = checked.l2 }
      list[#list + 1] = layers.max_pooling2d {}
   end
   list[#list + 1] = layers.flatten {}
   list[#list + 1] = layers.dense { units = 512, activation = "relu", l2 = checked.l2 }
   if checked.dropout > 0 then list[#list + 1] = layers.dropout { rate = checked.dropout } end
   list[#list + 1] = layers.dense { units = 1, activation = "sigmoid" }
   return model.sequential { name = "cnn10", width = checked.width, height = checked.height,
      seed = checked.seed, layers = list }
end

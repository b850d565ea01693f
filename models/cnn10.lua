--- CNN10: five convolutions, each followed by pooling, and a dense layer of 512 units. For images of
-- 100 x 100 pixels it has 393,089 parameters.

local convolutional = require "totality.convolutional"

--- CNN10 with fresh weights.
---@param given? table `width`, `height` (pixels, at least 32; default 100), `seed`; `dropout` before the output
--- (share of units, 0 for none; default 0) and `l2` of all layers but the output (default 0)
---@return totality.Model
return function(given)
   return convolutional.build("cnn10", given, { filters = { 16, 32, 64, 64, 64 }, width = 100, height = 100,
      minimum = 32, dropout = 0 })
end

--- CNN15: six convolutions, each followed by pooling, a dense layer of 512 units and dropout. For
-- images of 250 x 250 pixels it has 430,017 parameters, for 350 x 175 (width x height) 462,785.

local convolutional = require "totality.convolutional"

--- CNN15 with fresh weights.
---@param given? table `width`, `height` (pixels, at least 64; default 250), `seed`; `dropout` before the output
--- (share of units, 0 for none; default 0.5) and `l2` of all layers but the output (default 0)
---@return totality.Model
return function(given)
   return convolutional.build("cnn15", given, { filters = { 16, 32, 64, 64, 64, 64 }, width = 250, height = 250,
      minimum = 64, dropout = 0.5 })
end

--- totality.Image: a grey picture: of a light curve, as a network looks at it, or of a binary (`system:picture`).
--
-- White ink (1) on black (0); row 1 is the top. In that of a curve the deeper minimum lies at a quarter of the width;
-- normalised flux -0.15 is the lower edge, 1.15 the upper one.

local core = require "totality.core"
local options = require "totality.options"

--- The picture of a light curve or of a binary.
---@class totality.Image
---@field width integer pixels
---@field height integer
---@field tensor totality.Tensor height x width, 0 to 1
local Image = { __name = "totality.Image" }
Image.__index = Image

local image = {}

--- An image from a tensor of height x width, which it keeps without a copy.
---@param tensor table totality.Tensor
---@return table image totality.Image
function image.new(tensor)
   local height, width = tensor:shape()
   return setmetatable({ width = width, height = height, tensor = tensor }, Image)
end

--- The value of one pixel, 0 (black) to 1 (ink).
---@param column integer 1 (left) to width
---@param row integer 1 (top) to height
---@return number
function Image:pixel(column, row)
   column = options.check_value("image:pixel", "column", column,
      { type = "integer", minimum = 1, maximum = self.width })
   row = options.check_value("image:pixel", "row", row,
      { type = "integer", minimum = 1, maximum = self.height })
   return self.tensor[(row - 1) * self.width + column]
end

--- The image as a batch of one for a network: a tensor of 1 x 1 x height x width.
---@return totality.Tensor
function Image:to_tensor()
   return self.tensor:reshape(1, 1, self.height, self.width)
end

--- Writes the image as an 8-bit grey PNG.
---@param path string must end in ".png"
---@return table|nil image the image itself; or nil and a message
---@return string? message
function Image:save(path)
   options.check_value("image:save", "path", path, { type = "string" })
   if not path:lower():find("%.png$") then
      options.fail("image:save", 2, "the file's name must end in .png, got %q", path)
   end
   local done, message = core.write_png(self.tensor, path)
   if not done then return nil, message end
   return self
end

function Image:__tostring()
   return ("totality.Image(%d x %d)"):format(self.width, self.height)
end

return image

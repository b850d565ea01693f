--- Where the image of a star is.

local image_file = {}

--- A file name from an identifier: what could lead elsewhere or break a shell is replaced.
---@param directory string
---@param id string
---@return string
function image_file.path(directory, id)
   return directory .. "/" .. id:gsub("[^%w%.+_-]", "_"):gsub("^%.", "_") .. ".png"
end

return image_file

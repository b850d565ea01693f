--- What a run that uses a file depends on.

local core = require "totality.core"

--- The CRC-32 of a file, or why it can't be read.
---@param path string
---@return integer|string
return function(path)
   local file <close>, message = io.open(path, "rb")
   if not file then return message end
   return core.crc32(file:read "a")
end

--- Weights that come with the project, in experiments.

local classifier = require "totality.classifier"
local core = require "totality.core"

local shipped = {}

--- Their names.
---@return string[]
shipped.names = classifier.shipped

shipped.path = classifier.shipped_weights

--- What a run that uses a file depends on: its CRC-32, or why it can't be read.
---@param path string
---@return integer|string
function shipped.checksum(path)
   local file <close>, message = io.open(path, "rb")
   if not file then return message end
   return core.crc32(file:read "a")
end

return shipped

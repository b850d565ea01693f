--- The archive files of ASAS-3; see csrc/io/asas_archive.h.

local core = require "totality.core"

local reader = { name = "asas" }

-- Whoever names columns wants another choice than this reader's: that is for the text reader.
function reader.recognises(head, given)
   return not given.columns and (head:find("^#ndata=") ~= nil or head:find("\n#ndata=", 1, true) ~= nil)
end

function reader.read(file)
   local result, message = core.read_asas_archive(file)
   if not result then return nil, message end
   result.time_system, result.epoch_zero = "HJD", 2450000
   return result
end

return reader

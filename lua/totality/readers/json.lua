--- Light curves in JSON: an object of lists, one of them a time or a phase; see csrc/io/json_light_curve.h.

local core = require "totality.core"
local tables = require "totality.readers.tables"

local reader = { name = "json" }

function reader.recognises(head) return head:find("^%s*[{%[]") ~= nil end

function reader.read(file, given)
   local result, message = core.read_json(file, (tables.request("", given)))
   if not result then return nil, message end
   return tables.finish(result)
end

return reader

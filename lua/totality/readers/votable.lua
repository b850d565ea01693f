--- Light curves in VOTables, as VizieR, IRSA, Gaia and the TAP services deliver them; see csrc/io/votable.h.

local core = require "totality.core"
local tables = require "totality.readers.tables"

local reader = { name = "votable" }

function reader.recognises(head) return head:find("<VOTABLE", 1, true) ~= nil or head:find("<%a+:VOTABLE") ~= nil end

-- Where the times are counted, from a TIMESYS element.
local REFERENCE = { BARYCENTER = "BJD", HELIOCENTER = "HJD", TOPOCENTER = "JD", GEOCENTER = "JD" }

function reader.read(file, given)
   local header, message = core.votable_names(file)
   if not header then return nil, message end
   local request, survey = tables.request(header, given)
   local result
   result, message = core.read_votable(file, request)
   if not result then return nil, survey and ("%s (read as %s)"):format(message, survey.name) or message end
   tables.finish(result, survey)
   if not survey and result.axis == "time" and result.time_origin then
      result.time_zero = result.time_origin
      local kind = REFERENCE[result.time_reference]
      if kind then
         result.time_system = result.time_scale and kind .. "_" .. result.time_scale or kind
      end
   end
   return result
end

return reader

--- What text tables and VOTables have in common: columns are told by the caller, by a survey's header, or by the
-- names that csrc/io/table_columns.h lists; the name of the time tells its system.

local surveys = require "totality.readers.surveys"

local tables = {}

--- What the core is to be asked for, and the survey, if it is one's.
---@param header string names of columns, one a line
---@param given table options of totality.read; `survey` when one is asked for
function tables.request(header, given)
   local columns = given.columns
   if not columns then
      local survey, request = surveys.recognise(header, given.survey, given.band)
      if survey then
         if given.quantity then request.quantity = given.quantity end
         return request, survey
      end
      columns = {}
   end
   return {
      axis = columns.time and "time" or columns.phase and "phase" or "guess",
      quantity = given.quantity or columns.magnitude and "magnitude" or columns.flux and "flux" or "guess",
      x = columns.time or columns.phase, value = columns.magnitude or columns.flux, error = columns.error,
      segment = columns.segment, band = columns.band, wanted_band = given.band,
   }
end

-- Julian dates with a zero of their own in the name.
local ZEROS = { BTJD = 2457000, BKJD = 2454833, RJD = 2400000 }

--- The time system and the Julian date that its times count from, as far as the name of a column tells.
---@param name? string as "HJD", "BJD_TDB - 2454833", "BTJD"
---@return string? time_system as "HJD", "BJD_TDB", "MJD_UTC"
---@return number? zero
function tables.time_system(name)
   if not name then return nil end
   name = name:upper()
   for kind, zero in pairs(ZEROS) do
      if name:find(kind, 1, true) then return kind == "RJD" and "JD" or "BJD_TDB", zero end
   end
   local kind = name:match("HJD") or name:match("BJD") or name:match("MJD") or name:match("JD")
   if not kind then return nil end
   local scale = name:match("TDB") or name:match("UTC") or name:match("TCB") or name:match("TT")
   return scale and kind .. "_" .. scale or kind, tonumber(name:match("24%d%d%d%d%d%.?%d*"))
end

--- Adds time_system and time_zero to what the core has read.
function tables.finish(result, survey)
   if survey then
      result.time_system, result.time_zero = survey.time_system, survey.time_zero
   elseif result.axis == "time" then
      result.time_system, result.time_zero = tables.time_system(result.x_name)
   end
   return result
end

return tables

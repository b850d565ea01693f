--- Light curves in text tables: white space, commas, semicolons or tabs; see csrc/io/text_table.h for
-- what is recognised. Takes every file that no other reader claims.

local core = require "totality.core"
local curve = require "totality.curve"

local reader = { name = "text" }

function reader.recognises() return true end

local function is_fits(path)
   local file <close> = io.open(path, "rb")
   return file and file:read(9) == "SIMPLE  ="
end

function reader.read(path, given)
   if is_fits(path) then return nil, path .. ": a FITS file; light curves are read from text and CSV" end
   local columns = given.columns or {}
   local axis = columns.time and "time" or columns.phase and "phase" or "guess"
   local quantity = given.quantity or columns.magnitude and "magnitude" or columns.flux and "flux" or "guess"
   local x, value, errors, found_axis, found_quantity, skipped = core.read_text_table(path, axis, quantity,
      columns.time or columns.phase, columns.magnitude or columns.flux, columns.error)
   if not x then return nil, value end
   local done, result = pcall(curve.new, {
      [found_axis] = x, [found_quantity] = value, error = errors, file = path,
      name = path:match("([^/\\]+)$"):gsub("%.[%a]+$", ""), period = given.period, epoch = given.epoch,
   })
   if not done then return nil, path .. ": " .. result:gsub("^.-totality.curve: ", "") end
   result.skipped = skipped
   return result
end

return reader

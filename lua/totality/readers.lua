--- Reading light curves from files. A format is a module with
--   name
--   recognises(head, path, options) -> boolean      head: the first bytes of the file, up to 512
--   read(path, options) -> curve, or nil and a message that begins with the path
-- and a line in the list below. The first that recognises a file reads it.

local options = require "totality.options"

local readers = {}

local registered = {
   "totality.readers.asas",
   "totality.readers.text", -- takes anything: stays last
}

local COLUMNS = { time = true, phase = true, flux = true, magnitude = true, error = true }

local function check_columns(columns)
   for name, column in pairs(columns) do
      if not COLUMNS[name] then
         local near = options.suggestion(tostring(name), { "time", "phase", "flux", "magnitude", "error" })
         options.fail("totality.read", 3, "unknown column '%s'%s", tostring(name),
            near and "; did you mean '" .. near .. "'?" or "")
      end
      if type(column) ~= "string" and not (math.type(column) == "integer" and column >= 1) then
         options.fail("totality.read", 3, "column '%s' must be a name or a number from 1", name)
      end
   end
   if columns.time and columns.phase then
      options.fail("totality.read", 3, "columns: choose one of 'time' and 'phase'")
   end
   if columns.flux and columns.magnitude then
      options.fail("totality.read", 3, "columns: choose one of 'flux' and 'magnitude'")
   end
end

--- Reads a light curve. What the columns hold is told by a header or guessed from the numbers, unless
-- the options say it.
---@param path string
---@param given? table `quantity` ("flux", "magnitude" or "relative_flux", which is (flux - mean) / mean);
--- `columns` = { time or phase =, flux or magnitude =, error = }, each a header's name or a number from 1;
--- `period` and `epoch`, in the unit of time, which the curve then carries
---@return table|nil curve totality.LightCurve (its field `skipped` counts rows without a measurement); or nil
--- and a message that begins with the path, and the line if there is one
---@return string? message
function readers.read(path, given)
   options.check_value("totality.read", "path", path, { type = "string" })
   local checked = options.check("totality.read", given, {
      quantity = { type = "string", one_of = { "flux", "magnitude", "relative_flux" } },
      columns = { type = "table" },
      period = { type = "number", above = 0 },
      epoch = { type = "number" },
   })
   if checked.columns then check_columns(checked.columns) end
   local file, message = io.open(path, "rb")
   if not file then return nil, message end
   local head = file:read(512) or "" -- nil for an empty file or a directory: the reader will say which
   file:close()
   for _, name in ipairs(registered) do
      local reader = require(name)
      if reader.recognises(head, path, checked) then return reader.read(path, checked) end
   end
end

return readers

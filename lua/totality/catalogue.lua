--- Lists of stars: CSV with a header that names at least the column `file`.

local csv = require "totality.csv"
local options = require "totality.options"

local catalogue = {}

local function folder_of(path) return path:match("^(.*[/\\])[^/\\]*$") or "" end

-- A decimal number; not what Lua's tonumber takes besides (hexadecimal, blanks).
local function number(text)
   return text:match("^[+-]?%d*%.?%d*[eE]?[+-]?%d*$") and text:find("%d") and tonumber(text) or nil
end

-- What is wrong with a row goes to its field `problem`: one bad row doesn't spoil a list of stars.
local function take_row(path, line, names, fields)
   local row = { line = line }
   local function doubt(format, ...)
      row.problem = row.problem or ("%s:%d: "):format(path, line) .. format:format(...)
   end
   for k, name in ipairs(names) do row[name] = fields[k] or "" end
   if #fields > #names then doubt("%d columns, the header has %d", #fields, #names) end
   for _, name in ipairs { "period", "epoch" } do
      local text = row[name]
      row[name] = text and number(text)
      if text and text ~= "" and not row[name] then doubt("the %s '%s' is no number", name, text) end
   end
   if row.period and row.period <= 0 then
      doubt("the period must be above 0, got %s", row.period)
      row.period = nil
   end
   if row.file == "" then doubt("no file is named") end
   if row.id == nil or row.id == "" then row.id = row.file end
   local paths = {}
   for name in row.file:gmatch "[^;]+" do
      name = name:match("^%s*(.-)%s*$")
      paths[#paths + 1] = name:find("^/") and name or folder_of(path) .. name
   end
   row.path = #paths > 1 and paths or paths[1]
   return row
end

--- Goes through a table of stars, row by row (see totality.read_catalogue); keeps nothing of it in memory.
---@param path string
---@return function|nil next gives the next row; nil at the end; or nil and a message that begins with the path
---@return string? message
function catalogue.rows(path)
   options.check_value("totality.catalogue.rows", "path", path, { type = "string" })
   local next_fields, names = csv.rows(path, { "file" })
   if not next_fields then return nil, names end
   return function()
      local fields, line = next_fields()
      if not fields then return nil, line end
      return take_row(path, line, names, fields)
   end
end

--- Reads a table of stars. Columns: `file`, and if present `id` (default: the file), `period` (days) and
-- `epoch` (numbers; nil where empty). All other columns are kept as strings. Lines that are empty or begin
-- with # don't count. A row also gets `line` (its number), `path` (the file, found relative to the table; a list
-- where `file` names several, divided by semicolons) and, when something is wrong with it, `problem`: a message
-- that begins with table and line.
---@param path string
---@return table[]|nil rows; or nil and a message that begins with the path
---@return string? message
function catalogue.read(path)
   options.check_value("totality.read_catalogue", "path", path, { type = "string" })
   local next_row, message = catalogue.rows(path)
   if not next_row then return nil, message end
   local rows = {}
   while true do
      local row, failure = next_row()
      if not row then
         if failure then return nil, failure end
         return rows
      end
      rows[#rows + 1] = row
   end
end

return catalogue

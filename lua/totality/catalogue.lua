--- Lists of stars: CSV with a header that names at least the column `file`.

local options = require "totality.options"

local catalogue = {}

-- The fields of one line of CSV; nil when a quotation mark is left open.
local function split(line)
   local fields, position = {}, 1
   repeat
      local field
      local quoted = line:match("^%s*\"()", position)
      if quoted then
         local parts = {}
         position = quoted
         while true do
            local close = line:find("\"", position, true)
            if not close then return nil end
            parts[#parts + 1] = line:sub(position, close - 1)
            position = close + 1
            if line:sub(position, position) ~= "\"" then break end
            parts[#parts + 1] = "\""
            position = position + 1
         end
         field = table.concat(parts)
         position = line:find(",", position, true) or #line + 1
      else
         local comma = line:find(",", position, true) or #line + 1
         field = line:sub(position, comma - 1):match("^%s*(.-)%s*$")
         position = comma
      end
      fields[#fields + 1] = field
      position = position + 1
   until position > #line + 1
   return fields
end

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
   row.path = row.file:find("^/") and row.file or folder_of(path) .. row.file
   return row
end

--- Reads a table of stars. Columns: `file`, and if present `id` (default: the file), `period` (days) and
-- `epoch` (numbers; nil where empty). All other columns are kept as strings. Lines that are empty or begin
-- with # don't count. A row also gets `line` (its number), `path` (the file, found relative to the table) and,
-- when something is wrong with it, `problem`: a message that begins with table and line.
---@param path string
---@return table[]|nil rows; or nil and a message that begins with the path
---@return string? message
function catalogue.read(path)
   options.check_value("totality.read_catalogue", "path", path, { type = "string" })
   local file, message = io.open(path, "rb")
   if not file then return nil, message end
   local text, failure = file:read("a")
   file:close()
   if not text then return nil, ("%s: %s"):format(path, failure) end
   if text:find("\0", 1, true) then return nil, path .. ": binary data, not text" end
   text = text:gsub("^\xef\xbb\xbf", ""):gsub("\r\n?", "\n")
   local rows, names, line = {}, nil, 0
   for content in text:gmatch("([^\n]*)\n?") do
      line = line + 1
      if content:find("%S") and not content:find("^%s*#") then
         local fields = split(content)
         if not fields then
            return nil, ("%s:%d: a quotation mark is not closed"):format(path, line)
         elseif not names then
            names = {}
            local has_file = false
            for k, name in ipairs(fields) do
               names[k] = name:lower()
               has_file = has_file or names[k] == "file"
            end
            if not has_file then
               return nil, ("%s:%d: the header names no column 'file'"):format(path, line)
            end
         else
            rows[#rows + 1] = take_row(path, line, names, fields)
         end
      end
   end
   if not names then return nil, path .. ": the file is empty" end
   if #rows == 0 then return nil, path .. ": no rows of data" end
   return rows
end

return catalogue

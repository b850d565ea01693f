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

local function take_row(path, line, names, fields)
   local row = { line = line }
   for k, name in ipairs(names) do row[name] = fields[k] or "" end
   for _, name in ipairs { "period", "epoch" } do
      local text = row[name]
      if text == nil or text == "" then
         row[name] = nil
      else
         row[name] = number(text)
         if not row[name] then
            return nil, ("%s:%d: the %s '%s' is no number"):format(path, line, name, text)
         end
      end
   end
   if row.period and row.period <= 0 then
      return nil, ("%s:%d: the period must be above 0, got %s"):format(path, line, row.period)
   end
   if row.file == "" then return nil, ("%s:%d: no file is named"):format(path, line) end
   if row.id == nil or row.id == "" then row.id = row.file end
   if not row.file:find("^/") then row.file = folder_of(path) .. row.file end
   return row
end

--- Reads a table of stars. Columns: `file` (relative to the table), and if present `id` (default: the file),
-- `period` (days) and `epoch` (numbers; nil where empty). All other columns are kept as strings. Lines
-- that are empty or begin with # don't count.
---@param path string
---@return table[]|nil rows each with its line number in `line`; or nil and a message with file and line
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
         elseif #fields > #names then
            return nil, ("%s:%d: %d columns, the header has %d"):format(path, line, #fields, #names)
         else
            local row
            row, message = take_row(path, line, names, fields)
            if not row then return nil, message end
            rows[#rows + 1] = row
         end
      end
   end
   if not names then return nil, path .. ": the file is empty" end
   if #rows == 0 then return nil, path .. ": no rows of data" end
   return rows
end

return catalogue

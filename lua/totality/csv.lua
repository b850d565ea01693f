--- Tables of comma-separated values (RFC 4180; a row is one line).

local csv = {}

local function quote(value)
   local text = tostring(value)
   if not text:find('[",\r\n]') then return text end
   return '"' .. text:gsub('"', '""') .. '"'
end

--- One line, without its end.
---@param fields any[]
---@return string
function csv.line(fields)
   local quoted = {}
   for k, field in ipairs(fields) do quoted[k] = quote(field) end
   return table.concat(quoted, ",")
end

--- The fields of one line; blanks around those without quotation marks don't count.
---@param line string
---@return string[]|nil fields nil when a quotation mark is left open
function csv.split(line)
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

local BLOCK = 1 << 16

-- The lines of a file, whatever ends them, each with its number; at a failure of reading nil and a message.
local function lines_of(file)
   local rest, position, count, ended = "", 1, 0, false
   return function()
      while true do
         local first, last = rest:find("\r?\n", position)
         local cr = rest:find("\r", position, true)
         -- a \r at the very end of what has been read may be half of \r\n
         if cr and (not first or cr < first) and (cr < #rest or ended) then first, last = cr, cr end
         if first then
            local line = rest:sub(position, first - 1)
            position, count = last + 1, count + 1
            return line, count
         end
         if ended then
            if position > #rest then return nil end
            local line = rest:sub(position)
            position, count = #rest + 1, count + 1
            return line, count
         end
         local block, failure = file:read(BLOCK)
         if failure then return nil, failure end
         if block and count == 0 and rest == "" then block = block:gsub("^\xef\xbb\xbf", "") end
         rest, position, ended = rest:sub(position) .. (block or ""), 1, not block
      end
   end
end

-- The names of the columns that a header gives, lower case.
local function names_of(path, line, fields, needed)
   local names, known = {}, {}
   for k, name in ipairs(fields) do
      names[k] = name:lower()
      known[names[k]] = true
   end
   for _, name in ipairs(needed) do
      if not known[name] then return nil, ("%s:%d: the header names no column '%s'"):format(path, line, name) end
   end
   return names
end

--- Goes through a table with a header, row by row; lines that are empty or begin with # don't count.
---@param path string
---@param needed? string[] columns that the header must name
---@return function|nil next gives the fields of the next row and the number of its line; nil at the end; or nil and
--- a message that begins with the path
---@return string[]|string names of the columns, lower case; or a message
function csv.rows(path, needed)
   local file, message = io.open(path, "rb")
   if not file then return nil, message end
   local next_line, found = lines_of(file), false
   local function finish(failure)
      file:close()
      next_line = function() return nil end
      return nil, failure
   end
   local function next_fields()
      while true do
         local content, line = next_line()
         if not content then
            if line then return finish(("%s: %s"):format(path, line)) end -- the reason of the failure
            if io.type(file) ~= "file" then return nil end
            return finish(not found and path .. ": no rows of data" or nil)
         end
         if content:find("\0", 1, true) then return finish(path .. ": binary data, not text") end
         if content:find("%S") and not content:find("^%s*#") then
            local fields = csv.split(content)
            if not fields then return finish(("%s:%d: a quotation mark is not closed"):format(path, line)) end
            found = true
            return fields, line
         end
      end
   end
   local header, line = next_fields()
   if not header then return nil, (line:gsub(": no rows of data$", ": the file is empty")) end
   found = false
   local names, other = names_of(path, line, header, needed or {})
   if not names then return finish(other) end
   return next_fields, names
end

--- Reads a whole table.
---@param path string
---@param needed? string[] columns that the header must name
---@return table[]|nil rows texts by the names of the columns, "" where a row has none; or nil and a message that
--- begins with the path
---@return string[]|string names of the columns, lower case; or a message
function csv.read(path, needed)
   local next_fields, names = csv.rows(path, needed)
   if not next_fields then return nil, names end
   local rows = {}
   while true do
      local fields, failure = next_fields()
      if not fields then
         if failure then return nil, failure end
         return rows, names
      end
      local row = {}
      for k, name in ipairs(names) do row[name] = fields[k] or "" end
      rows[#rows + 1] = row
   end
end

return csv

--- Lines of comma-separated values (RFC 4180).

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

return csv

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

return csv

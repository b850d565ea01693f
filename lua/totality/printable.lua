--- Results that are tables of values print what they hold, in one line.

local printable = {}

local function text_of(value)
   if math.type(value) == "float" then return ("%.4g"):format(value) end
   return tostring(value)
end

--- A metatable for tables with named values, which prints as `name(first 1, second 2)`; nil and NaN are left out.
---@param name string
---@param fields string[] what is printed, in order
---@return table metatable
function printable.metatable(name, fields)
   return {
      __name = name,
      __tostring = function(self)
         local parts = {}
         for _, field in ipairs(fields) do
            local value = self[field]
            if value ~= nil and value == value then parts[#parts + 1] = ("%s %s"):format(field, text_of(value)) end
         end
         return ("%s(%s)"):format(name, table.concat(parts, ", "))
      end,
   }
end

return printable

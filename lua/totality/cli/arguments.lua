--- Command lines: long options with a value or without, and operands.

local options = require "totality.options"

local arguments = {}

--- Splits the arguments of a command. `specification` maps each option's name to { value = "METAVAR" } or
-- { flag = true }; `number` and `integer` convert, with `above` and `minimum` as limits.
---@param given string[]
---@param specification table
---@return table|nil values by name; operands as a list in values[1], values[2] ...
---@return string? message
function arguments.parse(given, specification)
   local values, k = {}, 1
   while k <= #given do
      local argument = given[k]
      local name, value = argument:match("^%-%-([%w-]+)=(.*)$")
      name = name or argument:match("^%-%-([%w-]+)$")
      if argument == "--" then
         table.move(given, k + 1, #given, #values + 1, values)
         break
      elseif not name then
         if argument:find("^%-.") then return nil, ("unknown option '%s'"):format(argument) end
         values[#values + 1] = argument
      else
         local rule = specification[name]
         if not rule then
            local names = {}
            for known in pairs(specification) do names[#names + 1] = known end
            table.sort(names)
            local near = options.suggestion(name, names)
            return nil, ("unknown option '--%s'%s"):format(name, near and "; did you mean '--" .. near .. "'?" or "")
         end
         if rule.flag then
            if value then return nil, ("option '--%s' takes no value"):format(name) end
            value = true
         else
            if not value then
               k = k + 1
               value = given[k]
            end
            if not value then return nil, ("option '--%s' needs a value (%s)"):format(name, rule.value) end
         end
         if rule.number or rule.integer then
            local number = tonumber(value)
            local fits = number and number == number and math.abs(number) < math.huge
               and (not rule.above or number > rule.above) and (not rule.minimum or number >= rule.minimum)
               and (not rule.integer or math.type(number) == "integer")
            if not fits then
               return nil, ("option '--%s' must be %s%s%s, got '%s'"):format(name,
                  rule.integer and "a whole number" or "a number", rule.above and " above " .. rule.above or "",
                  rule.minimum and " of at least " .. rule.minimum or "", value)
            end
            value = number
         end
         values[name] = value
      end
      k = k + 1
   end
   return values
end

return arguments

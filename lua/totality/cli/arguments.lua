--- Command lines: long options with a value or without, and operands.

local options = require "totality.options"

local arguments = {}

local function limits_text(rule)
   local parts = {}
   if rule.above then parts[#parts + 1] = " above " .. rule.above end
   if rule.below then parts[#parts + 1] = (rule.above and " and" or "") .. " below " .. rule.below end
   if rule.minimum then parts[#parts + 1] = " of at least " .. rule.minimum end
   if rule.maximum then parts[#parts + 1] = (rule.minimum and " and" or " of") .. " at most " .. rule.maximum end
   return table.concat(parts)
end

-- The value that a text stands for; or nil and a message.
local function convert(name, rule, text)
   if rule.number or rule.integer then
      local number = tonumber(text)
      local fits = number and number == number and math.abs(number) < math.huge
         and (not rule.above or number > rule.above) and (not rule.below or number < rule.below)
         and (not rule.minimum or number >= rule.minimum)
         and (not rule.maximum or number <= rule.maximum) and (not rule.integer or math.type(number) == "integer")
      if fits then return number end
      return nil, ("option '--%s' must be %s%s, got '%s'"):format(name,
         rule.integer and "a whole number" or "a number", limits_text(rule), text)
   end
   if not rule.one_of then return text end
   for _, allowed in ipairs(rule.one_of) do
      if text == allowed then return text end
   end
   local near = options.suggestion(text, rule.one_of)
   return nil, ("option '--%s' must be one of %s, got '%s'%s"):format(name, table.concat(rule.one_of, ", "), text,
      near and "; did you mean '" .. near .. "'?" or "")
end

--- Splits the arguments of a command. `specification` maps each option's name to { value = "METAVAR" } or
-- { flag = true }; `number` and `integer` convert, with `above`, `below`, `minimum` and `maximum` as limits;
-- `one_of` lists the texts that are allowed; with `many` an option may be repeated, and its value is a list.
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
         if not rule.flag then
            local message
            value, message = convert(name, rule, value)
            if not value then return nil, message end
         end
         if rule.many then
            values[name] = values[name] or {}
            table.insert(values[name], value)
         else
            values[name] = value
         end
      end
      k = k + 1
   end
   return values
end

return arguments

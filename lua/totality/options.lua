--- Checks of the arguments that a public function takes as one table of named options.
--
-- A specification maps each name to what it must be:
--   { type = "number"|"integer"|"string"|"boolean"|"table"|"function"|"any",
--     default = value, required = true, minimum = x, maximum = x, above = x, below = x,
--     one_of = { ... }, class = "totality.Rng" }
-- `minimum` and `maximum` belong to the range, `above` and `below` do not.

local options = {}

local function edit_distance(a, b)
   local previous = {}
   for j = 0, #b do previous[j] = j end
   for i = 1, #a do
      local current = { [0] = i }
      for j = 1, #b do
         local cost = a:byte(i) == b:byte(j) and 0 or 1
         current[j] = math.min(previous[j] + 1, current[j - 1] + 1, previous[j - 1] + cost)
      end
      previous = current
   end
   return previous[#b]
end

--- The candidate most like `name`, or nil when none is near.
function options.suggestion(name, candidates)
   local best, best_distance = nil, math.max(1, #name // 2) + 1
   for _, candidate in ipairs(candidates) do
      local distance = edit_distance(name:lower(), candidate:lower())
      if distance < best_distance then best, best_distance = candidate, distance end
   end
   return best
end

local function sorted_keys(map)
   local keys = {}
   for key in pairs(map) do keys[#keys + 1] = tostring(key) end
   table.sort(keys)
   return keys
end

local function show(value)
   if type(value) == "string" then return ("%q"):format(value) end
   if type(value) == "number" or type(value) == "boolean" then return tostring(value) end
   return type(value)
end

local function type_problem(value, rule)
   if rule.class then
      local metatable = getmetatable(value)
      if type(metatable) == "table" and metatable.__name == rule.class then return nil end
      return rule.class
   end
   if rule.type == "any" then return nil end
   if rule.type == "integer" then
      return not math.tointeger(value) and "an integer" or nil
   end
   if type(value) ~= rule.type then
      return (rule.type == "table" and "a table") or ("a " .. rule.type)
   end
   if rule.type == "number" and value ~= value then return "a number" end
   return nil
end

local function range_problem(value, rule)
   if rule.one_of then
      for _, allowed in ipairs(rule.one_of) do
         if value == allowed then return nil end
      end
      local shown = {}
      for k, allowed in ipairs(rule.one_of) do shown[k] = show(allowed) end
      return "one of " .. table.concat(shown, ", ")
   end
   if type(value) ~= "number" then return nil end
   local fits = (not rule.minimum or value >= rule.minimum)
      and (not rule.maximum or value <= rule.maximum)
      and (not rule.above or value > rule.above)
      and (not rule.below or value < rule.below)
   if fits then return nil end
   local low = rule.minimum and ("at least " .. rule.minimum) or rule.above and ("above " .. rule.above)
   local high = rule.maximum and ("at most " .. rule.maximum) or rule.below and ("below " .. rule.below)
   return "a number " .. (low and high and low .. " and " .. high or low or high)
end

--- Raises, at the caller's caller, an error that names `what`, the argument and what was expected.
function options.fail(what, level, format, ...)
   error(("%s: " .. format):format(what, ...), level + 1)
end

--- Checks one value against a rule; returns it (integers as integers).
function options.check_value(what, name, value, rule, level)
   level = (level or 2) + 1
   local expected = type_problem(value, rule)
   if expected then
      options.fail(what, level, "%s must be %s, got %s", name, expected, show(value))
   end
   expected = range_problem(value, rule)
   if expected then
      options.fail(what, level, "%s must be %s, got %s", name, expected, show(value))
   end
   if rule.type == "integer" then return math.tointeger(value) end
   return value
end

--- Checks the table `given` (nil counts as empty) of the function called `what` against the
-- specification, and returns a new table with the defaults filled in.
function options.check(what, given, specification, level)
   level = (level or 2) + 1
   if given == nil then given = {} end
   if type(given) ~= "table" then
      options.fail(what, level, "a table of options was expected, got %s", show(given))
   end
   for name in pairs(given) do
      if specification[name] == nil then
         local names = sorted_keys(specification)
         local near = options.suggestion(tostring(name), names)
         options.fail(what, level, "unknown option '%s'%s", tostring(name),
            near and ("; did you mean '" .. near .. "'?")
               or ("; the options are " .. table.concat(names, ", ")))
      end
   end
   local checked = {}
   for name, rule in pairs(specification) do
      local value = given[name]
      if value == nil then
         if rule.required then options.fail(what, level, "option '%s' is missing", name) end
         checked[name] = rule.default
      else
         checked[name] = options.check_value(what, "option '" .. name .. "'", value, rule, level)
      end
   end
   return checked
end

return options

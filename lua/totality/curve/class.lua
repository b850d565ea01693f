--- What the files with the methods of totality.LightCurve share; totality.curve tells of its fields.

local core = require "totality.core"

local class = {}

local LightCurve = { __name = "totality.LightCurve" }
LightCurve.__index = LightCurve

class.LightCurve = LightCurve

-- A column has a number for each point.
class.COLUMNS = { "time", "phase", "flux", "error", "segment", "scatter", "count" }

--- A message about the data of a curve, with the name of the file or star in front.
---@param self totality.LightCurve
---@param message string
---@return string
function class.about(self, message)
   local name = self.file or self.name
   return name and name .. ": " .. message or message
end

--- Raises an error where the user called the method `verb`.
---@param self totality.LightCurve
---@param verb string
---@param message string
---@param level? integer of the user's call, as error() counts for the caller; default 3: refused by the method itself
function class.refuse(self, verb, message, level)
   error(("curve:%s: %s"):format(verb, class.about(self, message)), level or 3)
end

--- Raises an error where the user called the method `verb` of a curve without phases.
---@param self totality.LightCurve
---@param verb string
function class.need_phase(self, verb)
   if not self.phase then class.refuse(self, verb, "the curve has no phases; fold it first", 4) end
end

--- A new curve with the fields of this one, except those in `changes` (false: without the field).
---@param self totality.LightCurve
---@param changes table
---@return totality.LightCurve
function class.derive(self, changes)
   local new = {}
   for name, value in pairs(self) do new[name] = value end
   for name, value in pairs(changes) do new[name] = value or nil end
   return setmetatable(new, LightCurve)
end

--- A new curve of the points with these indices.
---@param self totality.LightCurve
---@param indices totality.Series
---@return totality.LightCurve
function class.chosen(self, indices)
   local changes = {}
   for _, name in ipairs(class.COLUMNS) do
      if self[name] then changes[name] = core.select(self[name], indices) end
   end
   return class.derive(self, changes)
end

return class

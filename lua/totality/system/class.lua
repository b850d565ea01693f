--- What the files with the methods of totality.BinarySystem share; totality.system tells of its fields.

local core = require "totality.core"
local options = require "totality.options"

local class = {}

local System = { __name = "totality.BinarySystem" }
System.__index = System

class.System = System

--- Phases as a Series: a number of regular ones from -0.5 to 0.5, both ends included, or those of a list.
---@param what string the method that was called
---@param phases any its option
---@return totality.Series
function class.phases_of(what, phases)
   if type(phases) == "number" then
      local count = options.check_value(what, "option 'phases'", phases,
         { type = "integer", minimum = 2, maximum = 10000000 }, 3)
      local grid = {}
      for k = 1, count do grid[k] = -0.5 + (k - 1) / (count - 1) end
      phases = grid
   end
   return type(phases) == "table" and core.series(phases) or phases
end

return class

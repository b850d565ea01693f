--- totality: recognises total eclipses in the light curves of contact binary stars.
--
-- One way through: system -> curve -> observed curve -> image -> network -> verdict. Every stage
-- is a value that can be printed, saved and started from.

local core = require "totality.core"
local options = require "totality.options"
local public = require "totality.public"

local totality = { version = "0.1.0" }

--- A random generator, made by `totality.rng`.
---@class totality.Rng
---@field uniform fun(self, low?: number, high?: number): number from [low, high), default [0, 1)
---@field normal fun(self, mean?: number, deviation?: number): number default mean 0, deviation 1
---@field beta fun(self, a: number, b: number): number
---@field integer fun(self, low: integer, high: integer): integer both ends included
---@field split fun(self): totality.Rng a generator unrelated to this one and to its other splits

--- A random generator with its own state. The same seed and stream give the same numbers on every
-- machine; different streams of a seed are unrelated.
---@param seed integer
---@param stream? integer default 0
---@return totality.Rng
function totality.rng(seed, stream)
   seed = options.check_value("totality.rng", "seed", seed, { type = "integer" })
   stream = options.check_value("totality.rng", "stream", stream or 0, { type = "integer", minimum = 0 })
   return core.rng(seed, stream)
end

--- Prints what there is, or what is said about one thing.
---@param topic? any the name of a function, method, class or module, or the thing itself; default: everything
function totality.help(topic)
   print(require("totality.help").text(topic))
end

setmetatable(totality, {
   __tostring = function() return ("totality %s; totality.help() lists what there is"):format(totality.version) end,
   __index = function(self, name)
      local place = public[name]
      if not place then return nil end
      local module = require(place[1])
      local value = place[2] and module[place[2]] or module
      rawset(self, name, value)
      return value
   end,
})

return totality

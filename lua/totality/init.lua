--- totality: recognises total eclipses in the light curves of contact binary stars.
--
-- One way through: system -> curve -> observed curve -> image -> network -> verdict. Every stage
-- is a value that can be printed, saved and started from.

local core = require "totality.core"
local options = require "totality.options"

local totality = { version = "0.1.0" }

--- A random generator with its own state. The same seed and stream give the same numbers on every
-- machine; different streams of a seed are unrelated.
---@param seed integer
---@param stream? integer default 0
function totality.rng(seed, stream)
   seed = options.check_value("totality.rng", "seed", seed, { type = "integer" })
   stream = options.check_value("totality.rng", "stream", stream or 0, { type = "integer", minimum = 0 })
   return core.rng(seed, stream)
end

-- What is loaded when it is first asked for: name = { module, field of it }, or { module } for all of it.
local lazy = {
   curve = { "totality.curve", "new" },
   read = { "totality.readers", "read" },
   read_catalogue = { "totality.catalogue", "read" },
}

return setmetatable(totality, {
   __index = function(self, name)
      local place = lazy[name]
      if not place then return nil end
      local module = require(place[1])
      local value = place[2] and module[place[2]] or module
      rawset(self, name, value)
      return value
   end,
})

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

return totality

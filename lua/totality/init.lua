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

-- Parts that are loaded when they are first used: a name here is the module of that name, or a
-- function of one.
local modules = {
   callbacks = "totality.callbacks",
   layers = "totality.layers",
   metrics = "totality.metrics",
   models = "totality.models",
   optimizers = "totality.optimizers",
}
local functions = {
   dataset = { "totality.dataset", "new" },
   load_model = { "totality.model", "load_model" },
   sequential = { "totality.model", "sequential" },
}

setmetatable(totality, {
   __index = function(self, name)
      local value
      if modules[name] then
         value = require(modules[name])
      elseif functions[name] then
         value = require(functions[name][1])[functions[name][2]]
      end
      rawset(self, name, value)
      return value
   end,
})

return totality

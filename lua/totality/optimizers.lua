--- How weights follow their gradients. An optimizer is a description; compile makes its state.

local options = require "totality.options"

local optimizers = {}

local Optimizer = { __name = "totality.Optimizer" }
Optimizer.__index = Optimizer

function Optimizer:__tostring()
   return ("totality.Optimizer(adam, learning_rate %g)"):format(self.learning_rate)
end

--- Adam (Kingma & Ba 2015) with Keras' conventions and defaults.
---@param given? { learning_rate?: number, beta_1?: number, beta_2?: number, epsilon?: number }
function optimizers.adam(given)
   local checked = options.check("optimizers.adam", given, {
      learning_rate = { type = "number", default = 1e-3, minimum = 0 },
      beta_1 = { type = "number", default = 0.9, minimum = 0, below = 1 },
      beta_2 = { type = "number", default = 0.999, minimum = 0, below = 1 },
      epsilon = { type = "number", default = 1e-7, above = 0 },
   })
   return setmetatable(checked, Optimizer)
end

return optimizers

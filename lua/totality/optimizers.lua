--- How weights follow their gradients. An optimizer is a description; compile makes its state.
--
-- `learning_rate` is a number, one of `totality.schedules`, or a function of the step (from 0) and the epoch
-- (from 1), called before each step. `clipnorm` shortens the gradient of each array of weights to that norm,
-- `global_clipnorm` that of all arrays together.

local options = require "totality.options"

local optimizers = {}

local Optimizer = { __name = "totality.Optimizer" }
Optimizer.__index = Optimizer

local function shown(value)
   return type(value) == "table" and not getmetatable(value) and table.concat(value, ",")
      or type(value) == "number" and ("%g"):format(value) or type(value) == "function" and "a function"
      or tostring(value)
end

function Optimizer:__tostring()
   return ("totality.Optimizer(%s, learning_rate %s)"):format(self.kind, shown(self.learning_rate))
end

--- The settings in full, for files: "adam beta_1=0.9 ...".
function Optimizer:text()
   local words = {}
   for name, value in pairs(self) do
      if name ~= "kind" then
         words[#words + 1] = name .. "=" .. (type(value) == "number" and ("%.17g"):format(value) or shown(value))
      end
   end
   table.sort(words)
   return self.kind .. " " .. table.concat(words, " ")
end

--- The rate before a step, or nil when it is a number and stays what it was set to.
function Optimizer:scheduled(step, epoch)
   if type(self.learning_rate) == "number" then return nil end
   return options.check_value("model:fit", ("the learning rate of step %d"):format(step),
      self.learning_rate(step, epoch), { type = "number", minimum = 0 })
end

local function make(kind, what, given, rules)
   rules.learning_rate = { type = "any", default = kind == "sgd" and 0.01 or 1e-3 }
   rules.clipnorm = { type = "number", above = 0 }
   rules.global_clipnorm = { type = "number", above = 0 }
   local self = options.check(what, given, rules, 3)
   local rate = self.learning_rate
   local metatable = getmetatable(rate)
   if type(rate) == "number" or type(rate) ~= "function"
      and not (type(metatable) == "table" and metatable.__name == "totality.Schedule") then
      options.check_value(what, "option 'learning_rate'", rate, { type = "number", minimum = 0 }, 3)
   end
   if self.clipnorm and self.global_clipnorm then
      options.fail(what, 3, "options 'clipnorm' and 'global_clipnorm' exclude each other")
   end
   self.kind = kind
   return setmetatable(self, Optimizer)
end

local function adam_rules()
   return {
      beta_1 = { type = "number", default = 0.9, minimum = 0, below = 1 },
      beta_2 = { type = "number", default = 0.999, minimum = 0, below = 1 },
      epsilon = { type = "number", default = 1e-7, above = 0 },
   }
end

--- Adam (Kingma & Ba 2015, arXiv:1412.6980) with Keras' conventions and defaults (learning rate 0.001).
---@param given? { learning_rate?: number|function|totality.Schedule, beta_1?: number, beta_2?: number,
--- epsilon?: number, clipnorm?: number, global_clipnorm?: number }
function optimizers.adam(given) return (make("adam", "optimizers.adam", given, adam_rules())) end

--- Adam after the weights have shrunk by learning_rate * weight_decay (Loshchilov & Hutter 2019,
-- arXiv:1711.05101), with Keras' defaults (learning rate 0.001, weight decay 0.004).
---@param given? { learning_rate?: number|function|totality.Schedule, weight_decay?: number, beta_1?: number,
--- beta_2?: number, epsilon?: number, clipnorm?: number, global_clipnorm?: number }
function optimizers.adamw(given)
   local rules = adam_rules()
   rules.weight_decay = { type = "number", default = 0.004, minimum = 0 }
   return (make("adamw", "optimizers.adamw", given, rules))
end

--- Muon (Jordan et al. 2024, kellerjordan.github.io/posts/muon): the change of a matrix of weights is its
-- momentum with all singular values nearly 1, after `ns_steps` rounds of an iteration, times learning_rate *
-- rms_rate * sqrt(its longer side), which makes its root mean square that of Adam's (Liu et al. 2025,
-- arXiv:2502.16982). A convolution's filters are the rows of a matrix. Biases, the layer of the output and
-- `exclude_layers` (names as for model:freeze) follow AdamW. Names and defaults are Keras'.
---@param given? { learning_rate?: number|function|totality.Schedule, momentum?: number, nesterov?: boolean,
--- rms_rate?: number, ns_steps?: integer, weight_decay?: number, adam_beta_1?: number, adam_beta_2?: number,
--- epsilon?: number, exclude_layers?: string[], clipnorm?: number, global_clipnorm?: number }
function optimizers.muon(given)
   local rules = {
      momentum = { type = "number", default = 0.95, minimum = 0, below = 1 },
      nesterov = { type = "boolean", default = true },
      rms_rate = { type = "number", default = 0.2, above = 0 },
      ns_steps = { type = "integer", default = 5, minimum = 1, maximum = 100 },
      weight_decay = { type = "number", default = 0.004, minimum = 0 },
      adam_beta_1 = { type = "number", default = 0.9, minimum = 0, below = 1 },
      adam_beta_2 = { type = "number", default = 0.999, minimum = 0, below = 1 },
      epsilon = { type = "number", default = 1e-7, above = 0 },
      exclude_layers = { type = "table", default = {} },
   }
   local self = make("muon", "optimizers.muon", given, rules)
   for k, name in ipairs(self.exclude_layers) do
      options.check_value("optimizers.muon", ("exclude_layers[%d]"):format(k), name, { type = "string" })
   end
   return self
end

--- Stochastic gradient descent with momentum, as Keras (learning rate 0.01): the change is momentum times the
-- last one minus learning_rate times the gradient; nesterov looks ahead (Sutskever et al. 2013).
---@param given? { learning_rate?: number|function|totality.Schedule, momentum?: number, nesterov?: boolean,
--- clipnorm?: number, global_clipnorm?: number }
function optimizers.sgd(given)
   return (make("sgd", "optimizers.sgd", given, {
      momentum = { type = "number", default = 0, minimum = 0, below = 1 },
      nesterov = { type = "boolean", default = false },
   }))
end

return optimizers

--- Learning rates that follow the step, for `learning_rate` of an optimizer; with Keras' names and formulas.
-- A function of the step (from 0) and the epoch (from 1) does as well.

local options = require "totality.options"

local schedules = {}

local Schedule = { __name = "totality.Schedule" }
Schedule.__index = Schedule

function Schedule:__call(step, epoch) return self.rate(step, epoch) end

function Schedule:__tostring() return ("totality.Schedule(%s)"):format(self.text) end

local function schedule(rate, text, ...)
   return setmetatable({ rate = rate, text = text:format(...) }, Schedule)
end

local rate_rule = { type = "number", required = true, minimum = 0 }
local steps_rule = { type = "integer", required = true, minimum = 1 }

--- Half a cosine from the initial rate down to alpha times it, after decay_steps (Loshchilov & Hutter 2017,
-- arXiv:1608.03983); before it, the rate may grow from 0 (or the initial rate) to warmup_target, linearly in
-- warmup_steps, as in Keras.
---@param given { initial_learning_rate: number, decay_steps: integer, alpha?: number, warmup_target?: number,
--- warmup_steps?: integer }
---@return totality.Schedule
function schedules.cosine_decay(given)
   local o = options.check("schedules.cosine_decay", given, {
      initial_learning_rate = rate_rule, decay_steps = steps_rule,
      alpha = { type = "number", default = 0, minimum = 0, maximum = 1 },
      warmup_target = { type = "number", minimum = 0 },
      warmup_steps = { type = "integer", default = 0, minimum = 0 },
   })
   local warm = o.warmup_target and o.warmup_steps or 0
   local top = o.warmup_target or o.initial_learning_rate
   return schedule(function(step)
      if step < warm then
         return o.initial_learning_rate + (top - o.initial_learning_rate) * step / warm
      end
      local part = math.min(step - warm, o.decay_steps) / o.decay_steps
      return top * ((1 - o.alpha) * 0.5 * (1 + math.cos(math.pi * part)) + o.alpha)
   end, "cosine_decay from %.17g to %.17g of %.17g in %d steps after %d", o.initial_learning_rate, o.alpha, top,
      o.decay_steps, warm)
end

--- initial_learning_rate * decay_rate^(step/decay_steps); with staircase, the exponent is a whole number.
---@param given { initial_learning_rate: number, decay_steps: integer, decay_rate: number, staircase?: boolean }
---@return totality.Schedule
function schedules.exponential_decay(given)
   local o = options.check("schedules.exponential_decay", given, {
      initial_learning_rate = rate_rule, decay_steps = steps_rule,
      decay_rate = { type = "number", required = true, above = 0 },
      staircase = { type = "boolean", default = false },
   })
   return schedule(function(step)
      local power = step / o.decay_steps
      return o.initial_learning_rate * o.decay_rate ^ (o.staircase and math.floor(power) or power)
   end, "exponential_decay %.17g * %.17g^(step/%d)%s", o.initial_learning_rate, o.decay_rate, o.decay_steps,
      o.staircase and ", staircase" or "")
end

--- values[1] up to and including step boundaries[1], values[2] up to boundaries[2], ..., then the last value.
---@param given { boundaries: integer[], values: number[] } one value more than boundaries, which rise
---@return totality.Schedule
function schedules.piecewise_constant(given)
   local what = "schedules.piecewise_constant"
   local o = options.check(what, given, {
      boundaries = { type = "table", required = true }, values = { type = "table", required = true },
   })
   if #o.values ~= #o.boundaries + 1 then
      options.fail(what, 2, "there are %d boundaries and %d values, %d were expected", #o.boundaries, #o.values,
         #o.boundaries + 1)
   end
   for k, boundary in ipairs(o.boundaries) do
      options.check_value(what, ("boundaries[%d]"):format(k), boundary,
         { type = "integer", minimum = (o.boundaries[k - 1] or -1) + 1 })
   end
   local shown = {}
   for k, value in ipairs(o.values) do
      options.check_value(what, ("values[%d]"):format(k), value, { type = "number", minimum = 0 })
      shown[k] = ("%.17g"):format(value) .. (o.boundaries[k] and (" to %d"):format(o.boundaries[k]) or "")
   end
   return schedule(function(step)
      local k = 1
      while o.boundaries[k] and step > o.boundaries[k] do k = k + 1 end
      return o.values[k]
   end, "piecewise_constant %s", table.concat(shown, ", "))
end

return schedules

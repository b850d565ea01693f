--- Stars as a survey would find them, with what is true of them. A star depends on the seed and its number only.

local core = require "totality.core"
local population = require "totality.population"
local system = require "totality.system"

local simulation = {}

-- A system is drawn so often until it is of the class that is asked for and varies enough.
local MAXIMUM_ATTEMPTS = 1024

-- As a part of the maximum flux; the same as in training (totality.synthetic).
local MINIMUM_AMPLITUDE = 0.1

-- Enough to see how much a curve varies.
local AMPLITUDE_PHASES = 40

local function varies(star, third_light)
   local low, high = star:light_curve({ phases = AMPLITUDE_PHASES }).flux:min_max()
   return (1 - third_light) * (high - low) >= MINIMUM_AMPLITUDE * ((1 - third_light) * high + third_light)
end

--- Whether star `number` is a total one, so that of the first n stars, whatever n, the share nearest to `share` is.
---@param number integer from 1
---@param share number 0 to 1
---@return boolean
function simulation.is_total(number, share)
   return math.floor(number * share + 0.5) > math.floor((number - 1) * share + 0.5)
end

--- One star: a system of the population with the history of its spots and companion, as the survey records it.
---@param given table `seed`, `number` (from 1), `survey` (totality.Survey), `population` (totality.Population),
--- `total` (true: with a total eclipse, false: without, nil: as it comes)
---@return totality.LightCurve|nil curve with `truth`, see system:observe; or nil and a message
---@return table|string parameters of the system, see totality.contact; or a message
function simulation.star(given)
   for attempt = 0, MAXIMUM_ATTEMPTS - 1 do
      local rng = core.rng(given.seed, given.number * MAXIMUM_ATTEMPTS + attempt)
      local parameters, period = given.population:draw(rng)
      parameters.band = given.survey.band
      local star = system.contact(parameters)
      if given.total == nil or star:totality().total == given.total then
         local history = population.history(rng)
         if varies(star, history.third_light) then
            history.period, history.rng = period, rng
            if parameters.spots then history.later = { system.contact(population.later(rng, parameters)) } end
            return star:observe(given.survey, history), parameters
         end
      end
   end
   local class = given.total and "total" or "partial"
   return nil, ("star %d: none that is %s and varies by %g in %d systems of %s"):format(given.number, class,
      MINIMUM_AMPLITUDE, MAXIMUM_ATTEMPTS, given.population)
end

return simulation

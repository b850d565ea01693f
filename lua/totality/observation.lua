-- What a survey delivers of a model curve. Used by curve:observe and system:observe.

local attempt = require("totality.interruption").attempt
local core = require "totality.core"
local options = require "totality.options"

local observation = {}

local OPTIONS = {
   period = { type = "number", above = 0, required = true },
   rng = { class = "totality.Rng" },
   seed = { type = "integer" },
   magnitude = { type = "number" },
   third_light = { type = "number", default = 0, minimum = 0, below = 1 },
   period_change = { type = "number", default = 0 },
   light_time = { type = "number", default = 0, minimum = 0 },
   outer_period = { type = "number", default = 3652.5, above = 0 },
   state_duration = { type = "number", default = 500, above = 0 },
   mirrored = { type = "boolean", default = false },
   limit = { type = "integer", default = 0, minimum = 0 },
}

local OF_THE_STAR = { "period", "third_light", "period_change", "light_time", "outer_period", "state_duration" }

--- Checks the options of an observation.
function observation.check(what, given, level)
   local checked = options.check(what, given, OPTIONS, (level or 2) + 1)
   if (checked.rng == nil) == (checked.seed == nil) then
      options.fail(what, (level or 2) + 1, "one of the options 'rng', as totality.rng(seed), and 'seed' is needed")
   end
   checked.rng = checked.rng or core.rng(checked.seed)
   return checked
end

--- The observed curve. flux: a Series of `states` model curves one after the other, each at regular phases
-- from first_phase.
function observation.observe(what, survey, flux, states, first_phase, checked)
   local target = { states = states, first_phase = first_phase, mirrored = checked.mirrored and 1 or 0,
      magnitude = checked.magnitude or 0 / 0, minimum_amplitude = 0 }
   for _, name in ipairs(OF_THE_STAR) do target[name] = checked[name] end
   local done, time, seen, errors, segment, truth = attempt(core.observe_survey, survey.record, flux, target,
      checked.limit, checked.rng)
   if not done then options.fail(what, 3, "%s", time) end
   local curve = require("totality.curve").new {
      time = time, flux = seen, error = errors, segment = segment, time_system = survey.time_system,
      period = truth.catalogue_period, epoch = truth.catalogue_epoch,
   }
   curve.survey, curve.truth = survey.name, truth
   truth.catalogue_period, truth.catalogue_epoch = nil, nil
   for _, name in ipairs { "period", "period_change", "light_time", "outer_period" } do
      truth[name] = checked[name]
   end
   return curve
end

return observation

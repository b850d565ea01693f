--- What a telescope would see of a model curve.

local class = require "totality.curve.class"
local core = require "totality.core"
local observation = require "totality.observation"
local options = require "totality.options"

---@class totality.LightCurve
local LightCurve = class.LightCurve

local derive, need_phase, refuse = class.derive, class.need_phase, class.refuse

-- The first phase of a curve given at regular phases over one cycle, and how many points it has without
-- a repeated end; nil when it is not such a curve.
local function regular_cycle(phase)
   local count = #phase
   if count < 4 then return nil end
   local step = (phase[2] - phase[1]) % 1
   for k = 2, count do
      local off = (phase[k] - phase[k - 1] - step) % 1
      if math.min(off, 1 - off) > 1e-6 then return nil end
   end
   if math.abs(count * step - 1) < 1e-4 then return phase[1], count end
   if math.abs((count - 1) * step - 1) < 1e-4 then return phase[1], count - 1 end
   return nil
end

-- A model curve over one cycle as a Series without a repeated end, and its first phase.
local function one_cycle(self)
   local first, count = regular_cycle(self.phase)
   if not first then refuse(self, "observe", "a model curve at regular phases over one cycle is needed", 4) end
   if count == #self.flux then return self.flux, first end
   local indices = {}
   for k = 1, count do indices[k] = k end
   return core.select(self.flux, core.series(indices)), first
end

local function observe_survey(self, survey, given)
   local what = "curve:observe"
   local checked = observation.check(what, given, 2)
   local model, first = one_cycle(self)
   return observation.observe(what, survey, model, 1, first, checked)
end

--- What a telescope would see of a model curve: points at other phases with noise, or the whole of what a survey
--- delivers, gaps, outliers, offsets and all.
---@param given? table points in phase: `points` (default 100), `noise` (sigma in units of the curve's maximum flux;
--- default 0), `phases` ("regular" or "random"; default regular), `offset` (regular phases: shift of the grid in
--- steps, 0 to 1; default 0), `rng` (totality.Rng; needed for noise and random phases). Or a totality.Survey:
--- the curve then has times, and passes through the same steps as one that was read from a file
---@param survey_options? table with a survey: `period` (days; needed), `rng` or `seed`; `magnitude` (at maximum;
--- default drawn), `third_light` of a companion (0 to 1; the survey adds its own; default 0), `period_change` (dP/dt;
--- default 0), `light_time` (half amplitude of the delay in a wide orbit, days; default 0) and `outer_period` of that
--- orbit (days), `mirrored` (phases run backwards), `limit` (of a continuous survey with more points than that, only
--- one in so many is made, with the noise of the mean; default: all are made)
---@return table curve with a survey: flux in units of the maximum flux, the quoted error, `segment`, `survey` (its
--- name), `period` and `epoch` as a catalogue gives them, with their errors, and `truth`: period, epoch, magnitude,
--- third_light, noise (sigma at maximum, in flux), period_change, light_time, outer_period, outliers (how many)
function LightCurve:observe(given, survey_options)
   need_phase(self, "observe")
   local metatable = getmetatable(given)
   if type(metatable) == "table" and metatable.__name == "totality.Survey" then
      return observe_survey(self, given, survey_options)
   end
   local checked = options.check("curve:observe", given, {
      points = { type = "integer", minimum = 1, default = 100 },
      noise = { type = "number", minimum = 0, default = 0 },
      phases = { type = "string", one_of = { "regular", "random" }, default = "regular" },
      offset = { type = "number", minimum = 0, below = 1, default = 0 },
      rng = { class = "totality.Rng" },
   })
   if not checked.rng and (checked.noise > 0 or checked.phases == "random") then
      options.fail("curve:observe", 2, "noise and random phases need the option 'rng', as totality.rng(seed)")
   end
   local model, first = one_cycle(self)
   local phase, flux = core.observe(model, first, checked.points, checked.phases, checked.offset,
      checked.noise, checked.rng)
   return derive(self, {
      phase = phase, flux = flux, time = false, error = false, segment = false, scatter = false, count = false,
   })
end

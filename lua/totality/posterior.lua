--- What the light curve says about the eclipse, by Bayes' theorem: the curve is weighed against a bank of model
--- curves, and the share of the weight that total eclipses have is the probability that this one is total.
--
-- No classifier can do better for systems drawn from the bank's population and noise as assumed; how much better
-- than others it does is told by `totality.bayes_limit`. docs/inference.md has the equations and what is assumed.

local bank_module = require "totality.bank"
local calibration = require "totality.calibration"
local core = require "totality.core"
local options = require "totality.options"
local refinement = require "totality.refinement"
local spot_effects = require "totality.spot_effects"
local verdict = require "totality.verdict"

local posterior = {}

--- Made by `totality.posterior`.
---@class totality.Posterior
---@field bank totality.Bank
---@field total_from number p_total from which the verdict is "total"
---@field partial_below number p_total below which it is "partial"
---@field prior number share of total eclipses in the bank, for which p_total holds unless another one is given
local Posterior = { __name = "totality.Posterior" }
Posterior.__index = Posterior

--- What is known of a system from its light curve.
---@class totality.PosteriorResult
---@field p_total number probability that the eclipse is total
---@field mass_ratio number[] the median and the quantiles at 16 and 84 %
---@field inclination number[] likewise, degrees
---@field fillout number[] likewise
---@field effective_size number how many curves it rests on: (sum of weights)^2 / sum of squares
---@field power number that the likelihoods were raised to: 1, or less when few curves would have had all the weight
---@field p_unflattened number what p_total would be at power 1: too near 0 or 1 with few effective curves
---@field misfit number chi^2 of the best curve over the one that noise, points' weights and model error let expect:
--- at most about 1 when the bank explains the curve; with `spots` the factor by which they widen the prior is in it,
--- a tenth or so for a hundred points
---@field stages integer of importance sampling; 0: the bank's curves were enough, or were not to be refined
local Result = { __name = "totality.PosteriorResult" }
Result.__index = Result

-- The sum over shifts in phase is exact within 2e-4 when its step is 1.5 standard errors.
local SHIFT_STEP = 1.5

-- The shifts reach this many of their prior's standard deviations; at most so many on either side.
local SHIFT_REACH, MOST_SHIFTS = 2.5, 12

local LARGEST_PHASE_ERROR = 0.02

-- In cycles: the likelihood takes no longer ones, and nothing would be left of an eclipse.
local LONGEST_EXPOSURE = 0.5

-- A p_total this near 0 or 1 needs no refinement for a verdict: flattened weights leave more doubt than the whole
-- ones would.
local DECIDED = 0.005

-- Numbers of the likelihoods that are kept at once.
local LIKELIHOODS = 32000000

-- Neighbours this near in phase share an error of the model.
local MODEL_ERROR_CELLS = 100

local NUISANCES = {
   phase_error = { type = "number", minimum = 0, below = 0.25 },
   both_minima = { type = "boolean" },
   noise_known = { type = "boolean" },
   model_error = { type = "number", minimum = 0, below = 1 },
   third_light = { type = "number", minimum = 0, below = 1 },
   third_light_mean = { type = "number", above = 0, below = 1 },
   spots = { type = "number", minimum = 0, maximum = 1 },
}

-- As found in real curves that went through the same preparation; see docs/inference.md.
local DEFAULTS = { phase_error = 0.004, both_minima = true, noise_known = false, model_error = 0.005,
   third_light = 0.5, third_light_mean = 0.12, spots = 0 }

-- l3 of those systems that have third light: exponential, up to this maximum. WUMaCat's solutions (30 % of the
-- spectroscopic sample) and spectroscopic searches (D'Angelo et al. 2006, AJ 132, 650) have most of it below 0.1 and
-- little above 0.5.
local THIRD_LIGHT_MAXIMUM = 0.5

--- A judge of light curves that weighs them against a bank.
--
-- Options: `bank` (totality.Bank, needed); `total_from` and `partial_below`: probabilities that divide total,
-- uncertain and partial (default 0.5 and 0.2); `least_effective_size`: where fewer curves have all the weight, the
-- likelihoods are raised to a power below 1 that leaves so many (default 30); `refine`: whether to draw new systems
-- about the heaviest ones in that case first, up to ten seconds a curve (default false), or "verdict": only until the
-- flattened weights leave no doubt whether the eclipse is total; `threads` (default all processors).
--
-- What is not known of an observation and integrated over, the defaults being for real curves: `phase_error` (sigma
-- of the phase of conjunction, cycles, default 0.004; 0: known), `both_minima` (whether either may be the eclipse
-- of star 1, default true), `noise_known` (default false; the model error is known all the same), `model_error`
-- (sigma of what the model gets wrong, in units of the maximum flux, alike within 0.01 in phase; default 0.005),
-- `third_light` (share of systems that have it, default 0.5), `third_light_mean` (the mean of the exponential
-- distribution of it among those, default 0.12), `spots` (share of systems that have spots which the bank's curves
-- lack, however they move while the curve is taken; for banks of systems without spots; default 0).
---@param given table
---@return totality.Posterior
function posterior.new(given)
   local what = "totality.posterior"
   local specification = {
      bank = { class = "totality.Bank", required = true },
      total_from = { type = "number", default = 0.5, minimum = 0, maximum = 1 },
      partial_below = { type = "number", default = 0.2, minimum = 0, maximum = 1 },
      least_effective_size = { type = "number", default = 30, minimum = 0 },
      refine = { type = "any", default = false },
      threads = { type = "integer", default = core.processor_count(), minimum = 1 },
   }
   for name, rule in pairs(NUISANCES) do specification[name] = rule end
   local checked = options.check(what, given, specification)
   if checked.partial_below > checked.total_from then
      options.fail(what, 2, "option 'partial_below' (%g) must not exceed 'total_from' (%g)",
         checked.partial_below, checked.total_from)
   end
   local refine = checked.refine
   if type(refine) ~= "boolean" and refine ~= "verdict" then
      options.fail(what, 2, "option 'refine' must be true, false or \"verdict\", got %s", tostring(refine))
   end
   if refine and checked.bank.population.name ~= "survey" then
      options.fail(what, 2, "option 'refine' needs a bank of totality.population.survey, whose density is known")
   end
   for name, value in pairs(DEFAULTS) do
      if checked[name] == nil then checked[name] = value end
   end
   if checked.spots > 0 then
      if checked.bank.population.spots > 0 then
         options.fail(what, 2, "option 'spots' is for a bank of systems without spots, of this one %g %% have some",
            100 * checked.bank.population.spots)
      end
      checked.spot_curves = spot_effects.curves(select(2, checked.bank.flux:shape()), checked.threads)
   end
   checked.prior = checked.bank:total_share()
   return setmetatable(checked, Posterior)
end

-- Standard error of the phase of a curve: 1 / sqrt(sum of weight (df/dphase)^2), the rms slope being that of a
-- double wave, cos(4 pi phase), of the same range of flux.
local function phase_standard_error(flux, weight)
   local low, high = flux:min_max()
   local sum = 0
   for k = 1, #weight do sum = sum + weight[k] end
   return 1 / (math.sqrt(sum / 2) * 2 * math.pi * (high - low))
end

-- An observation as core.log_likelihood takes it. A point's weight is 1 / variance, of its noise, which is sigma for
-- a point with the relative weight 1 (nil: all have that), and of its share of the model error of its cell: so n
-- points of a cell tell as much as their mean, whose variance is noise^2 / n + model_error^2. `independent`: how many
-- points without a model error tell as much, the chi^2 that is expected; `least_variance`: what of the variance isn't
-- noise.
local function observation_of(phase, flux, noise, model_error, relative)
   local weight, independent, from_model = core.series(#phase), 0, 0
   local counts = {}
   local function cell(k) return math.floor((phase[k] % 1) * MODEL_ERROR_CELLS) end
   for k = 1, #phase do counts[cell(k)] = (counts[cell(k)] or 0) + 1 end
   local _, high = flux:min_max()
   local of_model = (model_error * high) ^ 2
   for k = 1, #phase do
      local of_noise, of_cell = noise ^ 2 / (relative and relative[k] or 1), counts[cell(k)] * of_model
      weight[k] = 1 / (of_noise + of_cell)
      local tells = weight[k] * (of_noise + of_model)
      independent, from_model = independent + tells, from_model + tells * weight[k] * of_cell
   end
   return { phase = phase, flux = flux, weight = weight, exposure = 0, independent = math.min(independent, #phase),
      least_variance = math.min(from_model / independent, 1) }
end

-- What is left of the points tells an unknown noise, when scale and third light have taken two.
local FITTED = 2

-- What is wrong with points that lie so close that they don't tell the noise, too; nil when nothing is.
local function too_close(self, observation)
   if self.noise_known or observation.independent > FITTED then return nil end
   return ("%d points that tell as much as %.1f with phases of their own are too few"):format(#observation.phase,
      observation.independent)
end

-- The options of the likelihood, which observations that are weighed together share.
local function likelihood_options(self, observations)
   local step, phase_error = math.huge, 0
   for _, o in ipairs(observations) do
      phase_error = math.max(phase_error, o.phase_error)
      step = math.min(step, SHIFT_STEP * phase_standard_error(o.flux, o.weight))
   end
   local reach = SHIFT_REACH * phase_error
   step = math.min(step, reach / 2) -- the prior's own width must be resolved, too
   local shifts = phase_error == 0 and 0 or math.min(MOST_SHIFTS, math.ceil(reach / step))
   return {
      shifts = shifts, phase_error = phase_error, shift_step = shifts == 0 and 0 or reach / shifts,
      both_minima = self.both_minima, noise_known = self.noise_known, exposure = observations[1].exposure,
      third_light_share = self.third_light, third_light_scale = self.third_light_mean,
      third_light_maximum = THIRD_LIGHT_MAXIMUM, spot_share = self.spots, spot_curves = self.spot_curves,
   }
end

local QUANTITIES = { "mass_ratio", "inclination", "fillout" }
local LEVELS = core.series { 0.16, 0.5, 0.84 }

-- chi^2 over what is expected, from the largest log likelihood; the constants of the priors are small beside it
local function misfit_of(self, log_likelihood, observation)
   local freedom, least = observation.independent - 1, observation.least_variance
   local chi2 = -2 * log_likelihood
   if not self.noise_known then -- chi^2 / variance + freedom log(variance), the variance being at least the least one
      local of_least = freedom * math.log(least)
      chi2 = chi2 > freedom + of_least and freedom * math.exp(chi2 / freedom - 1) or least * (chi2 - of_least)
   end
   return chi2 / observation.independent
end

local function log_likelihood_of(self, flux, observations)
   return core.log_likelihood(flux, observations, likelihood_options(self, observations), self.threads)
end

local function share_of_total(weights, parameters)
   return core.weight_below(weights, parameters, bank_module.column "light_left", bank_module.TOTAL_LIGHT)
end

-- The weights of curves, what was found about them, and what they belong to: the bank, or curves drawn about its
-- heaviest ones.
local function weigh_curves(self, log_likelihood, row, observation, to_verdict)
   local curves = { log_weight = log_likelihood, row = row, parameters = self.bank.parameters, stages = 0 }
   local weights, found = core.posterior_weights(log_likelihood, row, self.least_effective_size)
   local largest = found.largest -- log likelihood
   if self.refine and found.effective_size < self.least_effective_size then
      curves = refinement.run { parameters = self.bank.parameters, log_likelihood = log_likelihood:rows(row, 1),
         population = self.bank.population, phases = select(2, self.bank.flux:shape()),
         minimum_amplitude = tonumber(self.bank.recipe.minimum_amplitude), threads = self.threads, seed = 0,
         is_enough = function(flattened, parameters)
            local p_total = share_of_total(flattened, parameters)
            return to_verdict and math.min(p_total, 1 - p_total) < DECIDED
         end,
         evaluate = function(flux)
            local values = log_likelihood_of(self, flux, { observation })
            largest = math.max(largest, select(2, core.posterior_weights(values, 1, 0)).largest)
            return values
         end }
      curves.row = 1
      weights, found = core.posterior_weights(curves.log_weight, 1, self.least_effective_size)
   end
   found.largest = largest
   return weights, found, curves
end

-- The weights in a population with another share of total eclipses: those of all total ones and of all others change
-- by a factor each.
local function weights_for(self, weights, parameters, prior)
   local total, partial = prior / self.prior, (1 - prior) / (1 - self.prior)
   local columns, light_left = select(2, parameters:shape()), bank_module.column "light_left"
   local changed, sum = core.series(#weights), 0
   for k = 1, #weights do
      local is_total = parameters[(k - 1) * columns + light_left] < bank_module.TOTAL_LIGHT
      changed[k] = weights[k] * (is_total and total or partial)
      sum = sum + changed[k]
   end
   for k = 1, #weights do changed[k] = changed[k] / sum end
   return changed
end

-- `prior`: share of total eclipses among the stars, nil for the bank's.
local function summarise(self, log_likelihood, row, observation, prior)
   local weights, found, curves = weigh_curves(self, log_likelihood, row, observation, self.refine == "verdict")
   local p_unflattened = found.power < 1
      and share_of_total((core.posterior_weights(curves.log_weight, curves.row, 0)), curves.parameters)
   local parameters
   weights, parameters = core.heavy_rows(weights, curves.parameters) -- few of a million, as a rule
   if prior then
      weights = weights_for(self, weights, parameters, prior)
      p_unflattened = p_unflattened and calibration.shift_prior(p_unflattened, self.prior, prior)
   end
   local p_total = share_of_total(weights, parameters)
   local result = {
      p_total = p_total, effective_size = found.effective_size, power = found.power, stages = curves.stages,
      p_unflattened = p_unflattened or p_total,
      misfit = misfit_of(self, found.largest, observation),
   }
   for _, name in ipairs(QUANTITIES) do
      local q = core.weighted_quantiles(weights, parameters, bank_module.column(name), LEVELS)
      result[name] = { q[2], q[1], q[3] }
   end
   return setmetatable(result, Result)
end

-- Calls visit(log_likelihood, row, number, observation) for each of the observations.
local function each_likelihood(self, observations, visit)
   local together = math.max(1, LIKELIHOODS // #self.bank)
   for first = 1, #observations, together do
      local part = table.move(observations, first, math.min(first + together - 1, #observations), 1, {})
      local values = log_likelihood_of(self, self.bank.flux, part)
      for row, observation in ipairs(part) do visit(values, row, first + row - 1, observation) end
   end
end

local function check_observations(self, what, list)
   if type(list) ~= "table" then options.fail(what, 3, "a list of observations was expected, got %s", type(list)) end
   local observations = {}
   for k, entry in ipairs(list) do
      local o = options.check(("%s: observation %d"):format(what, k), entry, {
         curve = { class = "totality.LightCurve", required = true },
         noise = { type = "number", above = 0, required = true },
         parameters = { type = "table" },
      }, 3)
      local phase, flux = o.curve.phase, o.curve.flux
      if not phase then options.fail(what, 3, "observation %d: the curve has no phases; fold it first", k) end
      observations[k] = observation_of(phase, flux, o.noise, self.model_error)
      observations[k].phase_error = self.phase_error
      local problem = too_close(self, observations[k])
      if problem then options.fail(what, 3, "observation %d: %s", k, problem) end
   end
   return observations
end

--- What the bank says about each of some folded curves, as they are: nothing is cleaned or aligned.
---@param list table[] of each `curve` (totality.LightCurve with phases; a conjunction at phase 0) and `noise`
--- (sigma of a point in the unit of its flux; when the noise is not known, a guess that weighs it against the model
--- error), as `dataset:curves` gives them
---@return totality.PosteriorResult[]
function Posterior:weigh(list)
   local observations, results = check_observations(self, "posterior:weigh", list), {}
   each_likelihood(self, observations, function(values, row, number, observation)
      results[number] = summarise(self, values, row, observation)
   end)
   return results
end

--- The weight of the curves of the bank below given values of a quantity: where on its posterior distribution a
--- value lies. Over systems drawn from the bank's population these numbers are uniform between 0 and 1 when the
--- posterior is right (Talts et al. 2018, arXiv:1804.06788).
---@param list table[] as for `weigh`
---@param name string a column of the bank, see `totality.bank.columns`
---@param values number[] one for each observation
---@return number[]
function Posterior:ranks(list, name, values)
   local observations, ranks = check_observations(self, "posterior:ranks", list), {}
   local column = bank_module.column(name)
   each_likelihood(self, observations, function(log_likelihood, row, number, observation)
      local weights, _, curves = weigh_curves(self, log_likelihood, row, observation)
      ranks[number] = core.weight_below(weights, curves.parameters, column, values[number])
   end)
   return ranks
end

-- The points that the image of the curve is made of, aligned, with the image and its summary.
local function prepare(curve, checked)
   local drawn, summary = curve:prepare { epoch = checked.epoch, drift = not checked.refine_period and 0 or nil,
      period = curve.time and checked.period or nil }
   if not drawn then return nil, summary end
   local phase, flux = curve.phase, curve.flux
   if summary.period then
      local reduced = curve:reduce { period = summary.period, epoch = summary.epoch, drift = 0 }
      phase, flux = reduced.phase, reduced.flux
   else
      phase = core.shift_phase(phase, summary.shift)
   end
   local keep = core.keep_indices(phase, flux, 5, 4)
   return drawn, summary, core.select(phase, keep), core.select(flux, keep)
end

local function doubts(summary, result)
   local notes = verdict.doubts(summary)
   if result.misfit > 2 then
      notes[#notes + 1] = ("no curve of the bank fits well (chi^2 %.1f times what is expected)"):format(result.misfit)
   end
   if result.power < 1 then
      notes[#notes + 1] = ("rests on %.0f curves"):format(result.effective_size)
   end
   return notes
end

--- Judges one light curve, prepared like the network's: outliers, period and alignment. Points that stand off, but
--- are no outliers, count less (csrc/curve/clean.h): the noise of surveys has long tails.
---@param curve totality.LightCurve folded, or with a period
---@param given? table `period` (days) and `epoch`, for a curve that is not folded (default: its own);
--- `refine_period`: whether to look for a better period nearby (default true, see curve:refine_period);
--- `exposure` of a point (days, default 0; needs a period), over which the model curves are averaged: Kepler's long
--- cadence is 0.0204, and rounds the flat bottoms of short periods; `prior`: share of total eclipses among the stars
--- that it is one of, in (0, 1) (default: that of the bank, posterior.prior)
---@return totality.Verdict|nil verdict with the posterior of the system in the field `posterior`
---@return string? message when the data make no curve
function Posterior:classify(curve, given)
   local checked = options.check("posterior:classify", given, {
      period = { type = "number", above = 0, default = curve.period }, epoch = { type = "number" },
      refine_period = { type = "boolean", default = true },
      exposure = { type = "number", default = 0, minimum = 0 },
      prior = { type = "number", above = 0, below = 1 },
   })
   if checked.prior and (self.prior == 0 or self.prior == 1) then
      options.fail("posterior:classify", 2, "option 'prior' needs a bank with total and partial eclipses")
   end
   if checked.exposure > 0 and not checked.period then
      options.fail("posterior:classify", 2, "option 'exposure' needs the period of the curve")
   end
   local drawn, summary, phase, flux = prepare(curve, checked)
   if not drawn then return nil, summary end
   if summary.noise ~= summary.noise then
      return nil, (curve.file or curve.name or "the curve") .. ": the flux must be a star's whole light, above 0"
   end
   local noise = math.max(summary.noise * summary.top, 1e-6 * summary.top)
   local observation = observation_of(phase, flux, noise, self.model_error, core.point_weights(phase, flux))
   local problem = too_close(self, observation)
   if problem then return nil, (curve.file or curve.name or "the curve") .. ": " .. problem end
   -- the axis of symmetry is uncertain, and spots put it beside the conjunction
   observation.phase_error = math.min(math.sqrt(self.phase_error ^ 2 + summary.shift_error ^ 2), LARGEST_PHASE_ERROR)
   observation.exposure = math.min(LONGEST_EXPOSURE, checked.exposure / (summary.period or checked.period or 1))
   local result
   each_likelihood(self, { observation }, function(values, row)
      result = summarise(self, values, row, observation, checked.prior)
   end)
   return verdict.new({ p_total = result.p_total, posterior = result, notes = doubts(summary, result),
      period = summary.period, image = drawn, summary = summary }, self)
end

local function show(quantity)
   return ("%.3g (%.3g to %.3g)"):format(quantity[1], quantity[2], quantity[3])
end

function Result:__tostring()
   return ("totality.PosteriorResult(total %.2f, mass ratio %s, inclination %s, fillout %s; %.0f curves)"):format(
      self.p_total, show(self.mass_ratio), show(self.inclination), show(self.fillout), self.effective_size)
end

function Posterior:__tostring()
   return ("totality.Posterior(%d curves, total from %g, partial below %g)"):format(#self.bank, self.total_from,
      self.partial_below)
end

return posterior

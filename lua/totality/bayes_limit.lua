--- How good can a classifier be? The accuracy of the Bayesian posterior, which nothing surpasses on systems
--- drawn from its own population, observed as it assumes.

local bank_module = require "totality.bank"
local calibration = require "totality.calibration"
local core = require "totality.core"
local expected_counts = require "totality.expected_counts"
local measures = require "totality.measures"
local metrics = require "totality.metrics"
local options = require "totality.options"
local posterior = require "totality.posterior"

local bayes_limit = {}

--- An estimate of the Bayes limit, made by `totality.bayes_limit`. Prints as a table.
---@class totality.BayesLimit
---@field systems integer fresh systems that were judged
---@field total_share number share of total eclipses among them, the threshold for balanced accuracy
---@field achieved table<string, { value: number, error: number }> what the posterior scores on them: `accuracy`
--- and `f1` at p = 0.5, `balanced_accuracy` at total_share, `best_f1` at `totality.calibration.f1_threshold` of its
--- probabilities, `roc_auc`, `calibration_error`; with standard errors. With few effective curves it falls short of
--- the limit
---@field claimed table<string, { value: number, error: number }> `accuracy`, `f1`, `balanced_accuracy`, `best_f1`
--- that the probabilities (`p_unflattened`) themselves promise: the mean of max(p, 1 - p) and the like. With few
--- effective curves they are too near 0 or 1, and this too high
---@field effective_size number[] quantiles at 10, 50 and 90 % of the effective numbers of curves
---@field flattened number share of systems with too few effective curves, whose likelihood was flattened
---@field labels integer[] 1 for a total eclipse
---@field scores number[] the probabilities
---@field unflattened number[] the probabilities that `claimed` goes by
local Limit = { __name = "totality.BayesLimit" }
Limit.__index = Limit

local BOOTSTRAPS = 200

local function classes(scores, threshold)
   local list = {}
   for k = 1, #scores do list[k] = scores[k] >= threshold and 1 or 0 end
   return list
end

local function achieved(labels, scores, threshold)
   local at_half = classes(scores, 0.5)
   return {
      accuracy = metrics.accuracy_score(labels, at_half), f1 = metrics.f1_score(labels, at_half),
      balanced_accuracy = metrics.balanced_accuracy_score(labels, classes(scores, threshold)),
      best_f1 = metrics.f1_score(labels, classes(scores, (calibration.f1_threshold(scores)))),
      roc_auc = metrics.roc_auc_score(labels, scores),
      calibration_error = metrics.calibration_error(labels, scores),
   }
end

-- What is expected of the labels if they are 1 with the probabilities given.
local function claimed(_, scores, threshold)
   local at_half = expected_counts(scores, classes(scores, 0.5))
   return {
      accuracy = measures.accuracy_score(at_half), f1 = measures.f1_score(at_half),
      balanced_accuracy = measures.balanced_accuracy_score(expected_counts(scores, classes(scores, threshold))),
      best_f1 = select(2, calibration.f1_threshold(scores)),
   }
end

-- The measures with their standard errors, from resamples of the systems.
local function with_errors(measure, labels, scores, threshold)
   local rng, sums, squares, result = core.rng(1, 0), {}, {}, {}
   for _ = 1, BOOTSTRAPS do
      local some_labels, some_scores = {}, {}
      for k = 1, #labels do
         local chosen = rng:integer(1, #labels)
         some_labels[k], some_scores[k] = labels[chosen], scores[chosen]
      end
      for name, value in pairs(measure(some_labels, some_scores, threshold)) do
         sums[name], squares[name] = (sums[name] or 0) + value, (squares[name] or 0) + value ^ 2
      end
   end
   for name, value in pairs(measure(labels, scores, threshold)) do
      local mean = sums[name] / BOOTSTRAPS
      result[name] = { value = value, error = math.sqrt(math.max(squares[name] / BOOTSTRAPS - mean ^ 2, 0)) }
   end
   return result
end

local function quantiles(values)
   local sorted = table.move(values, 1, #values, 1, {})
   table.sort(sorted)
   local result = {}
   for k, part in ipairs { 0.1, 0.5, 0.9 } do result[k] = sorted[math.max(1, math.ceil(part * #sorted))] end
   return result
end

--- Estimates the Bayes limit for the curves of a data set: each is judged by the posterior, with everything about
--- the observation known but what the options say.
---
--- The posterior's own score is a lower bound of the limit, what its probabilities promise tends to lie above; they
--- meet when the bank is large enough.
---@param dataset totality.SyntheticDataset of the bank's population (see `totality.synthetic`)
---@param given table `bank` (totality.Bank, needed); `first` and `count` (which examples of the data set; default
--- all); `phase_error`, `both_minima`, `noise_known`, `model_error`, `third_light`, `third_light_mean`, `spots`,
--- `least_effective_size`, `refine` and `threads` as for `totality.posterior`, with the defaults of an observation of
--- which all is known: 0, false, true, 0, 0, 0.12, 0
---@return totality.BayesLimit
function bayes_limit.estimate(dataset, given)
   local what = "totality.bayes_limit"
   dataset = options.check_value(what, "dataset", dataset, { class = "totality.SyntheticDataset" })
   local checked = options.check(what, given, {
      bank = { class = "totality.Bank", required = true },
      first = { type = "integer", default = 1, minimum = 1 },
      count = { type = "integer", minimum = 1 },
      phase_error = { type = "number", default = 0, minimum = 0 },
      both_minima = { type = "boolean", default = false },
      noise_known = { type = "boolean", default = true },
      model_error = { type = "number", default = 0, minimum = 0 },
      third_light = { type = "number", default = 0, minimum = 0, below = 1 },
      third_light_mean = { type = "number", above = 0, below = 1 },
      spots = { type = "number", default = 0, minimum = 0, maximum = 1 },
      least_effective_size = { type = "number", minimum = 0 },
      refine = { type = "boolean" },
      threads = { type = "integer", minimum = 1 },
   })
   local first, count = checked.first, checked.count or dataset:size()
   checked.first, checked.count = nil, nil
   local examples, light_left = dataset:curves(first, count)
   local results = posterior.new(checked):weigh(examples)
   local labels, scores, promises, sizes, totals, flattened = {}, {}, {}, {}, 0, 0
   for k, result in ipairs(results) do
      labels[k] = light_left[k] < bank_module.TOTAL_LIGHT and 1 or 0
      scores[k], promises[k], sizes[k] = result.p_total, result.p_unflattened, result.effective_size
      totals, flattened = totals + labels[k], flattened + (result.power < 1 and 1 or 0)
   end
   local share = totals / #labels
   return setmetatable({
      systems = #labels, total_share = share, labels = labels, scores = scores, unflattened = promises,
      achieved = with_errors(achieved, labels, scores, share),
      claimed = with_errors(claimed, labels, promises, share),
      effective_size = quantiles(sizes), flattened = flattened / #labels,
   }, Limit)
end

local function show(measure)
   return measure and ("%.3f +- %.3f"):format(measure.value, measure.error) or ""
end

function Limit:__tostring()
   local lines = { ("%d systems, %.1f %% total; effective curves %.0f (10 %%), %.0f (50 %%), %.0f (90 %%); %.0f %% "
      .. "flattened"):format(self.systems, 100 * self.total_share, self.effective_size[1], self.effective_size[2],
      self.effective_size[3], 100 * self.flattened), ("%-18s  %-15s  %s"):format("", "achieved", "claimed") }
   for _, name in ipairs { "accuracy", "balanced_accuracy", "f1", "best_f1", "roc_auc", "calibration_error" } do
      lines[#lines + 1] = ("%-18s  %-15s  %s"):format(name:gsub("_", " "), show(self.achieved[name]),
         show(self.claimed[name])):gsub("%s+$", "")
   end
   return table.concat(lines, "\n")
end

return bayes_limit

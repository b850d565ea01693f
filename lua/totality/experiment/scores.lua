--- Scores of a classifier with their uncertainty.

local core = require "totality.core"
local expected_counts = require "totality.expected_counts"
local measures = require "totality.measures"
local metrics = require "totality.metrics"

local scores = {}

--- 1 for probabilities of at least the threshold, else 0.
---@param probabilities number[]
---@param threshold number
---@return integer[]
function scores.classes(probabilities, threshold)
   local list = {}
   for k = 1, #probabilities do list[k] = probabilities[k] >= threshold and 1 or 0 end
   return list
end

--- Scores of predicted classes.
---@param labels integer[] 1 total, 0 partial
---@param predicted integer[]
---@return table<string, number> accuracy, balanced_accuracy, f1, recall, precision
function scores.of_classes(labels, predicted)
   return {
      accuracy = metrics.accuracy_score(labels, predicted),
      balanced_accuracy = metrics.balanced_accuracy_score(labels, predicted),
      f1 = metrics.f1_score(labels, predicted), recall = metrics.recall_score(labels, predicted),
      precision = metrics.precision_score(labels, predicted),
   }
end

--- Scores of probabilities: F1 and accuracy at 0.5, balanced accuracy where it is best for a calibrated classifier,
--- at the share of total eclipses that it was trained with; the area under the ROC curve and the mean logarithmic
--- loss, which need no threshold.
---@param labels integer[]
---@param probabilities number[]
---@param share number
---@return table<string, number> accuracy, balanced_accuracy, f1, roc_auc, log_loss
function scores.of_probabilities(labels, probabilities, share)
   local at_half = scores.classes(probabilities, 0.5)
   return {
      accuracy = metrics.accuracy_score(labels, at_half), f1 = metrics.f1_score(labels, at_half),
      balanced_accuracy = metrics.balanced_accuracy_score(labels, scores.classes(probabilities, share)),
      roc_auc = metrics.roc_auc_score(labels, probabilities), log_loss = metrics.log_loss(labels, probabilities),
   }
end

--- The recall at a precision that probabilities promise: the largest one expected if they are right, of the stars
--- above a threshold whose mean probability is that precision.
---@param probabilities number[]
---@param precision number
---@return number recall 0 when no star is so sure
function scores.promised_recall(probabilities, precision)
   local sorted, all, found, best = table.move(probabilities, 1, #probabilities, 1, {}), 0, 0, 0
   for _, p in ipairs(probabilities) do all = all + p end
   table.sort(sorted, function(a, b) return a > b end)
   for k, p in ipairs(sorted) do
      found = found + p
      if found >= precision * k then best = found / all end
   end
   return best
end

--- Mean and standard error of repetitions; the error is NaN of a single one.
---@param values number[]
---@return number mean
---@return number error
function scores.mean(values)
   local sum, squares = 0, 0
   for _, value in ipairs(values) do sum = sum + value end
   local mean = sum / #values
   for _, value in ipairs(values) do squares = squares + (value - mean) ^ 2 end
   return mean, #values > 1 and math.sqrt(squares / (#values - 1) / #values) or 0 / 0
end

--- Mean and standard error over repetitions.
---@param count integer number of repetitions, whose seeds are 1 ... count
---@param value_of fun(seed: integer): number
---@return number mean
---@return number error
function scores.over_seeds(count, value_of)
   local values = {}
   for seed = 1, count do values[seed] = value_of(seed) end
   return scores.mean(values)
end

-- 97.5 % quantiles of Student's t distribution with 1, 2, ... degrees of freedom.
local STUDENT = { 12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228 }

-- That of more degrees of freedom by its expansion about the normal distribution's (Abramowitz & Stegun 26.7.5).
local function student_quantile(freedom)
   local z = 1.959964
   return STUDENT[freedom] or z + (z ^ 3 + z) / (4 * freedom) + (5 * z ^ 5 + 16 * z ^ 3 + 3 * z) / (96 * freedom ^ 2)
end

--- Whether the mean of repetitions differs from zero, by Student's t test at the level of 5 %.
---@param mean number
---@param error number its standard error, both as `scores.mean` gives them
---@param count integer number of repetitions
---@return boolean|nil nil of a single one, which can't tell
function scores.differs(mean, error, count)
   if count < 2 then return nil end
   return math.abs(mean) > student_quantile(count - 1) * error
end

--- A difference with its standard error, as text.
---@param difference number
---@param error number
---@return string as "+0.012 +- 0.003"
function scores.show(difference, error) return ("%+.3f +- %.3f"):format(difference, error) end

local BOOTSTRAPS = 1000

--- 95 % intervals of the scores of predicted classes: percentiles of resamples of the stars, each class by itself
--- (Efron & Tibshirani 1993, An Introduction to the Bootstrap, chapter 13).
---@param labels integer[]
---@param predicted integer[]
---@return table<string, { value: number, low: number, high: number }>
function scores.intervals(labels, predicted)
   local groups, drawn, rng = { [0] = {}, {} }, {}, core.rng(1, 0)
   for k = 1, #labels do table.insert(groups[labels[k]], predicted[k]) end
   for _ = 1, BOOTSTRAPS do
      local some_labels, some_predicted = {}, {}
      for label = 0, 1 do
         local group = groups[label]
         for _ = 1, #group do
            some_labels[#some_labels + 1] = label
            some_predicted[#some_predicted + 1] = group[rng:integer(1, #group)]
         end
      end
      for name, value in pairs(scores.of_classes(some_labels, some_predicted)) do
         drawn[name] = drawn[name] or {}
         table.insert(drawn[name], value)
      end
   end
   local result = {}
   for name, value in pairs(scores.of_classes(labels, predicted)) do
      table.sort(drawn[name])
      result[name] = { value = value, low = drawn[name][math.ceil(0.025 * BOOTSTRAPS)],
         high = drawn[name][math.ceil(0.975 * BOOTSTRAPS)] }
   end
   return result
end

--- By how much a score of one judge is above that of another on the same stars, with the standard error from
--- resamples of the stars. With probabilities of the labels, as a posterior gives them, in place of the labels, it is
--- the difference to be expected if they are right: the labels' chance has no part in it, and its error is smaller;
--- but what is wrong in them counts for the judge that they are of.
---@param score "balanced_accuracy"|"f1"
---@param truth number[] labels, or probabilities of label 1
---@param predicted integer[] of one judge
---@param others integer[] of the other
---@return number difference
---@return number error
function scores.difference(score, truth, predicted, others)
   local rng, sum, squares, score_of = core.rng(1, 0), 0, 0, measures[score .. "_score"]
   local function difference(of, one, other)
      return score_of(expected_counts(of, one)) - score_of(expected_counts(of, other))
   end
   for _ = 1, BOOTSTRAPS do
      local some, one, other = {}, {}, {}
      for k = 1, #truth do
         local chosen = rng:integer(1, #truth)
         some[k], one[k], other[k] = truth[chosen], predicted[chosen], others[chosen]
      end
      local value = difference(some, one, other)
      sum, squares = sum + value, squares + value ^ 2
   end
   local mean = sum / BOOTSTRAPS
   return difference(truth, predicted, others), math.sqrt(math.max(0, squares / BOOTSTRAPS - mean ^ 2))
end

return scores

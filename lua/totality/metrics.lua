--- Measures of a classifier, with scikit-learn's names and argument order: y_true, y_pred.
--
-- Labels are 0 (partial) and 1 (total). Arguments are lists, Series or Tensors of equal length.
-- Where scikit-learn warns and returns 0 (a precision without positive predictions), so does this,
-- silently.

local core = require "totality.core"
local measures = require "totality.measures"
local options = require "totality.options"

local metrics = {}

-- `level` is that of the public function's caller, counted from these helpers.
local function check_pair(what, y_true, y_other, other_name, level)
   local checked = {}
   for k, pair in ipairs { { y_true, "y_true" }, { y_other, other_name } } do
      local kind = type(pair[1])
      if kind ~= "table" and kind ~= "userdata" then
         options.fail(what, level, "%s must be a list, Series or Tensor, got %s", pair[2], kind)
      end
      checked[k] = kind == "userdata" and pair[1]:to_table() or pair[1]
   end
   local a, b = checked[1], checked[2]
   if #a ~= #b then
      options.fail(what, level, "y_true has %d values, %s %d", #a, other_name, #b)
   end
   if #a == 0 then options.fail(what, level, "y_true is empty") end
   return a, b
end

local function check_label(what, name, k, value, level)
   if value ~= 0 and value ~= 1 then
      options.fail(what, level, "%s[%d] is %s, a label 0 or 1 was expected", name, k, tostring(value))
   end
end

local function check_score(what, k, value)
   if type(value) ~= "number" or value ~= value then
      options.fail(what, 4, "y_score[%d] is %s, a number was expected", k, tostring(value))
   end
end

local function check_probability(what, k, value)
   if type(value) ~= "number" or not (value >= 0 and value <= 1) then
      options.fail(what, 3, "y_prob[%d] is %s, a probability was expected", k, tostring(value))
   end
end

-- Counts { [true label] = { [predicted label] = n } }.
local function count(what, y_true, y_pred)
   y_true, y_pred = check_pair(what, y_true, y_pred, "y_pred", 4)
   local counts = { [0] = { [0] = 0, 0 }, { [0] = 0, 0 } }
   for k = 1, #y_true do
      local t, p = y_true[k], y_pred[k]
      check_label(what, "y_true", k, t, 4)
      check_label(what, "y_pred", k, p, 4)
      t, p = t // 1 | 0, p // 1 | 0
      counts[t][p] = counts[t][p] + 1
   end
   return counts
end

--- Share of correct predictions.
function metrics.accuracy_score(y_true, y_pred)
   return measures.accuracy_score(count("accuracy_score", y_true, y_pred))
end

--- Mean of the recalls of the classes that occur in y_true: 0.5 for guessing, at any class ratio.
function metrics.balanced_accuracy_score(y_true, y_pred)
   return measures.balanced_accuracy_score(count("balanced_accuracy_score", y_true, y_pred))
end

--- Share of true positives among the predicted ones; 0 when nothing was predicted positive.
function metrics.precision_score(y_true, y_pred)
   return measures.precision_score(count("precision_score", y_true, y_pred))
end

--- Share of the positives that were found; 0 when there is none.
function metrics.recall_score(y_true, y_pred)
   return measures.recall_score(count("recall_score", y_true, y_pred))
end

--- Harmonic mean of precision and recall; 0 when both are.
function metrics.f1_score(y_true, y_pred)
   return measures.f1_score(count("f1_score", y_true, y_pred))
end

local Matrix = { __name = "totality.ConfusionMatrix" }

function Matrix:__tostring()
   local width = 9
   for _, row in ipairs(self) do
      for _, n in ipairs(row) do width = math.max(width, #tostring(n)) end
   end
   local line = ("%%-9s  %%%ds  %%%ds"):format(width, width)
   return table.concat({
      line:format("", "predicted", "predicted"),
      line:format("", "0", "1"),
      line:format("true 0", self[1][1], self[1][2]),
      line:format("true 1", self[2][1], self[2][2]),
   }, "\n")
end

--- Counts m[i][j] of true label i - 1 and predicted label j - 1; always 2 x 2. Prints as a table.
function metrics.confusion_matrix(y_true, y_pred)
   local n = count("confusion_matrix", y_true, y_pred)
   return setmetatable({ { n[0][0], n[0][1] }, { n[1][0], n[1][1] } }, Matrix)
end

-- The samples in order of falling score, and how many of each class there are.
local function ranked(what, y_true, y_score)
   y_true, y_score = check_pair(what, y_true, y_score, "y_score", 4)
   local samples, positives = {}, 0
   for k = 1, #y_true do
      check_label(what, "y_true", k, y_true[k], 4)
      check_score(what, k, y_score[k])
      samples[k] = { label = y_true[k] // 1 | 0, score = y_score[k] }
      positives = positives + samples[k].label
   end
   table.sort(samples, function(a, b) return a.score > b.score end)
   return samples, positives, #samples - positives
end

-- The corners of the curve: false and true positives when all scores >= threshold count as positive.
local function corners(samples)
   local points = { { fp = 0, tp = 0, threshold = math.huge } }
   local fp, tp = 0, 0
   for k, sample in ipairs(samples) do
      fp, tp = fp + 1 - sample.label, tp + sample.label
      local following = samples[k + 1]
      if not following or following.score ~= sample.score then
         points[#points + 1] = { fp = fp, tp = tp, threshold = sample.score }
      end
   end
   return points
end

--- Area under the ROC curve: the chance that a positive scores higher than a negative, ties counting
-- half. NaN when y_true has one class only.
function metrics.roc_auc_score(y_true, y_score)
   local samples, positives, negatives = ranked("roc_auc_score", y_true, y_score)
   if positives == 0 or negatives == 0 then return 0 / 0 end
   local points, area = corners(samples), 0.0
   for k = 2, #points do
      local a, b = points[k - 1], points[k]
      area = area + (b.fp - a.fp) * (a.tp + b.tp) / 2
   end
   return area / (positives * negatives)
end

--- The largest recall at a threshold at which the precision is at least the given one (Keras: RecallAtPrecision); 0
--- when there is no such threshold, NaN when y_true has no positives.
---@param y_true integer[]
---@param y_score number[]
---@param precision number
---@return number recall
function metrics.recall_at_precision(y_true, y_score, precision)
   options.check_value("recall_at_precision", "precision", precision, { type = "number", minimum = 0, maximum = 1 })
   local samples, positives = ranked("recall_at_precision", y_true, y_score)
   if positives == 0 then return 0 / 0 end
   local best = 0
   for _, point in ipairs(corners(samples)) do
      if point.tp > 0 and point.tp >= precision * (point.tp + point.fp) then best = point.tp end
   end
   return best / positives
end

--- The ROC curve. Points on a straight line between their neighbours are left out, unless
-- drop_intermediate = false. The first threshold is infinite: nothing is positive.
---@return number[] fpr, number[] tpr, number[] thresholds
function metrics.roc_curve(y_true, y_score, given)
   local checked = options.check("roc_curve", given, {
      drop_intermediate = { type = "boolean", default = true },
   })
   local samples, positives, negatives = ranked("roc_curve", y_true, y_score)
   local points, fpr, tpr, thresholds = corners(samples), {}, {}, {}
   for k, point in ipairs(points) do
      local a, b = points[k - 1], points[k + 1]
      local straight = a and b and b.fp - point.fp == point.fp - a.fp and b.tp - point.tp == point.tp - a.tp
      if not (straight and checked.drop_intermediate) then
         local n = #fpr + 1
         fpr[n] = negatives == 0 and 0 / 0 or point.fp / negatives
         tpr[n] = positives == 0 and 0 / 0 or point.tp / positives
         thresholds[n] = point.threshold
      end
   end
   return fpr, tpr, thresholds
end

--- Mean of -log of the probability given to the true class; probabilities are kept off 0 and 1 by
-- 2.2e-16.
function metrics.log_loss(y_true, y_prob)
   y_true, y_prob = check_pair("log_loss", y_true, y_prob, "y_prob", 3)
   local epsilon, sum = 2.220446049250313e-16, 0.0
   for k = 1, #y_true do
      local p = y_prob[k]
      check_label("log_loss", "y_true", k, y_true[k], 3)
      check_probability("log_loss", k, p)
      p = math.min(math.max(p, epsilon), 1 - epsilon)
      sum = sum - math.log(y_true[k] == 1 and p or 1 - p)
   end
   return sum / #y_true
end

--- The mean distance of predicted probability and observed frequency, over bins of equal width of the probability
--- (the expected calibration error of Naeini, Cooper & Hauskrecht 2015, AAAI 29, 2901).
---@param y_true any labels
---@param y_prob any probabilities of label 1
---@param given? { bins?: integer } default 10
---@return number
function metrics.calibration_error(y_true, y_prob, given)
   local what = "calibration_error"
   local checked = options.check(what, given, { bins = { type = "integer", default = 10, minimum = 1 } })
   y_true, y_prob = check_pair(what, y_true, y_prob, "y_prob", 3)
   local differences, sum = {}, 0.0
   for k = 1, #y_true do
      check_label(what, "y_true", k, y_true[k], 3)
      check_probability(what, k, y_prob[k])
      local bin = math.min(checked.bins, 1 + math.floor(y_prob[k] * checked.bins))
      differences[bin] = (differences[bin] or 0) + y_prob[k] - y_true[k]
   end
   for bin = 1, checked.bins do sum = sum + math.abs(differences[bin] or 0) end
   return sum / #y_true
end

-- Of the normal distribution, one side: 95 % within +- this.
local DEVIATE = 1.959963984540054

--- The 95 % interval of a share of which `successes` of `trials` are known (Wilson 1927, JASA 22, 209).
---@param successes integer
---@param trials integer at least 1
---@return number low
---@return number high
function metrics.wilson_interval(successes, trials)
   local what = "wilson_interval"
   trials = options.check_value(what, "trials", trials, { type = "integer", minimum = 1 })
   successes = options.check_value(what, "successes", successes, { type = "integer", minimum = 0, maximum = trials })
   local share, z2 = successes / trials, DEVIATE ^ 2
   local centre = (share + z2 / (2 * trials)) / (1 + z2 / trials)
   local half = DEVIATE / (1 + z2 / trials) * math.sqrt(share * (1 - share) / trials + z2 / (4 * trials ^ 2))
   return math.max(0, centre - half), math.min(1, centre + half)
end

--- The 95 % interval of any of the measures above, from the quantiles of resamples (Efron 1979, Ann. Statist. 7, 1);
--- each resample has as many of either class as there are. Same seed, same interval.
---@param measure function as metrics.f1_score
---@param y_true any
---@param y_other any what the measure compares with y_true
---@param given? { resamples?: integer, seed?: integer } default 1000, 0
---@return number low
---@return number high
function metrics.bootstrap_interval(measure, y_true, y_other, given)
   local what = "bootstrap_interval"
   options.check_value(what, "measure", measure, { type = "function" })
   local checked = options.check(what, given, { resamples = { type = "integer", default = 1000, minimum = 40 },
      seed = { type = "integer", default = 0 } })
   y_true, y_other = check_pair(what, y_true, y_other, "y_other", 3)
   local classes, rng, values = { [0] = {}, {} }, core.rng(checked.seed, 0), {}
   for k = 1, #y_true do
      check_label(what, "y_true", k, y_true[k], 3)
      table.insert(classes[y_true[k] // 1 | 0], y_other[k])
   end
   local labels, others = {}, {}
   for resample = 1, checked.resamples do
      local n = 0
      for label = 0, 1 do
         local members = classes[label]
         for _ = 1, #members do
            n = n + 1
            labels[n], others[n] = label, members[rng:integer(1, #members)]
         end
      end
      values[resample] = measure(labels, others)
   end
   table.sort(values)
   return values[math.floor(0.025 * checked.resamples) + 1], values[math.ceil(0.975 * checked.resamples)]
end

return metrics

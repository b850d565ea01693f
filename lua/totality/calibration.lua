--- Probabilities that mean what they say: calibration of a classifier on labelled examples, and correction for
--- another share of total eclipses than that of the population it was trained on.

local options = require "totality.options"

local calibration = {}

---@class totality.Calibration
---@field slope number
---@field intercept number
local Calibration = {}
Calibration.__index = Calibration
Calibration.__name = "totality.Calibration"

-- A network's output in single precision can be 0 or 1; log-odds stay finite.
local EPSILON = 1e-7

local function log_odds(p)
   p = math.min(math.max(p, EPSILON), 1 - EPSILON)
   return math.log(p / (1 - p))
end

local function logistic(x) return 1 / (1 + math.exp(-x)) end

local function check_probability(what, name, value, level)
   return options.check_value(what, name, value, { type = "number", minimum = 0, maximum = 1 }, (level or 2) + 1)
end

--- A calibration with known coefficients: the log-odds become slope * log-odds + intercept.
---@param slope number above 0
---@param intercept number
---@return totality.Calibration
function calibration.new(slope, intercept)
   slope = options.check_value("calibration.new", "slope", slope, { type = "number", above = 0 })
   intercept = options.check_value("calibration.new", "intercept", intercept, { type = "number" })
   return setmetatable({ slope = slope, intercept = intercept }, Calibration)
end

-- Lists of numbers from lists, Series or Tensors of equal length.
local function check_examples(what, y_true, y_prob)
   local lists = {}
   for k, given in ipairs { y_true, y_prob } do
      if type(given) ~= "table" and type(given) ~= "userdata" then
         options.fail(what, 3, "%s must be a list, Series or Tensor, got %s", k == 1 and "y_true" or "y_prob",
            type(given))
      end
      lists[k] = type(given) == "userdata" and given:to_table() or given
   end
   if #lists[1] ~= #lists[2] then
      options.fail(what, 3, "y_true has %d values, y_prob %d", #lists[1], #lists[2])
   end
   local positives = 0
   for k, label in ipairs(lists[1]) do
      if label ~= 0 and label ~= 1 then
         options.fail(what, 3, "y_true[%d] is %s, a label 0 or 1 was expected", k, tostring(label))
      end
      check_probability(what, ("y_prob[%d]"):format(k), lists[2][k], 3)
      positives = positives + label
   end
   return lists[1], lists[2], positives
end

local MAXIMUM_STEPS = 100

--- Fits a calibration to labelled examples that the network has not seen in training: slope and intercept of the
--- log-odds of greatest likelihood, with Platt's targets, which keep it finite (Platt 1999, Advances in Large Margin
--- Classifiers, 61; the Newton steps with halving of Lin, Lin & Weng 2007, Machine Learning 68, 267).
---@param y_true any labels 0 and 1: a list, Series or Tensor
---@param y_prob any probabilities of label 1
---@return totality.Calibration|nil
---@return string? message when there is one label only, or when the probabilities don't rise with it
function calibration.fit(y_true, y_prob)
   local labels, probabilities, positives = check_examples("calibration.fit", y_true, y_prob)
   if positives == 0 or positives == #labels then
      return nil, ("both labels are needed, there are %d examples of label 1 and %d of 0"):format(positives // 1,
         (#labels - positives) // 1)
   end
   local count, x, target = #labels, {}, {}
   local high, low = (positives + 1) / (positives + 2), 1 / (count - positives + 2)
   for k = 1, count do
      x[k], target[k] = log_odds(probabilities[k]), labels[k] == 1 and high or low
   end
   local function loss(a, b)
      local sum = 0.0
      for k = 1, count do
         local z = a * x[k] + b
         -- log(1 + exp(z)) - target z, without overflow
         sum = sum + math.max(z, 0) + math.log(1 + math.exp(-math.abs(z))) - target[k] * z
      end
      return sum
   end
   local a, b = 1.0, 0.0
   local value = loss(a, b)
   for _ = 1, MAXIMUM_STEPS do
      local ga, gb, haa, hab, hbb = 0.0, 0.0, 1e-12, 0.0, 1e-12
      for k = 1, count do
         local p = logistic(a * x[k] + b)
         local w = p * (1 - p)
         ga, gb = ga + (p - target[k]) * x[k], gb + p - target[k]
         haa, hab, hbb = haa + w * x[k] * x[k], hab + w * x[k], hbb + w
      end
      if math.abs(ga) < 1e-8 * count and math.abs(gb) < 1e-8 * count then break end
      local determinant = haa * hbb - hab * hab
      local da, db = -(hbb * ga - hab * gb) / determinant, -(haa * gb - hab * ga) / determinant
      local step = 1.0
      local following = loss(a + da, b + db)
      while following > value and step > 1e-10 do
         step = step / 2
         following = loss(a + step * da, b + step * db)
      end
      a, b, value = a + step * da, b + step * db, following
   end
   if a <= 0 then return nil, ("the probabilities don't rise with the labels (slope %g)"):format(a) end
   return setmetatable({ slope = a, intercept = b }, Calibration)
end

-- The names in the metadata of a calibration for the curves of a survey, or for any.
local function names_of(survey)
   local suffix = survey and "_" .. survey or ""
   return "calibration_slope" .. suffix, "calibration_intercept" .. suffix
end

--- The calibration that a weights file's metadata hold (calibration_slope, calibration_intercept; for the curves of a
--- survey with its name, as calibration_slope_asas3); nil without them.
---@param metadata table see model.metadata
---@param survey? string
---@return totality.Calibration|nil
---@return string? message when they are there and can't be used
function calibration.from_metadata(metadata, survey)
   local slope_name, intercept_name = names_of(survey)
   if not (metadata[slope_name] or metadata[intercept_name]) then return nil end
   local slope, intercept = tonumber(metadata[slope_name]), tonumber(metadata[intercept_name])
   if not (slope and intercept and slope > 0 and slope < math.huge and math.abs(intercept) < math.huge) then
      return nil, ("the metadata's %s and %s must be numbers, the slope above 0"):format(slope_name, intercept_name)
   end
   return setmetatable({ slope = slope, intercept = intercept }, Calibration)
end

--- The surveys for which a weights file's metadata hold a calibration, in order.
---@param metadata table see model.metadata
---@return string[]
function calibration.surveys(metadata)
   local list = {}
   for name in pairs(metadata) do list[#list + 1] = name:match "^calibration_slope_(.+)$" end
   table.sort(list)
   return list
end

--- What to save with the weights: `model:save(path, calibration:metadata())`.
---@param survey? string for the curves of this one only
---@return table<string, string>
function Calibration:metadata(survey)
   local slope_name, intercept_name = names_of(survey)
   return { [slope_name] = ("%.6g"):format(self.slope), [intercept_name] = ("%.6g"):format(self.intercept) }
end

--- The calibrated probability.
---@param probability number from the network
---@return number
function Calibration:apply(probability)
   check_probability("calibration:apply", "probability", probability)
   return logistic(self.slope * log_odds(probability) + self.intercept)
end

function Calibration:__tostring()
   return ("totality.Calibration(log-odds %.3f x + %.3f)"):format(self.slope, self.intercept)
end

--- What several judges of the same curve say together: the probability whose log-odds are the mean of theirs.
---@param probabilities number[] at least one
---@return number
function calibration.combine(probabilities)
   local what, sum = "calibration.combine", 0.0
   options.check_value(what, "probabilities", probabilities, { type = "table" })
   if #probabilities == 0 then options.fail(what, 2, "probabilities is empty") end
   for k, p in ipairs(probabilities) do
      sum = sum + log_odds(check_probability(what, ("probabilities[%d]"):format(k), p))
   end
   return #probabilities == 1 and probabilities[1] or logistic(sum / #probabilities) -- one: without rounding
end

-- Priors themselves can't be 0 or 1: nothing would be left to decide.
local PRIOR = { type = "number", above = 0, below = 1 }

-- Bayes' theorem with the likelihood ratio that the probability holds at the old prior.
local function shifted(p, from, to)
   local total, partial = p * to / from, (1 - p) * (1 - to) / (1 - from)
   return total / (total + partial)
end

--- The probability where the share of total eclipses is another one, all else equal (Saerens, Latinne & Decaestecker
--- 2002, Neural Computation 14, 21, eq. 2.4).
---@param probability number at the share `from`
---@param from number share of total eclipses for which the probability holds, in (0, 1)
---@param to number the other share, in (0, 1)
---@return number
function calibration.shift_prior(probability, from, to)
   local what = "calibration.shift_prior"
   return shifted(check_probability(what, "probability", probability),
      options.check_value(what, "from", from, PRIOR), options.check_value(what, "to", to, PRIOR))
end

--- The share of total eclipses in a catalogue, from the probabilities of all its stars: the expectation-maximisation
--- of Saerens, Latinne & Decaestecker (2002, eq. 2.9), which gives the share of greatest likelihood. It assumes
--- calibrated probabilities and stars that differ from the population of `from` in that share only; with n stars its
--- error is at least sqrt(share (1 - share) / n).
---@param probabilities number[]
---@param from number share of total eclipses for which they hold, in (0, 1)
---@return number share in (0, 1)
function calibration.estimate_prior(probabilities, from)
   local what = "calibration.estimate_prior"
   options.check_value(what, "probabilities", probabilities, { type = "table" })
   options.check_value(what, "from", from, PRIOR)
   if #probabilities == 0 then options.fail(what, 2, "probabilities is empty") end
   for k = 1, #probabilities do check_probability(what, ("probabilities[%d]"):format(k), probabilities[k]) end
   local share = from
   for _ = 1, 10000 do
      local sum = 0.0
      for k = 1, #probabilities do sum = sum + shifted(probabilities[k], from, share) end
      -- half a star of either class keeps the share off 0 and 1
      local following = (sum + 0.5) / (#probabilities + 1)
      local change = math.abs(following - share)
      share = following
      if change < 1e-9 then break end
   end
   return share
end

--- The threshold for the best F1 of a catalogue, from the probabilities of all its stars, without a label: half the
--- largest F1 that is expected if they are right (Lipton, Elkan & Narayanaswamy 2014, arXiv:1402.1892).
--- Stars with at least that probability are called total. It assumes calibrated probabilities for the catalogue's own
--- share of total eclipses.
---@param probabilities number[]
---@return number threshold above 0, at most 0.5; 0.5 when no star can be total
---@return number f1 that is expected there
function calibration.f1_threshold(probabilities)
   local what = "calibration.f1_threshold"
   options.check_value(what, "probabilities", probabilities, { type = "table" })
   if #probabilities == 0 then options.fail(what, 2, "probabilities is empty") end
   local sorted, all = {}, 0.0
   for k = 1, #probabilities do
      sorted[k] = check_probability(what, ("probabilities[%d]"):format(k), probabilities[k])
      all = all + sorted[k]
   end
   table.sort(sorted, function(a, b) return a > b end)
   local found, best = 0.0, 0.0
   for k, p in ipairs(sorted) do
      found = found + p
      best = math.max(best, 2 * found / (k + all))
   end
   return best > 0 and best / 2 or 0.5, best
end

return calibration

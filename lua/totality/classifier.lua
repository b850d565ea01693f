--- The verdict: is the eclipse of this star total?
--
-- A classifier holds trained networks and looks at curves through the same processing that made their
-- training images. Of several networks, the mean of the log-odds counts.

local calibration = require "totality.calibration"
local core = require "totality.core"
local drawing = require "totality.drawing"
local model = require "totality.model"
local options = require "totality.options"
local verdict = require "totality.verdict"

local classifier = {}

--- A network of a classifier.
---@class totality.ClassifierNetwork
---@field weights string path of the file
---@field model totality.Model
---@field calibration totality.Calibration|nil of the network's output; nil when the weights hold none
---@field prior number|nil share of total eclipses for which its probabilities hold; nil when the weights don't say

---@class totality.Classifier
---@field networks totality.ClassifierNetwork[]
---@field weights string paths of all weights, divided by commas
---@field total_from number p_total from which the verdict is "total"
---@field partial_below number p_total below which it is "partial"
---@field prior number|nil that of its networks
---@field survey string|nil whose curves the calibrations are for; nil: any survey's
local Classifier = {}
Classifier.__index = Classifier
Classifier.__name = "totality.Classifier"

-- Names of the weights that come with the project.
local SHIPPED = { "cnn10", "cnn15", "cnn15_350x175" }

--- Those that judge together by default; docs/verdicts.md says why.
---@type string[]
classifier.DEFAULT = { "cnn10", "cnn15_350x175" }

--- The p_total below which the verdict is "partial", unless another is chosen.
---@type number
classifier.PARTIAL_BELOW = 0.2

local function is_shipped(name)
   for _, shipped in ipairs(SHIPPED) do
      if name == shipped then return true end
   end
   return false
end

--- The names of the weights that come with the project.
---@return string[]
function classifier.shipped() return table.move(SHIPPED, 1, #SHIPPED, 1, {}) end

--- The file of weights that come with the project; they lie beside the definitions of the networks.
---@param name string one of `classifier.shipped`
---@return string|nil path
---@return string? message
function classifier.shipped_weights(name)
   options.check_value("classifier.shipped_weights", "name", name, { type = "string", one_of = SHIPPED })
   local found, message = package.searchpath("totality.models.cnn10", package.path)
   if not found then return nil, "the definitions of the networks are missing:" .. message end
   return (found:gsub("cnn10%.lua$", name .. ".safetensors"))
end

-- A message when the weights were trained on images that are no longer drawn.
local function other_images(metadata)
   local range = metadata.flux_range
   if not range or range == drawing.FLUX_RANGE then return nil end
   return ("trained on images of the normalised flux from %s, and images have %s now; train again"):format(range,
      drawing.FLUX_RANGE)
end

-- The calibration, if the weights have one; nil and a message when they have none for the survey.
local function calibration_for(metadata, survey)
   local found, message = calibration.from_metadata(metadata, survey)
   if found or message or not survey then return found, message end
   local known = calibration.surveys(metadata)
   local near = options.suggestion(survey, known)
   return nil, ("no calibration for the survey '%s'%s"):format(survey, near and "; did you mean '" .. near .. "'?"
      or #known > 0 and "; there are those for " .. table.concat(known, ", ") or "")
end

-- A network from weights with the given name or path; nil and a message.
local function load_network(path, survey)
   local message
   if is_shipped(path) then path, message = classifier.shipped_weights(path) end
   if not path then return nil, message end
   local loaded, reason = model.load_model(path)
   if not loaded and not path:find "[./]" then -- it was meant to be a name
      reason = ("%s; weights that come with the project are %s"):format(reason, table.concat(SHIPPED, ", "))
   end
   if not loaded then return nil, reason end
   local calibrated, problem = calibration_for(loaded.metadata, survey)
   problem = problem or other_images(loaded.metadata)
   if problem then return nil, ("%s: %s"):format(path, problem) end
   local prior = loaded.metadata.prior
   local number = tonumber(prior)
   if prior and not (number and number > 0 and number < 1) then
      return nil, ("%s: the metadata's prior must be a number between 0 and 1, got '%s'"):format(path, prior)
   end
   return { weights = path, model = loaded, calibration = calibrated, prior = number }
end

local function check_weights(what, weights)
   local list = type(weights) == "string" and { weights } or weights
   if type(list) ~= "table" or #list == 0 then
      options.fail(what, 3, "option 'weights' must be a name or a file, or a list of those, got %s",
         list == weights and type(list) == "table" and "an empty list" or type(weights))
   end
   for k = 1, #list do
      options.check_value(what, ("option 'weights'[%d]"):format(k), list[k], { type = "string" }, 4)
   end
   return list
end

--- A classifier with the shipped weights, or with others.
--
-- Options: `weights`: the name of weights that come with the project ("cnn10", "cnn15" or "cnn15_350x175";
-- docs/verdicts.md compares them), or a safetensors file written by `model:save`, whose metadata may name the `style`
-- of the images, the `flux_range` between their edges ("-0.15 to 1.15"), the `prior` (share of total eclipses) for
-- which its probabilities hold, and calibrations; or a list of those, of which the mean of the log-odds counts
-- (default { "cnn10", "cnn15_350x175" }); `survey`, the one that took the curves (a name in totality.surveys, as
-- "asas3"), whose own calibration is used then (default: one for all surveys together); `total_from` and
-- `partial_below`: probabilities that divide total, uncertain and partial (default 0.5 and 0.2; docs/verdicts.md has
-- the error rates behind them). Returns nil and a message when a file can't be used, or has no calibration for the
-- survey, or when networks are for different priors.
---@param given? table
---@return totality.Classifier|nil classifier
---@return string? message
function classifier.new(given)
   local what = "totality.classifier"
   local checked = options.check(what, given, {
      weights = { type = "any", default = classifier.DEFAULT },
      survey = { type = "string" },
      total_from = { type = "number", default = 0.5, minimum = 0, maximum = 1 },
      partial_below = { type = "number", default = classifier.PARTIAL_BELOW, minimum = 0, maximum = 1 },
   })
   if checked.partial_below > checked.total_from then
      options.fail(what, 2, "option 'partial_below' (%g) must not exceed 'total_from' (%g)",
         checked.partial_below, checked.total_from)
   end
   local networks, paths = {}, {}
   for k, name in ipairs(check_weights(what, checked.weights)) do
      local network, message = load_network(name, checked.survey)
      if not network then return nil, message end
      if k > 1 and network.prior ~= networks[1].prior then
         return nil, ("%s is for a share of total eclipses of %s, %s for %s: they can't judge together"):format(
            paths[1], networks[1].prior or "?", network.weights, network.prior or "?")
      end
      networks[k], paths[k] = network, network.weights
   end
   return setmetatable({ networks = networks, weights = table.concat(paths, ", "), survey = checked.survey,
      total_from = checked.total_from, partial_below = checked.partial_below, prior = networks[1].prior }, Classifier)
end

-- Trained up to this noise in units of the maximum flux.
local LARGEST_NOISE = 0.1

local function doubts(summary)
   local notes, outside = verdict.doubts(summary)
   if summary.noise == summary.noise and summary.noise > LARGEST_NOISE then
      notes[#notes + 1], outside = "more noise than the network was trained for", true
   end
   return notes, outside
end

-- The probability of the networks' outputs for the same curve, in a population with this share of total eclipses
-- (nil: the one that the weights are for).
local function probability_of(self, outputs, prior)
   local probabilities = {}
   for k, network in ipairs(self.networks) do
      probabilities[k] = network.calibration and network.calibration:apply(outputs[k]) or outputs[k]
   end
   local p = calibration.combine(probabilities)
   return prior and calibration.shift_prior(p, self.prior, prior) or p
end

-- What is read, drawn and judged together: many small curves, few long ones.
local BATCH_CURVES, BATCH_POINTS = 64, 400000

-- An item of a source as { curve, period, epoch, ... } or { message }.
local function item_of(what, item, checked)
   if type(item) == "string" then return { message = item } end
   local class = getmetatable(item)
   local curve = class and class.__name == "totality.LightCurve" and item or type(item) == "table" and item.curve
   options.check_value(what, "a curve", curve, { class = "totality.LightCurve" }, 4)
   local period = curve ~= item and item.period or curve.period
   return {
      curve = curve, baseline = drawing.DEFAULTS.baseline,
      drift = checked.refine_period and drawing.DEFAULTS.drift or 0,
      epoch = curve ~= item and item.epoch or curve.epoch,
      period = curve.time and period or nil, -- a curve that is given in phase needs none
   }
end

local function source_of(what, curves)
   if type(curves) == "function" then return curves end
   options.check_value(what, "curves", curves, { type = "table" }, 3)
   local k = 0
   return function()
      k = k + 1
      return curves[k]
   end
end

-- The next curves of the source, being drawn in the background; nil at its end.
local function begin_batch(self, what, next_curve, checked)
   local items, curves, points = {}, {}, 0
   while #items < checked.batch_size and points < BATCH_POINTS do
      local given = next_curve()
      if given == nil then break end
      local item = item_of(what, given, checked)
      items[#items + 1] = item
      if item.curve then
         curves[#curves + 1] = item
         points = points + #item.curve
      end
   end
   if #items == 0 then return nil end
   local images = {}
   for k, network in ipairs(self.networks) do
      images[k] = { width = network.model.width, height = network.model.height,
         style = network.model.metadata.style or drawing.DEFAULTS.style }
   end
   local job = drawing.start(curves, { images = images, sigma_lower = drawing.DEFAULTS.sigma_lower,
      sigma_upper = drawing.DEFAULTS.sigma_upper, statistic = drawing.DEFAULTS.statistic }, checked.threads, true)
   return { items = items, job = job }
end

-- A list with a verdict or a message for each item.
local function finish_batch(self, batch, checked)
   local images, results = batch.job:wait()
   local predicted = {}
   for k, network in ipairs(self.networks) do
      predicted[k] = images[k]:shape() > 0 and network.model:predict(images[k], { threads = checked.threads,
         batch_size = checked.batch_size })
   end
   local answers, curve = {}, 0
   for n, item in ipairs(batch.items) do
      local result = item
      if item.curve then
         curve = curve + 1
         result = results[curve]
      end
      if result.message then
         answers[n] = result.message
      else
         local notes, outside = doubts(result.summary)
         local outputs = {}
         for k = 1, #predicted do outputs[k] = predicted[k][result.row] end
         answers[n] = verdict.new({ p_total = probability_of(self, outputs, checked.prior), notes = notes,
            outside = outside, period = result.summary.period, image = result.image, summary = result.summary }, self)
      end
   end
   return answers
end

local RULES = {
   prior = { type = "number", above = 0, below = 1 },
   refine_period = { type = "boolean", default = true },
   threads = { type = "integer", default = core.processor_count(), minimum = 1, maximum = 256 },
   batch_size = { type = "integer", default = BATCH_CURVES, minimum = 1 },
}

local function check(self, what, given, rules)
   local checked = options.check(what, given, rules, 3)
   if checked.prior and not self.prior then
      options.fail(what, 3, "option 'prior': the weights %s don't say for which prior they were trained",
         self.weights)
   end
   return checked
end

--- Judges many light curves, one after the other, with all processors: while the next ones are fetched from the
-- source, those before are drawn and judged. Memory holds two batches at a time, however many curves there are.
--
-- for k, verdict, message in classifier:classify_all(curves) do ... end
---@param curves table|function a list, or a function that gives the next one and nil at the end, of light curves
--- (with a period, if they are in time), of tables { curve, period, epoch }, or of strings: messages that stand for
--- curves that could not be read and are handed on
---@param given? table `prior`, `refine_period` (as in classify), `threads` (default all processors), `batch_size`
--- (64)
---@return function next gives for each in turn its number, the verdict or nil, and the message when there is none
function Classifier:classify_all(curves, given)
   local what = "classifier:classify_all"
   local checked = check(self, what, given, RULES)
   local next_curve = source_of(what, curves)
   local answers, place, number = {}, 0, 0
   local batch = begin_batch(self, what, next_curve, checked)
   return function()
      if place == #answers then
         if not batch then return nil end
         local following = begin_batch(self, what, next_curve, checked)
         answers, place = finish_batch(self, batch, checked), 0
         batch = following
      end
      place, number = place + 1, number + 1
      local answer = answers[place]
      if type(answer) == "string" then return number, nil, answer end
      return number, answer
   end
end

--- Judges one light curve.
---@param curve totality.LightCurve folded, or with a period
---@param given? table `period` (days) and `epoch`, for a curve that is not folded (default: its own);
--- `prior`: share of total eclipses among the stars that it is one of, in (0, 1) (default: that of the population
--- that the weights are for, classifier.prior);
--- `refine_period`: whether to look for a better period nearby (default true, see curve:refine_period)
---@return totality.Verdict|nil verdict
---@return string? message when the data make no curve
function Classifier:classify(curve, given)
   local checked = check(self, "classifier:classify", given, {
      period = { type = "number", above = 0 }, epoch = { type = "number" }, refine_period = RULES.refine_period,
      prior = RULES.prior,
   })
   options.check_value("classifier:classify", "curve", curve, { class = "totality.LightCurve" })
   local _, result, message = self:classify_all({ { curve = curve, period = checked.period, epoch = checked.epoch } },
      { refine_period = checked.refine_period, prior = checked.prior, threads = 1 })()
   return result, message
end

--- The share of total eclipses among many stars, to be used as `prior` for them (totality.calibration.estimate_prior,
--- where it says what is assumed).
---@param curves table|function as in classify_all
---@param given? table `refine_period`, `threads`, `batch_size` as in classify_all
---@return number|nil share in (0, 1); or nil and a message when no curve could be judged
---@return integer|string count of curves that could be judged
function Classifier:estimate_prior(curves, given)
   local what = "classifier:estimate_prior"
   local checked = options.check(what, given, { refine_period = RULES.refine_period, threads = RULES.threads,
      batch_size = RULES.batch_size })
   if not self.prior then
      options.fail(what, 2, "the weights %s don't say for which prior they were trained", self.weights)
   end
   local probabilities = {}
   for _, judged in self:classify_all(curves, checked) do
      if judged then probabilities[#probabilities + 1] = judged.p_total end
   end
   if #probabilities == 0 then return nil, "no curve could be judged" end
   return calibration.estimate_prior(probabilities, self.prior), #probabilities
end

function Classifier:__tostring()
   return ("totality.Classifier(%s, curves of %s, total from %g, partial below %g)"):format(self.weights,
      self.survey or "any survey", self.total_from, self.partial_below)
end

return classifier

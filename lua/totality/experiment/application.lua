--- Experiments on the curves of a survey: how well are total eclipses found among them?
--
-- The judges are the networks that come with the project; a CNN10 trained on curves that are regular in phase with
-- constant noise, and one trained on the simulated survey; the posterior; the posterior for the candidates that the
-- default networks find, as `totality posterior --candidates` has them; and the project's networks and the posterior
-- together.

local calibration = require "totality.calibration"
local checksum = require "totality.experiment.checksum"
local classifier_module = require "totality.classifier"
local kinds = require "totality.experiment.kinds"
local metrics = require "totality.metrics"
local plot = require "totality.plot"
local population = require "totality.population"
local real_stars = require "totality.experiment.real_stars"
local scores = require "totality.experiment.scores"
local totality = require "totality"

local application = {}

-- The class is total from here on; balanced accuracy is taken at the share of total eclipses.
local THRESHOLD = 0.5
-- That of the population of all judges. Among simulated curves the share is known, and probabilities are for it;
-- among real ones it isn't.
local SHARE = population.TOTAL_SHARE
local SPOTS = 0.5

local TOTAL_LIGHT = require("totality.bank").TOTAL_LIGHT

local SHOWN = { "accuracy", "recall", "precision", "f1", "balanced_accuracy" }

local POSTERIOR = { name = "posterior", posterior = true, about = "posterior over a bank of curves" }

-- In a mean of log-odds the posterior, which can be 0 or 1, is no surer than this.
local SUREST = 1e-3

local function seeds_of(judge, settings) return judge.trained and settings.seeds or 1 end

local function train_name(judge, seed) return ("train %s seed %d"):format(judge.name, seed) end

local function judge_name(judge, seed, of) return ("judge %s seed %d, %s"):format(judge.name, seed, of) end

-- The mean of the log-odds of several judges.
local function together(names)
   return function(results, of)
      local combined, several = { probabilities = {}, failures = 0 }, {}
      for j, name in ipairs(names) do
         several[j] = results[judge_name({ name = name }, 1, of)]
         combined.failures = math.max(combined.failures, several[j].failures)
      end
      combined.labels = several[1].labels
      for k in ipairs(combined.labels) do
         local probabilities = {}
         for j, name in ipairs(names) do
            local p = several[j].probabilities[k]
            probabilities[j] = name == POSTERIOR.name and math.max(SUREST, math.min(1 - SUREST, p)) or p
         end
         combined.probabilities[k] = calibration.combine(probabilities)
      end
      return combined
   end
end

local default_networks = together(classifier_module.DEFAULT)

-- The default networks for the stars that they call partial (at their own share of total eclipses), the posterior for
-- the others, of which there are `looked_at`.
local function candidates(results, of, share)
   local networks, posterior = default_networks(results, of), results[judge_name(POSTERIOR, 1, of)]
   local limit = calibration.shift_prior(classifier_module.PARTIAL_BELOW, SHARE, share)
   local chosen = { labels = networks.labels, failures = networks.failures, probabilities = {}, looked_at = 0 }
   for k, p in ipairs(networks.probabilities) do
      chosen.probabilities[k] = p < limit and p or posterior.probabilities[k]
      chosen.looked_at = chosen.looked_at + (p < limit and 0 or 1)
   end
   return chosen
end

-- Those without `trained` are the same whatever the seed; `combine` makes a judge of the results of others.
local JUDGES, SHIPPED = {}, classifier_module.shipped()
for k, name in ipairs(SHIPPED) do
   JUDGES[k] = { name = name, shipped = name, about = name .. " of the project" }
end
local CANDIDATES = { name = "candidates", combine = candidates,
   about = "the default, and the posterior for what it doesn't call partial" }
local EVERYONE = table.move(SHIPPED, 1, #SHIPPED, 1, { [#SHIPPED + 1] = POSTERIOR.name })
for _, judge in ipairs {
   { name = "default", combine = default_networks,
      about = table.concat(classifier_module.DEFAULT, " and ") .. " together, the default" },
   { name = "regular", trained = true, about = "CNN10, regular phases, constant noise" },
   { name = "survey", trained = true, about = "CNN10, the simulated survey" },
   POSTERIOR,
   CANDIDATES,
   { name = "everyone", combine = together(EVERYONE),
      about = "the posterior and all of the project's networks together" },
} do
   JUDGES[#JUDGES + 1] = judge
end

-- Draws curves until there are enough of both kinds: gives them one by one, and writes down their labels.
local function simulated_curves(run, context, labels)
   local data = kinds.synthetic({ size = 1 << 20, seed = run.seed, spots = SPOTS, surveys = { [run.survey] = 1 } },
      context.threads)
   local left, first = { [0] = run.curves - run.total, run.total }, 1
   local examples, light_left, k = {}, nil, 0
   return function()
      while left[0] + left[1] > 0 do
         if k == #examples then
            examples, light_left = data:curves(first, 32)
            first, k = first + 32, 0
         end
         k = k + 1
         local label = light_left[k] < TOTAL_LIGHT and 1 or 0
         if left[label] > 0 then
            left[label] = left[label] - 1
            labels[#labels + 1] = label
            return examples[k].curve
         end
      end
   end
end

-- A function that gives the next curve's verdict, false when it can't be judged, and nil at the end.
local function verdicts_of(run, context, curves)
   if run.bank then
      local bank, message = kinds.bank(run.bank, 0, context)
      if not bank then return nil, message end
      local given = { bank = bank, spots = SPOTS, threads = context.threads }
      for name, value in pairs(run.posterior or {}) do given[name] = value end
      local posterior = totality.posterior(given)
      return function()
         local curve = curves()
         if curve == nil then return nil end
         return type(curve) ~= "string" and posterior:classify(curve, { exposure = run.exposure }) or false
      end
   end
   local classifier, message = totality.classifier {
      weights = run.shipped or context.paths[run.model] .. ".safetensors", survey = run.calibrated_for,
   }
   if not classifier then return nil, message end
   local next_verdict = classifier:classify_all(curves, { threads = context.threads })
   return function()
      local k, verdict = next_verdict()
      if k == nil then return nil end
      return verdict or false
   end
end

local function judge(run, context)
   local labels, probabilities, notes, failures = {}, {}, {}, 0
   local curves
   if run.catalogue then
      local rows, problem = real_stars.read(run.catalogue)
      if not rows then return nil, problem end
      for k, row in ipairs(rows) do labels[k] = row.class end
      curves = real_stars.curves(rows)
   else
      curves = simulated_curves(run, context, labels)
   end
   local next_verdict, message = verdicts_of(run, context, curves)
   if not next_verdict then return nil, message end
   for verdict in next_verdict do
      failures = failures + (verdict and 0 or 1)
      local p = verdict and verdict.p_total or 0.0 -- what can't be judged is not found
      notes[#notes + 1] = verdict and verdict.note or ""
      probabilities[#probabilities + 1] = run.total and calibration.shift_prior(p, SHARE, run.total / run.curves) or p
   end
   return { labels = labels, probabilities = probabilities, failures = failures, notes = run.catalogue and notes }
end

local function train_runs(about, settings, judge_of)
   local list, observation = {}, about.observation
   for seed = 1, judge_of.trained and settings.seeds or 0 do
      local data = { size = settings.train, seed = 1, spots = SPOTS, observations_per_system = settings.per_system }
      if judge_of.name == "survey" then
         data.surveys = { [about.survey] = 1 }
      else
         data.observations = { observation }
      end
      list[seed] = { name = train_name(judge_of, seed), kind = "train", seed = seed, data = data,
         network = { name = "cnn10", seed = seed }, epochs = settings.epochs, batch_size = 32, learning_rate = 1e-3 }
   end
   return list
end

-- Simulated stars are those of the model: this is the error of interpolating between a bank's 80 phases.
local SIMULATED_MODEL_ERROR = 0.001

-- What is known of simulated curves, as options of the posterior.
local function told_of_simulated(about, settings)
   local share, mean = population.third_light(totality.surveys[about.survey])
   local told = { third_light = share, third_light_mean = mean, model_error = SIMULATED_MODEL_ERROR }
   for name, value in pairs(settings.refine and about.refined_posterior or {}) do told[name] = value end
   return told
end

-- The runs in which a judge looks at curves: each set of simulated ones, and the catalogue.
local function judge_runs(about, settings, judge_of)
   local list, told = {}, judge_of.posterior and told_of_simulated(about, settings)
   local function add(seed, of, fields)
      fields.name, fields.kind, fields.calculate = judge_name(judge_of, seed, of), "calculate", judge
      fields.model = judge_of.trained and train_name(judge_of, seed) or nil
      fields.shipped = judge_of.shipped
      local file = judge_of.shipped and assert(classifier_module.shipped_weights(judge_of.shipped))
      fields.weights = file and checksum(file) or nil
      fields.calibrated_for = judge_of.shipped and about.survey or nil
      if judge_of.posterior then
         fields.bank = { size = settings.bank, seed = 1 }
         fields.exposure = totality.surveys[about.survey].exposure
         fields.posterior = fields.survey and told or { refine = settings.refine and "verdict" or false }
      end
      list[#list + 1] = fields
   end
   for seed = 1, seeds_of(judge_of, settings) do
      for set = 1, settings.sets do
         add(seed, "set " .. set, { survey = about.survey, curves = about.curves, total = about.total,
            seed = 1000 + set })
      end
      if settings.catalogue then
         add(seed, "catalogue", { catalogue = settings.catalogue, checksum = checksum(settings.catalogue) })
      end
   end
   return list
end

local function runs(about, settings)
   local list = {}
   for _, judge_of in ipairs(JUDGES) do
      for _, make in ipairs(judge_of.combine and {} or { train_runs, judge_runs }) do
         for _, run in ipairs(make(about, settings, judge_of)) do list[#list + 1] = run end
      end
   end
   return list
end

-- Of a judge, of all trainings and sets: `labels`, `probabilities`, how many `failures`, and how many the posterior
-- `looked_at` for the judge of candidates.
local function pooled(results, settings, judge_of, sets, share)
   local labels, probabilities, failures, looked_at = {}, {}, 0, 0
   for seed = 1, seeds_of(judge_of, settings) do
      for _, of in ipairs(sets) do
         local result = judge_of.combine and judge_of.combine(results, of, share)
            or results[judge_name(judge_of, seed, of)]
         table.move(result.labels, 1, #result.labels, #labels + 1, labels)
         table.move(result.probabilities, 1, #result.probabilities, #probabilities + 1, probabilities)
         failures = failures + result.failures
         looked_at = looked_at + (result.looked_at or 0)
      end
   end
   return { labels = labels, probabilities = probabilities, failures = failures, looked_at = looked_at }
end

local function show(interval) return ("%.3f (%.3f-%.3f)"):format(interval.value, interval.low, interval.high) end

-- How far F1 is above that of the posterior on the same stars, by the labels (or probabilities of them); nothing for
-- a judge of several trainings, which has seen them several times.
local function above_posterior(judge_of, truth, predicted, of_posterior)
   if judge_of.trained or judge_of.posterior then return "" end
   return scores.show(scores.difference("f1", truth, predicted, of_posterior))
end

-- F1 where it is best, of stars of the posterior's own population, whose share of total eclipses is known: each judge
-- at the threshold that follows from its own probabilities. `judged`: by judge, as pooled.
local function write_best_f1(page, judged)
   local posterior = judged[POSTERIOR].probabilities
   local of_posterior = scores.classes(posterior, (calibration.f1_threshold(posterior)))
   local rows = {}
   for k, judge_of in ipairs(JUDGES) do
      local labels, probabilities = judged[judge_of].labels, judged[judge_of].probabilities
      local threshold, promised = calibration.f1_threshold(probabilities)
      local predicted = scores.classes(probabilities, threshold)
      local found = scores.intervals(labels, predicted)
      rows[k] = { judge_of.about, threshold, promised, show(found.f1), show(found.recall), show(found.precision),
         above_posterior(judge_of, labels, predicted, of_posterior),
         above_posterior(judge_of, posterior, predicted, of_posterior) }
   end
   page:text("F1 is best at another threshold than 0.5: at half of what it is there. Here each judge has its own, "
      .. "which follows from its probabilities for these stars, without their labels "
      .. "(`totality.calibration.f1_threshold`).")
   page:table("f1", { "judge", "threshold", "F1 promised", "F1", "recall", "precision", "F1 above the posterior's",
      "as expected" }, rows)
end

-- `share`: that of total eclipses, which the probabilities are for; `simulated`: whether the stars are of the
-- posterior's own population, so that its probabilities can stand for labels.
local function write_scores(page, name, results, settings, sets, share, precision, simulated)
   local rows, bars = {}, {}
   local columns = { "judge", "curves", "accuracy", "recall", "precision", "F1", "balanced accuracy",
      "F1 above the posterior's" }
   if simulated then columns[#columns + 1] = "as expected" end
   table.move({ ("recall at precision %.2f"):format(precision), "ROC AUC", "not judged" }, 1, 3, #columns + 1,
      columns)
   local judged = {}
   for _, judge_of in ipairs(JUDGES) do judged[judge_of] = pooled(results, settings, judge_of, sets, share) end
   local posterior = judged[POSTERIOR].probabilities
   local of_posterior = scores.classes(posterior, THRESHOLD)
   for _, judge_of in ipairs(JUDGES) do
      local labels, probabilities = judged[judge_of].labels, judged[judge_of].probabilities
      local predicted = scores.classes(probabilities, THRESHOLD)
      local intervals = scores.intervals(labels, predicted)
      intervals.balanced_accuracy = scores.intervals(labels, scores.classes(probabilities, share)).balanced_accuracy
      local row, bar = { judge_of.about, #labels }, { label = judge_of.name, values = {}, errors = {} }
      for k, measure in ipairs(SHOWN) do
         local interval = intervals[measure]
         row[#row + 1] = show(interval)
         bar.values[k], bar.errors[k] = interval.value, (interval.high - interval.low) / 2
      end
      row[#row + 1] = above_posterior(judge_of, labels, predicted, of_posterior)
      if simulated then row[#row + 1] = above_posterior(judge_of, posterior, predicted, of_posterior) end
      row[#row + 1] = metrics.recall_at_precision(labels, probabilities, precision)
      row[#row + 1], row[#row + 2] = metrics.roc_auc_score(labels, probabilities), judged[judge_of].failures
      rows[#rows + 1], bars[#bars + 1] = row, bar
   end
   page:table(name, columns, rows)
   page:text(("The posterior looked at %.0f %% of the curves for the one who judges candidates."):format(
      100 * judged[CANDIDATES].looked_at / #judged[CANDIDATES].labels))
   if simulated then
      page:text(("As expected: by how much F1 is above the posterior's if the labels are as probable as it says, "
         .. "without their chance. What is wrong in its probabilities counts against the others there. Its recall at "
         .. "precision %.2f would be %.3f if they were right."):format(precision,
         scores.promised_recall(posterior, precision)))
      write_best_f1(page, judged)
   end
   page:figure(name, plot.bar_chart { groups = { "accuracy", "recall", "precision", "F1", "bal. accuracy" },
      bars = bars, y_range = { 0, 1 }, width = 620, y_label = "score" }, "scores, with 95 % intervals")
end

local function write_report(about, page, results, settings)
   page:text "## Simulated curves"
   page:text(("Sets of %d curves with %d total eclipses: %d. Scores are of all sets and trainings (%d) together, "
      .. "with 95 %% intervals by bootstrap of the stars. Probabilities are for the share of total eclipses; classes "
      .. "at probability 0.5, balanced accuracy at that share. The project's networks are calibrated for the survey, "
      .. "and the posterior is told how many of its stars have third light, and how much, and that they are those of "
      .. "its model (a model error of %g)."):format(about.curves, about.total, settings.sets, settings.seeds,
      SIMULATED_MODEL_ERROR))
   local sets = {}
   for set = 1, settings.sets do sets[set] = "set " .. set end
   write_scores(page, "simulated", results, settings, sets, about.total / about.curves, about.precision, true)
   if settings.catalogue then
      page:text "## Real curves"
      page:text(("The stars of `%s` with a period and a label; probabilities are for a share of %g, at which "
         .. "balanced accuracy is taken."):format(settings.catalogue:match "[^/]*$", SHARE))
      write_scores(page, "real", results, settings, { "catalogue" }, SHARE, about.precision, false)
      local rows, message = real_stars.read(settings.catalogue)
      if not rows then return message end
      local posterior = results[judge_name(POSTERIOR, 1, "catalogue")]
      message = real_stars.write(page, rows, { threshold = THRESHOLD, posterior = posterior.probabilities,
         notes = posterior.notes, networks = default_networks(results, "catalogue").probabilities })
      if message then return message end
   end
   page:text "## Beside the talk"
   page:text(about.beside)
   return nil
end

--- An experiment of this kind.
---@param about table `title`, `shows`, `survey` (its name), `curves`, `total`, `observation` (of the network trained
--- on regular phases, see totality.synthetic), `refined_posterior` (options of `totality.posterior` for simulated
--- curves, where the scale allows refinement), `precision` (at which recall is given), `beside` (what is known of
--- others' scores), `sets` of simulated curves at the quick scale
---@return table experiment
function application.define(about)
   return {
      title = about.title, shows = about.shows, takes_catalogue = true,
      scales = {
         tiny = { train = 16, epochs = 1, sets = 1, per_system = 4, bank = 200 },
         quick = { train = 4096, epochs = 8, sets = about.sets, per_system = 4, bank = 50000, refine = true },
         full = { train = 65536, epochs = 20, sets = 10, per_system = 4, seeds = 3, bank = 1000000, refine = true },
      },
      runs = function(settings) return runs(about, settings) end,
      report = function(page, results, settings) return write_report(about, page, results, settings) end,
   }
end

return application

-- How good is a classifier? Fresh systems, seen in six ways: regular in phase, with a point for each column of the
-- image, without noise, at 0.02 without spots and with spots on half of them, and at 0.05, in the natural ratio of
-- total and partial eclipses; and as ASAS-3 and Kepler deliver them (totality.surveys), with 12 and 15 % total ones.
--
--    build/lua examples/evaluate.lua [WEIGHTS [SYSTEMS [CATALOGUE [SURVEY]]]]
--
-- WEIGHTS is a file, or the name of weights that come with the project, or several of those, divided by commas,
-- which judge together (default: those that do so in totality.classifier). SYSTEMS (default 4000) are drawn for each
-- test; of those with total eclipses as many are left out as the share asks. Plain curves have a point for each
-- column of the first network's images. CATALOGUE is a list of real stars (see totality.read_catalogue) with a column
-- `label`, total or partial; rows with another label, or with a label_confidence other than high, are left out.
-- SURVEY is the one that took them, as asas3.
--
-- Probabilities of curves of surveys are calibrated for the survey (weights have no calibration for plain ones), and
-- corrected for the share of total eclipses (p_total with `prior`). Balanced accuracy is best at a threshold of that
-- share, accuracy at 0.5. No classifier can pass the Bayes limit (docs/inference.md).

local totality = require "totality"

local weights, systems = {}, math.tointeger(arg[2] or 4000)
for name in (arg[1] or ""):gmatch "[^,]+" do weights[#weights + 1] = name end
local classifier = assert(totality.classifier { weights = weights[1] and weights, survey = arg[4] })
local prior = classifier.prior
local calibration, metrics = totality.calibration, totality.metrics

local function plain(noise)
   return { { noise = noise, points = classifier.networks[1].model.width, phases = "regular" } }
end
local TESTS = {
   { name = "noise 0, no spots", seed = 977, spots = 0, observations = plain(0) },
   { name = "noise 0.02, no spots", seed = 977, spots = 0, observations = plain(0.02) },
   { name = "noise 0.02, spots", seed = 977, spots = 0.5, observations = plain(0.02) },
   { name = "noise 0.05, spots", seed = 977, spots = 0.5, observations = plain(0.05) },
   { name = "ASAS-3", seed = 978, spots = 0.5, survey = "asas3", share = 0.12 },
   { name = "Kepler", seed = 979, spots = 0.5, survey = "kepler", share = 0.15 },
}

-- Labels, and probabilities for the population of the training.
local function judge(test)
   local judged_labels, of_networks, together = nil, {}, {}
   for n, network in ipairs(classifier.networks) do
      local model, labels, scores = network.model, {}, {}
      local data = totality.synthetic {
         size = systems, seed = test.seed, width = model.width, height = model.height, style = model.metadata.style,
         population = totality.population.survey { spots = test.spots, resolution = 16 },
         observations = test.observations, surveys = test.survey and { [test.survey] = 1 },
      }
      local calibrated = test.survey and calibration.from_metadata(model.metadata, test.survey)
      for first = 1, systems, 256 do
         local count = math.min(256, systems - first + 1)
         local images, batch_labels = data:batch(first, count)
         local outputs = model:predict(images)
         for k = 1, count do
            labels[#labels + 1] = math.tointeger(batch_labels[k])
            local p = outputs[k]
            scores[#scores + 1] = calibrated and calibrated:apply(p) or p
         end
      end
      judged_labels, of_networks[n] = labels, scores
   end
   for k = 1, systems do
      local probabilities = {}
      for n, scores in ipairs(of_networks) do probabilities[n] = scores[k] end
      together[k] = calibration.combine(probabilities)
   end
   return judged_labels, together
end

local function share_of(labels)
   local totals = 0
   for _, label in ipairs(labels) do totals = totals + label end
   return totals / #labels
end

-- Leaves out totals, evenly, until only this share is left.
local function thin(labels, scores, share)
   local natural = share_of(labels)
   local keep, sum = share / (1 - share) * (1 - natural) / natural, 0
   local kept_labels, kept_scores = {}, {}
   for k, label in ipairs(labels) do
      sum = sum + keep
      if label == 0 or sum >= 1 then
         kept_labels[#kept_labels + 1], kept_scores[#kept_scores + 1] = label, scores[k]
      end
      if label == 0 then sum = sum - keep elseif sum >= 1 then sum = sum - 1 end
   end
   return kept_labels, kept_scores
end

local function classes(scores, threshold)
   local list = {}
   for k = 1, #scores do list[k] = scores[k] >= threshold and 1 or 0 end
   return list
end

-- Share that is left uncertain, and the share of the others that is wrong.
local function abstention(labels, scores)
   local decided, wrong = 0, 0
   for k, p in ipairs(scores) do
      if p >= classifier.total_from or p < classifier.partial_below then
         decided = decided + 1
         if (p >= classifier.total_from and 1 or 0) ~= labels[k] then wrong = wrong + 1 end
      end
   end
   return 1 - decided / #scores, wrong / decided
end

print(("%s on %d systems a test; total from %g, partial below %g"):format(classifier.weights, systems,
   classifier.total_from, classifier.partial_below))
print(("%-21s %6s %9s %6s %6s %6s %9s %10s %7s %11s %9s %9s"):format("", "total", "balanced", "F1", "F1", "recall",
   "precision", "recall at", "ROC AUC", "calibration", "uncertain", "error of"))
print(("%-21s %6s %9s %6s %6s %6s %9s %10s %7s %11s %9s %9s"):format("", "", "at share", "share", "0.5", "0.5", "0.5",
   "prec. 0.80", "", "error", "", "the rest"))
for _, test in ipairs(TESTS) do
   local labels, scores = judge(test)
   if test.share then
      labels, scores = thin(labels, scores, test.share)
      for k, p in ipairs(scores) do scores[k] = calibration.shift_prior(p, prior, test.share) end
   end
   local share = share_of(labels)
   local at_share, at_half = classes(scores, share), classes(scores, 0.5)
   local uncertain, wrong = abstention(labels, scores)
   print(("%-21s %4.1f %% %9.3f %6.3f %6.3f %6.3f %9.3f %10.3f %7.4f %11.4f %7.1f %% %7.1f %%"):format(test.name,
      100 * share, metrics.balanced_accuracy_score(labels, at_share), metrics.f1_score(labels, at_share),
      metrics.f1_score(labels, at_half), metrics.recall_score(labels, at_half),
      metrics.precision_score(labels, at_half), metrics.recall_at_precision(labels, scores, 0.80),
      metrics.roc_auc_score(labels, scores), metrics.calibration_error(labels, scores), 100 * uncertain, 100 * wrong))
end

-- Real stars: all are judged for the population of the training; no number here is fitted to them.
local function evaluate_catalogue(path)
   local labels, curves, unread = {}, {}, 0
   for _, row in ipairs(assert(totality.read_catalogue(path))) do
      local label = ({ total = 1, partial = 0 })[row.label]
      if label and (row.label_confidence or "high") == "high" then
         local curve = row.path and totality.read(row.path, { period = row.period, epoch = row.epoch })
         if curve then
            labels[#labels + 1], curves[#curves + 1] = label, curve
         else
            unread = unread + 1
         end
      end
   end
   local judged_labels, scores, verdicts = {}, {}, { total = { 0, 0 }, partial = { 0, 0 }, uncertain = { 0, 0 } }
   for k, verdict in classifier:classify_all(curves) do
      if verdict then
         judged_labels[#judged_labels + 1], scores[#scores + 1] = labels[k], verdict.p_total
         local counts = verdicts[verdict.verdict]
         counts[2 - labels[k]] = counts[2 - labels[k]] + 1
      end
   end
   print(("\n%s: %d stars, %.1f %% total, %d could not be read or judged"):format(path, #scores,
      100 * share_of(judged_labels), unread + #curves - #scores))
   print(("ROC AUC %.3f, balanced accuracy %.3f at 0.5, %.3f at the prior of the weights (%g)"):format(
      metrics.roc_auc_score(judged_labels, scores),
      metrics.balanced_accuracy_score(judged_labels, classes(scores, 0.5)),
      metrics.balanced_accuracy_score(judged_labels, classes(scores, prior)), prior))
   print(("estimated share of total eclipses: %.3f"):format(calibration.estimate_prior(scores, prior)))
   for _, name in ipairs { "total", "partial", "uncertain" } do
      print(("verdict %-9s  %3d of total, %3d of partial eclipses"):format(name, table.unpack(verdicts[name])))
   end
end

if arg[3] then evaluate_catalogue(arg[3]) end

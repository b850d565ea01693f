-- How good is a CNN10? 4000 fresh systems at noise 0.02 with 100 points a curve, without spots and with
-- spots on half of them, in the natural ratio of total and partial eclipses.
--
--    build/lua examples/evaluate.lua [WEIGHTS [SYSTEMS]]
--
-- A posterior-like probability is turned into a class at the share of total eclipses, which is where balanced
-- accuracy is best; F1 is also given at 0.5. No classifier can pass the Bayes limit: an independent estimate
-- for this task is a balanced accuracy of 0.92 without spots and 0.895 with them.

local totality = require "totality"

local weights, systems = arg[1], math.tointeger(arg[2] or 4000)
local classifier = assert(totality.classifier { weights = weights })
local model = classifier.model
local metrics = totality.metrics

local function classes(scores, threshold)
   local list = {}
   for k = 1, #scores do list[k] = scores[k] >= threshold and 1 or 0 end
   return list
end

print(("%s on %d systems, 100 points, noise 0.02"):format(classifier.weights, systems))
print("spots  total   threshold  balanced accuracy  F1     F1 at 0.5  ROC AUC  calibration error")
for _, share in ipairs { 0, 0.5 } do
   local data = totality.synthetic {
      size = systems, seed = 977, width = model.width, height = model.height,
      population = totality.population.survey { spots = share, resolution = 16 },
      observations = { { noise = 0.02, points = 100, phases = "regular" } },
   }
   local labels, scores, totals = {}, {}, 0
   for first = 1, systems, 256 do
      local count = math.min(256, systems - first + 1)
      local images, batch_labels = data:batch(first, count)
      local probabilities = model:predict(images)
      for k = 1, count do
         labels[#labels + 1] = math.tointeger(batch_labels[k])
         scores[#scores + 1] = probabilities[k]
         totals = totals + batch_labels[k]
      end
   end
   local prior = totals / systems
   print(("%3.0f %%  %4.1f %%  %9.3f  %17.4f  %5.3f  %9.3f  %7.4f  %17.4f"):format(100 * share, 100 * prior, prior,
      metrics.balanced_accuracy_score(labels, classes(scores, prior)),
      metrics.f1_score(labels, classes(scores, prior)), metrics.f1_score(labels, classes(scores, 0.5)),
      metrics.roc_auc_score(labels, scores), metrics.calibration_error(labels, scores)))
end

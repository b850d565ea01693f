-- How good can a classifier of total eclipses be, and how good is the shipped network? Both judge the same curves
-- of fresh systems; no classifier can pass the limit, which lies between what the posterior achieves and what it
-- claims.
--
--    build/lua examples/bayes_limit.lua [DRAWN [SYSTEMS [DIRECTORY]]]
--
-- DRAWN systems (default 100000, 3 minutes on two cores for each of the two banks) fill a bank, which is kept in
-- DIRECTORY when one is given; SYSTEMS (default 2000) are judged.

local totality = require "totality"

local drawn, systems = math.tointeger(arg[1] or 100000), math.tointeger(arg[2] or 2000)
local directory = arg[3]
local network = assert(totality.classifier()).model
local metrics = totality.metrics

local function classes(scores, threshold)
   local list = {}
   for k = 1, #scores do list[k] = scores[k] >= threshold and 1 or 0 end
   return list
end

local function show(name, accuracy, balanced, f1, auc, calibration)
   print(("   %-28s  %.3f     %.3f              %.3f  %.4f  %.3f"):format(name, accuracy, balanced, f1, auc,
      calibration))
end

local function judge_by_network(dataset, share)
   local labels, scores = {}, {}
   for first = 1, systems, 256 do
      local images, batch_labels = dataset:batch(first, math.min(256, systems - first + 1))
      local probabilities = network:predict(images)
      for k = 1, #batch_labels do
         labels[#labels + 1], scores[#scores + 1] = math.tointeger(batch_labels[k]), probabilities[k]
      end
   end
   show("CNN10", metrics.accuracy_score(labels, classes(scores, 0.5)),
      metrics.balanced_accuracy_score(labels, classes(scores, share)), metrics.f1_score(labels, classes(scores, 0.5)),
      metrics.roc_auc_score(labels, scores), metrics.calibration_error(labels, scores))
end

-- What is known of the observation beside its points: all; or no more than an image shows, where the deeper minimum
-- is, but neither the exact phase nor which star is eclipsed in it.
local KNOWLEDGE = {
   { name = "posterior, phase known" },
   { name = "posterior, phase to be found", phase_error = 0.002, both_minima = true, noise_known = false },
}

for _, spots in ipairs { 0, 0.5 } do
   local bank = assert(totality.bank { size = drawn, seed = 1, verbose = true,
      population = totality.population.survey { spots = spots },
      path = directory and ("%s/bank_%g.safetensors"):format(directory, 100 * spots) })
   for _, observation in ipairs { { noise = 0.02, points = 100 }, { noise = 0.02, points = 400 },
      { noise = 0.05, points = 100 }, { noise = 0.05, points = 400 } } do
      local dataset = totality.synthetic { size = systems, seed = 977, observations = { observation },
         population = totality.population.survey { spots = spots, resolution = 16 } }
      print(("spots on %g %%, noise %g, %d points"):format(100 * spots, observation.noise, observation.points))
      print("                                 accuracy  balanced accuracy  F1     ROC AUC  calibration error")
      local share
      for _, known in ipairs(KNOWLEDGE) do
         local limit = totality.bayes_limit(dataset, { bank = bank, phase_error = known.phase_error,
            both_minima = known.both_minima, noise_known = known.noise_known })
         local a, c = limit.achieved, limit.claimed
         show(known.name, a.accuracy.value, a.balanced_accuracy.value, a.f1.value, a.roc_auc.value,
            a.calibration_error.value)
         print(("   %-28s  %.3f     %.3f              %.3f"):format("   as it claims", c.accuracy.value,
            c.balanced_accuracy.value, c.f1.value))
         show("   standard errors", a.accuracy.error, a.balanced_accuracy.error, a.f1.error, a.roc_auc.error,
            a.calibration_error.error)
         print(("   %-28s  %.0f, %.0f, %.0f; %.0f %% flattened"):format("   effective curves (10-50-90)",
            limit.effective_size[1], limit.effective_size[2], limit.effective_size[3], 100 * limit.flattened))
         share = limit.total_share
      end
      judge_by_network(dataset, share)
   end
end

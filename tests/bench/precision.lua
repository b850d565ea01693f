-- Does training in bfloat16 cost accuracy? Trains CNN10 several times in fp32 and in bf16, from the same weights, on
-- the same images in the same order, and compares the balanced accuracy on images that none of them has seen.
--
--    build/lua tests/bench/precision.lua [SEEDS [IMAGES [EPOCHS]]]
--
-- The population and the observations are those of examples/train_cnn10.lua; the images are made once.

local totality = require "totality"

local seeds, size = math.tointeger(arg[1] or 3), math.tointeger(arg[2] or 16000)
local epochs, validation = math.tointeger(arg[3] or 8), 5000

local observations = {
   { weight = 0.35, phases = "random", points = { 80, 1000 }, noise = { 0.002, 0.08 } },
   { weight = 0.20, phases = "regular", points = { 80, 400 }, noise = { 0.002, 0.05 } },
   { weight = 0.45, phases = "regular", points = 100, noise = 0.02 },
}
local function images(count, seed)
   return totality.synthetic { size = count, seed = seed, population = totality.population.survey { spots = 0.5 },
      observations = observations }:to_memory()
end

-- Half a cosine down to nearly 0, after a first epoch at a third of the rate.
local function rate(epoch)
   return epoch == 1 and 3e-4 or 1e-3 * (0.5 + 0.5 * math.cos(math.pi * (epoch - 1) / epochs)) + 1e-6
end

local function train(precision, seed, data, unseen)
   local began = os.clock()
   local model = totality.models.cnn10 { width = 100, height = 100, seed = seed }
   model:compile { precision = precision, metrics = { "balanced_accuracy", "roc_auc" } }
   model:fit(data, { epochs = epochs, batch_size = 32, seed = seed, threads = 1, verbose = false,
      callbacks = { totality.callbacks.learning_rate_scheduler(rate) } })
   local seconds = os.clock() - began
   local values = model:evaluate(unseen)
   print(("%4s  seed %d  balanced accuracy %.4f  ROC AUC %.4f  loss %.4f  %.0f images a CPU second"):format(precision,
      seed, values.balanced_accuracy, values.roc_auc, values.loss, epochs * data:size() / seconds))
   io.flush()
   return values.balanced_accuracy
end

local data, unseen = images(size, 20261122), images(validation, 20261123)
local sum, squares = 0.0, 0.0
for seed = 1, seeds do
   local difference = -train("fp32", seed, data, unseen) + train("bf16", seed, data, unseen)
   sum, squares = sum + difference, squares + difference ^ 2
end
local mean = sum / seeds
print(("bf16 - fp32: %+.4f +- %.4f (%d seeds, %d images, %d epochs, %d unseen images)"):format(mean,
   math.sqrt(math.max(squares / seeds - mean ^ 2, 0) / math.max(seeds - 1, 1)), seeds, size, epochs, validation))

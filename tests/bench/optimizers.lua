-- How far do Adam and Muon get with the same images? Trains CNN10 with each, from the same weights, on the same
-- images in the same order, each seen once, at several learning rates, and compares log loss and ROC AUC on images
-- that none of them has seen.
--
--    build/lua tests/bench/optimizers.lua DIRECTORY [IMAGES [SEED]]
--
-- Curves are those of the recipe. IMAGES (default 204800) are made once, in DIRECTORY, where a later run with as many
-- finds them; they take 10 kB each.

local core = require "totality.core"
local totality = require "totality"

local directory = assert(arg[1], "usage: build/lua tests/bench/optimizers.lua DIRECTORY [IMAGES [SEED]]")
local size, seed = math.tointeger(arg[2] or 204800), math.tointeger(arg[3] or 1)
local UNSEEN, LAST_RATE = 16384, 2e-5

local function images(name, count, data_seed)
   local path = ("%s/%s-%d"):format(directory, name, count)
   local recipe = totality.recipes.cnn10 { examples_per_epoch = count, seed = data_seed }
   assert(totality.shards.write(recipe:training_data(), path))
   return assert(totality.shards.open(path))
end

local function adam(rate) return totality.optimizers.adam { learning_rate = rate } end
local function muon(rate) return totality.optimizers.muon { learning_rate = rate, weight_decay = 0 } end
local function muon_of_convolutions(rate)
   return totality.optimizers.muon { learning_rate = rate, weight_decay = 0, exclude_layers = { "dense" } }
end

local TRAININGS = {
   { "adam", adam, rate = 1e-3, batch_size = 64 },
   { "adam", adam, rate = 2e-3, batch_size = 64 },
   { "muon, convolutions only", muon_of_convolutions, rate = 1e-3, batch_size = 64 },
   { "muon", muon, rate = 5e-4, batch_size = 64 },
   { "muon", muon, rate = 1e-3, batch_size = 64 },
   { "muon", muon, rate = 2e-3, batch_size = 64 },
   { "muon", muon, rate = 1.4e-3, batch_size = 128 },
}

local train, unseen = images("train", size, 20261122), images("unseen", UNSEEN, 777)
print(("%-24s %9s %6s %9s %8s %9s"):format("optimizer", "rate", "batch", "log loss", "ROC AUC", "images/s"))
for _, training in ipairs(TRAININGS) do
   local steps = size // training.batch_size
   local warm = math.max(1, steps // 20)
   -- up along a line, down along half a cosine
   local function rate(step)
      if step < warm then return training.rate * (step + 1) / warm end
      local rest = 0.5 + 0.5 * math.cos(math.pi * (step - warm) / (steps - warm))
      return LAST_RATE + (training.rate - LAST_RATE) * rest
   end
   local model = totality.models.cnn10 { width = 100, height = 100, seed = seed }
   model:compile { optimizer = training[2](rate), metrics = { "roc_auc" } }
   local began = core.monotonic_time()
   model:fit(train, { batch_size = training.batch_size, seed = seed, verbose = false })
   local seconds = core.monotonic_time() - began
   local values = model:evaluate(unseen)
   print(("%-24s %9g %6d %9.4f %8.4f %9.0f"):format(training[1], training.rate, training.batch_size, values.loss,
      values.roc_auc, size / seconds))
   io.flush()
end

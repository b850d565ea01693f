-- Trains the CNN10 that is shipped as models/cnn10.safetensors.
--
--    build/lua examples/train_cnn10.lua [OUTPUT [EPOCHS [EXAMPLES]]]
--
-- Every epoch sees 20,000 (EXAMPLES) systems that were never seen before. Ctrl-C ends the training early and keeps
-- the best weights so far; OUTPUT (default cnn10.safetensors) is written after every epoch that improves
-- the validation loss.

local totality = require "totality"

local output = arg[1] or "cnn10.safetensors"
local epochs, examples = math.tointeger(arg[2] or 30), math.tointeger(arg[3] or 20000)
local seed, batch_size = 20261122, 32

-- A third of the curves as a survey would take them in years, random in phase; the others regular in phase,
-- most of them exactly as the evaluation takes them.
local observations = {
   { weight = 0.35, phases = "random", points = { 80, 1000 }, noise = { 0.002, 0.08 } },
   { weight = 0.20, phases = "regular", points = { 80, 400 }, noise = { 0.002, 0.05 } },
   { weight = 0.45, phases = "regular", points = 100, noise = 0.02 },
}
local population = totality.population.survey { spots = 0.5 }

local function curves(size, stream)
   return totality.synthetic { size = size, seed = seed + stream, population = population,
      observations = observations }
end
local train, valid = curves(examples, 0), curves(examples // 5, 1):to_memory()

local model = totality.models.cnn10 { width = 100, height = 100, seed = seed }
model:summary()
model:compile {
   optimizer = totality.optimizers.adam { learning_rate = 1e-3 },
   loss = "binary_crossentropy",
   metrics = { "balanced_accuracy", "f1", "roc_auc" },
}

-- Half a cosine from 1e-3 to nearly 0 (Loshchilov & Hutter 2017, arXiv:1608.03983), after one epoch at a
-- third of it.
local function learning_rate(epoch)
   if epoch == 1 then return 1e-3 / 3 end
   return 1e-3 * (0.5 + 0.5 * math.cos(math.pi * (epoch - 1) / epochs)) + 1e-6
end

local best
local function save_when_better(epoch, logs)
   if best and logs.val_loss >= best then return end
   best = logs.val_loss
   assert(model:save(output, {
      recipe = "examples/train_cnn10.lua",
      version = totality.version,
      seed = seed, epochs = epochs, epoch = epoch, batch_size = batch_size, examples_per_epoch = examples,
      population = tostring(population),
      observations = "random phases, 80-1000 points, noise 0.002-0.08 (weight 0.35); regular, 80-400 points, "
         .. "noise 0.002-0.05 (0.20); regular, 100 points, noise 0.02 (0.45)",
      validation_loss = ("%.5f"):format(logs.val_loss),
      validation_roc_auc = ("%.5f"):format(logs.val_roc_auc),
      validation_balanced_accuracy = ("%.5f"):format(logs.val_balanced_accuracy),
      prior = 0.26, style = "area",
   }))
end

local history = model:fit(train, {
   epochs = epochs, batch_size = batch_size, validation_data = valid, seed = seed,
   callbacks = { totality.callbacks.learning_rate_scheduler(learning_rate), save_when_better },
})
print(history)
print("the best weights are in " .. output)

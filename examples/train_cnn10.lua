-- Trains the CNN10 that is shipped as models/cnn10.safetensors, in two stages: 30 epochs, then 13 more from the
-- best weights of the first with a smaller learning rate.
--
--    build/lua examples/train_cnn10.lua [OUTPUT [EXAMPLES [EPOCHS_1 [EPOCHS_2]]]]
--
-- Every epoch sees 20,000 (EXAMPLES) systems that were never seen before. OUTPUT (default cnn10.safetensors)
-- is written after every epoch that improves the validation loss, and the first stage's best weights are in
-- OUTPUT.first. After an interruption (Ctrl-C, a power failure) the same command continues from OUTPUT.checkpoint
-- or OUTPUT.first.checkpoint with the same result.

local totality = require "totality"

local output = arg[1] or "cnn10.safetensors"
local examples = math.tointeger(arg[2] or 20000)
local stages = {
   { epochs = math.tointeger(arg[3] or 30), learning_rate = 1e-3, output = output .. ".first" },
   { epochs = math.tointeger(arg[4] or 13), learning_rate = 5e-4, output = output },
}
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

-- Half a cosine from the stage's rate to nearly 0 (Loshchilov & Hutter 2017, arXiv:1608.03983); the very first
-- epoch takes a third of it.
local function schedule(stage, before)
   return function(epoch)
      if epoch == 1 then return stage.learning_rate / 3 end
      return stage.learning_rate * (0.5 + 0.5 * math.cos(math.pi * (epoch - before - 1) / stage.epochs)) + 1e-6
   end
end

local function save(path, epoch, logs)
   assert(model:save(path, {
      recipe = "examples/train_cnn10.lua",
      version = totality.version,
      seed = seed, epoch = epoch, batch_size = batch_size, examples_per_epoch = examples,
      epochs = ("%d at 1e-3, %d at 5e-4"):format(stages[1].epochs, stages[2].epochs),
      population = tostring(population),
      observations = "random phases, 80-1000 points, noise 0.002-0.08 (weight 0.35); regular, 80-400 points, "
         .. "noise 0.002-0.05 (0.20); regular, 100 points, noise 0.02 (0.45)",
      validation_loss = ("%.5f"):format(logs.val_loss),
      validation_roc_auc = ("%.5f"):format(logs.val_roc_auc),
      validation_balanced_accuracy = ("%.5f"):format(logs.val_balanced_accuracy),
      prior = 0.26, style = "area",
   }))
end

-- Saves the best weights so far; what is best is kept in the checkpoints.
local function keep_best(path)
   return {
      on_epoch_end = function(self, epoch, logs)
         if self.best and logs.val_loss >= self.best then return end
         self.best = logs.val_loss
         save(path, epoch, logs)
      end,
      get_state = function(self) return { best = self.best } end,
      set_state = function(self, state) self.best = state.best end,
   }
end

-- Trains for the epochs of a stage, after those `before`; the best weights are in its file.
local function run(stage, before)
   model:compile {
      optimizer = totality.optimizers.adam { learning_rate = stage.learning_rate },
      loss = "binary_crossentropy",
      metrics = { "balanced_accuracy", "f1", "roc_auc" },
   }
   local history = assert(model:fit(train, {
      initial_epoch = before, epochs = before + stage.epochs, batch_size = batch_size, seed = seed,
      validation_data = valid, checkpoint = stage.output .. ".checkpoint",
      callbacks = {
         totality.callbacks.learning_rate_scheduler(schedule(stage, before)), keep_best(stage.output),
      },
   }))
   print(history)
   if history.interrupted then os.exit(130) end
end

run(stages[1], 0)
assert(model:load_weights(stages[1].output))
run(stages[2], stages[1].epochs)
print("the best weights are in " .. output)

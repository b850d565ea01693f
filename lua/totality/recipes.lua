--- How the networks of the project are trained: `totality.recipes.cnn10`, `totality.recipes.cnn15`.
--
-- `totality.recipes.cnn10():train "my.safetensors"` makes the shipped weights again.

local attempt = require("totality.interruption").attempt
local calibration = require "totality.calibration"
local callbacks = require "totality.callbacks"
local files = require "totality.files"
local model = require "totality.model"
local models = require "totality.models"
local optimizers = require "totality.optimizers"
local options = require "totality.options"
local population = require "totality.population"
local synthetic = require "totality.synthetic"

local recipes = {}

-- Plain points with Gaussian noise: a third of the curves at random phases; the others regular in phase, most of them
-- exactly as examples/evaluate.lua takes them.
local PLAIN = {
   { weight = 0.35, phases = "random", points = { 80, 1000 }, noise = { 0.002, 0.08 } },
   { weight = 0.20, phases = "regular", points = { 80, 400 }, noise = { 0.002, 0.05 } },
   { weight = 0.45, phases = "regular", points = 100, noise = 0.02 },
}

-- What surveys deliver, by use, and enough of the plain points that they are not forgotten (domain randomisation:
-- Tobin et al. 2017, arXiv:1703.06907).
local SURVEYS = { asas3 = 0.29, kepler = 0.08, crts = 0.06, asas_sn = 0.05, ogle = 0.04, tess = 0.03, linear = 0.02,
   ztf = 0.02 }
local function plain_beside_surveys(usual)
   return {
      { weight = usual, phases = "regular", points = 100, noise = 0.02 },
      { weight = 0.08, phases = "regular", points = { 80, 400 }, noise = { 0.002, 0.05 } },
      { weight = 0.07, phases = "random", points = { 80, 1000 }, noise = { 0.002, 0.08 } },
   }
end

-- Each stage goes on from the best weights of the one before.
local STAGES = {
   { epochs = 30, learning_rate = 1e-3, batch_size = 32, observations = PLAIN, observations_per_system = 1 },
   { epochs = 13, learning_rate = 5e-4, batch_size = 32, observations = PLAIN, observations_per_system = 1 },
   { epochs = 20, learning_rate = 3e-4, batch_size = 64, observations = plain_beside_surveys(0.26),
      surveys = SURVEYS, observations_per_system = 4 },
   { epochs = 16, learning_rate = 3e-4, batch_size = 64, observations = plain_beside_surveys(0.40),
      surveys = SURVEYS, observations_per_system = 4 },
}

-- The rate at the end of a stage, as a part of that at its beginning.
local LAST_RATE = 0.03

local RECIPES = {
   cnn10 = { width = 100, height = 100, examples_per_epoch = 20480, seed = 20261122, spots = 0.5, stages = STAGES },
   cnn15 = { width = 250, height = 250, examples_per_epoch = 20480, seed = 20261122, spots = 0.5, stages = STAGES },
}

-- Share of total eclipses in the population, to which probabilities are calibrated.
local PRIOR = 0.26

--- A recipe, made by `totality.recipes.cnn10` or `totality.recipes.cnn15`.
---@class totality.Recipe
---@field network string name in totality.models
---@field stages table[] each with `epochs`, `learning_rate`, `batch_size`, and what the systems are seen with:
--- `observations`, `surveys`, `observations_per_system`, see totality.synthetic
local Recipe = { __name = "totality.Recipe" }
Recipe.__index = Recipe

-- The epochs of the stages, in the ratio that they have in the recipe.
local function share_out(stages, epochs)
   local all, given, shared = 0, 0, {}
   for _, stage in ipairs(stages) do all = all + stage.epochs end
   local before = 0
   for k, stage in ipairs(stages) do
      before = before + stage.epochs
      local until_here = math.floor(epochs * before / all + 0.5)
      shared[k] = setmetatable({ epochs = until_here - given }, { __index = stage })
      given = until_here
   end
   return shared
end

local function new(name, given)
   local data = RECIPES[name]
   local checked = options.check("totality.recipes." .. name, given, {
      width = { type = "integer", default = data.width, minimum = 8, maximum = 16384 },
      height = { type = "integer", default = data.height, minimum = 8, maximum = 16384 },
      epochs = { type = "integer", minimum = 1 },
      examples_per_epoch = { type = "integer", default = data.examples_per_epoch, minimum = 5 },
      batch_size = { type = "integer", minimum = 1 },
      seed = { type = "integer", default = data.seed, minimum = 0 },
      threads = { type = "integer", minimum = 1, maximum = 256 },
      precision = { type = "string", default = "fp32", one_of = { "fp32", "bf16" } },
   }, 3)
   checked.network, checked.spots = name, data.spots
   checked.stages = checked.epochs and share_out(data.stages, checked.epochs) or data.stages
   checked.epochs = nil
   return setmetatable(checked, Recipe)
end

--- CNN10 on images of 100 x 100.
---@param given? table `width`, `height` (pixels), `epochs` (default 79; all stages), `examples_per_epoch` (images
--- that were never seen before; default 20480), `batch_size` (default: 32, with surveys 64), `seed`,
--- `threads` (default all processors),
--- `precision` ("fp32" or "bf16", see model:compile)
---@return totality.Recipe
function recipes.cnn10(given) return new("cnn10", given) end

--- CNN15 on images of 250 x 250.
---@param given? table as for `cnn10`
---@return totality.Recipe
function recipes.cnn15(given) return new("cnn15", given) end

local function range_text(value)
   return type(value) == "table" and ("%g-%g"):format(value[1], value[2]) or ("%g"):format(value)
end

local function observations_text(observations)
   local parts = {}
   for k, one in ipairs(observations) do
      parts[k] = ("%s phases, %s points, noise %s (weight %g)"):format(one.phases, range_text(one.points),
         range_text(one.noise), one.weight)
   end
   return table.concat(parts, "; ")
end

local function stages_text(stages)
   local parts = {}
   for k, stage in ipairs(stages) do parts[k] = ("%d at %g"):format(stage.epochs, stage.learning_rate) end
   return table.concat(parts, ", ")
end

-- What all stages saw, a line each.
local function curves_text(stages)
   local parts = {}
   for k, stage in ipairs(stages) do
      local surveys = {}
      for name, weight in pairs(stage.surveys or {}) do
         surveys[#surveys + 1] = ("%s (weight %g)"):format(name, weight)
      end
      table.sort(surveys)
      table.insert(surveys, 1, observations_text(stage.observations))
      parts[k] = ("stage %d: %s"):format(k, table.concat(surveys, "; "))
   end
   return table.concat(parts, "\n")
end

-- Half a cosine (Loshchilov & Hutter 2017, arXiv:1608.03983); the very first epoch takes a third of the rate.
local function schedule(stage, before)
   return function(epoch)
      if epoch == 1 then return stage.learning_rate / 3 end
      local part = 0.5 + 0.5 * math.cos(math.pi * (epoch - before - 1) / stage.epochs)
      return stage.learning_rate * (LAST_RATE + (1 - LAST_RATE) * part)
   end
end

local function metadata(self, stage, systems, epoch, logs)
   return {
      recipe = "totality.recipes." .. self.network, version = require("totality").version,
      seed = self.seed, epoch = epoch, batch_size = self.batch_size or stage.batch_size,
      examples_per_epoch = self.examples_per_epoch, epochs = stages_text(self.stages), precision = self.precision,
      population = tostring(systems), observations = curves_text(self.stages),
      validation_loss = ("%.5f"):format(logs.val_loss), validation_roc_auc = ("%.5f"):format(logs.val_roc_auc),
      validation_balanced_accuracy = ("%.5f"):format(logs.val_balanced_accuracy),
      prior = PRIOR, style = "area",
   }
end

-- Saves the best weights so far; what is best is kept in the checkpoints.
local function keep_best(save)
   return {
      on_epoch_end = function(self, epoch, logs)
         if self.best and logs.val_loss >= self.best then return end
         self.best = logs.val_loss
         save(epoch, logs)
      end,
      get_state = function(self) return { best = self.best } end,
      set_state = function(self, state) self.best = state.best end,
   }
end

-- Trains for the epochs of a stage, after those `before`; the best weights are in its file.
local function run_stage(self, stage, before, output, data)
   local network = data.model
   network:compile {
      optimizer = optimizers.adam { learning_rate = stage.learning_rate }, loss = "binary_crossentropy",
      metrics = { "balanced_accuracy", "f1", "roc_auc" }, precision = self.precision,
   }
   local finished, history, message = attempt(network.fit, network, data.train, {
      initial_epoch = before, epochs = before + stage.epochs, batch_size = self.batch_size or stage.batch_size,
      seed = self.seed,
      threads = self.threads, validation_data = data.valid, checkpoint = output .. ".checkpoint",
      callbacks = {
         callbacks.learning_rate_scheduler(schedule(stage, before)),
         keep_best(function(epoch, logs)
            local saved, problem = network:save(output, metadata(self, stage, data.systems, epoch, logs))
            -- before the checkpoint of this epoch, so that a later run saves again
            if not saved then error({ unsaved = problem }) end
         end),
      },
   })
   if finished then return history, message end
   if type(history) == "table" and history.unsaved then return nil, history.unsaved end
   error(history, 0)
end

-- Systems of a stage; every stage has its own streams of random numbers for training, validation and calibration.
local function curves_of(self, systems, number, purpose, size, each)
   local stage = self.stages[number]
   return synthetic.new { size = size, seed = self.seed + 2 * (number - 1) + purpose, population = systems,
      threads = self.threads, observations = stage.observations, surveys = stage.surveys,
      observations_per_system = each, width = self.width, height = self.height }
end
local TRAINING, VALIDATION, CALIBRATION = 0, 1, 1000

local CALIBRATION_BATCH = 256

-- Writes the best weights again, with a calibration from systems that had no part in training or in choosing the
-- epoch.
local function calibrate(self, systems, number, output)
   local loaded, message = model.load_model(output)
   if not loaded then return nil, message end
   local more = loaded.metadata
   if more.calibration then return true end -- by an earlier call
   local labels, outputs = {}, {}
   local size = self.examples_per_epoch // 2
   local data = curves_of(self, systems, number, CALIBRATION, size, 1)
   for first = 1, size, CALIBRATION_BATCH do
      local images, batch_labels = data:batch(first, math.min(CALIBRATION_BATCH, size - first + 1))
      local predicted = loaded:predict(images, { threads = self.threads })
      for k = 1, #batch_labels do labels[#labels + 1], outputs[#outputs + 1] = batch_labels[k], predicted[k] end
   end
   local fitted, reason = calibration.fit(labels, outputs)
   more.calibration = fitted and ("%d other examples of the last stage"):format(size) or "none: " .. reason
   for name, value in pairs(fitted and fitted:metadata() or {}) do more[name] = value end
   return loaded:save(output, more)
end

--- Trains the network. Its weights are written to `output` after every epoch of the last stage that improves the
--- validation loss, and at the end once more with their calibration (see totality.calibration); those of the stages
--- before to OUTPUT.stage1, OUTPUT.stage2 and so on. After an interruption (Ctrl-C, a power failure) the same call
--- continues from the stage's checkpoint (OUTPUT.checkpoint, OUTPUT.stage1.checkpoint ...), with the same result.
---@param output string
---@return totality.History|nil history of the last stage that was trained (`interrupted` says whether Ctrl-C ended
--- it); or nil and a message
---@return string? message
function Recipe:train(output)
   options.check_value("recipe:train", "output", output, { type = "string" })
   -- what can't be written is found now, not after the first epoch
   local possible, problem = files.write(output .. ".checkpoint.new", "")
   if not possible then return nil, problem end
   os.remove(output .. ".checkpoint.new")
   local systems = population.survey { spots = self.spots }
   local data = {
      systems = systems, model = models[self.network] { width = self.width, height = self.height, seed = self.seed },
   }
   data.model:summary()
   local last = #self.stages
   while self.stages[last].epochs == 0 do last = last - 1 end
   local before, history = 0, nil
   for k = 1, last do
      local stage = self.stages[k]
      if stage.epochs > 0 then
         local path = k == last and output or ("%s.stage%d"):format(output, k)
         data.train = curves_of(self, systems, k, TRAINING, self.examples_per_epoch, stage.observations_per_system)
         data.valid = curves_of(self, systems, k, VALIDATION, self.examples_per_epoch // 5,
            math.min(2, stage.observations_per_system)):to_memory()
         local failure
         history, failure = run_stage(self, stage, before, path, data)
         if not history then return nil, failure end
         if history.interrupted then return history end
         local loaded, message = data.model:load_weights(path)
         if not loaded then return nil, message end
         before = before + stage.epochs
      end
   end
   local calibrated, message = calibrate(self, systems, last, output)
   if not calibrated then return nil, message end
   return history
end

function Recipe:__tostring()
   return ("totality.Recipe(%s, %d x %d, epochs: %s, %d examples each)"):format(self.network, self.width, self.height,
      stages_text(self.stages), self.examples_per_epoch)
end

return recipes

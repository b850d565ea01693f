--- How the networks of the project are trained: `totality.recipes.cnn10`, `totality.recipes.cnn15`.
--
-- `totality.recipes.cnn10():train "my.safetensors"` makes the shipped weights again.

local attempt = require("totality.interruption").attempt
local calibration = require "totality.calibration"
local callbacks = require "totality.callbacks"
local drawing = require "totality.drawing"
local files = require "totality.files"
local model = require "totality.model"
local models = require "totality.models"
local optimizers = require "totality.optimizers"
local options = require "totality.options"
local population = require "totality.population"
local synthetic = require "totality.synthetic"

local recipes = {}

-- What surveys deliver, by use, and plain points with Gaussian noise (domain randomisation: Tobin et al. 2017,
-- arXiv:1703.06907). Three quarters of the plain curves have a point for each column, at the levels of noise at which
-- people were tested.
local SURVEYS = { asas3 = 0.30, kepler = 0.10, crts = 0.05, asas_sn = 0.05, ogle = 0.04, tess = 0.03, linear = 0.02,
   ztf = 0.02 }
local function plain_observations(width)
   return {
      { weight = 0.06, phases = "regular", points = width, noise = 0 },
      { weight = 0.12, phases = "regular", points = width, noise = 0.02 },
      { weight = 0.12, phases = "regular", points = width, noise = 0.05 },
      { weight = 0.05, phases = "regular", points = { 80, 400 }, noise = { 0.002, 0.05 } },
      { weight = 0.04, phases = "random", points = { 80, 1000 }, noise = { 0.002, 0.08 } },
   }
end

-- Some users have flux without a zero point.
local HIDDEN_DEPTH = 0.06

local SYSTEMS = population.survey { spots = 0.5 }
local SEED = 20261122
local EXAMPLES_PER_EPOCH = 20480

-- Muon needs less than half of the images that Adam needs (docs/training.md). Its work for a step is the same for any
-- number of images: one of 128 teaches nearly as much as two of 64, and takes less time.
local BATCH_SIZE = 128

-- The learning rate falls from the first to the last along half a cosine (Loshchilov & Hutter 2017,
-- arXiv:1608.03983); the very first epoch takes a third of the first.
local FIRST_RATE, LAST_RATE = 1.2e-3, 2e-5

local function optimizer() return optimizers.muon { learning_rate = FIRST_RATE, weight_decay = 0 } end

-- Images of few systems teach less than as many of many: CNN10 with four of each, instead of twelve, has a lower log
-- loss on all surveys (docs/training.md). It takes time to make their curves, though; for CNN10, curves of continuous
-- surveys have fewer points, ten for a column.
local RECIPES = {
   cnn10 = { width = 100, height = 100, epochs = 80, observations_per_system = 4, point_limit = 1024 },
   cnn15 = { width = 250, height = 250, epochs = 64, observations_per_system = 4, point_limit = 2048 },
}

--- A recipe, made by `totality.recipes.cnn10` or `totality.recipes.cnn15`.
---@class totality.Recipe
---@field network string name in totality.models
---@field observations table[] what the systems are seen with, see totality.synthetic
---@field surveys table<string, number>
---@field observations_per_system integer images made of each system
---@field point_limit integer points of a curve of a continuous survey, see totality.synthetic
local Recipe = { __name = "totality.Recipe" }
Recipe.__index = Recipe

local function new(name, given)
   local data = RECIPES[name]
   local checked = options.check("totality.recipes." .. name, given, {
      width = { type = "integer", default = data.width, minimum = 8, maximum = 16384 },
      height = { type = "integer", default = data.height, minimum = 8, maximum = 16384 },
      epochs = { type = "integer", default = data.epochs, minimum = 1 },
      examples_per_epoch = { type = "integer", default = EXAMPLES_PER_EPOCH, minimum = 5 },
      batch_size = { type = "integer", default = BATCH_SIZE, minimum = 1 },
      seed = { type = "integer", default = SEED, minimum = 0 },
      threads = { type = "integer", minimum = 1, maximum = 256 },
      precision = { type = "string", default = "fp32", one_of = { "fp32", "bf16" } },
   }, 3)
   checked.network, checked.observations, checked.surveys = name, plain_observations(checked.width), SURVEYS
   checked.observations_per_system, checked.point_limit = data.observations_per_system, data.point_limit
   return setmetatable(checked, Recipe)
end

--- CNN10 on images of 100 x 100.
---@param given? table `width`, `height` (pixels), `epochs` (default 80), `examples_per_epoch` (images
--- that were never seen before; default 20480), `batch_size` (default 128), `seed`,
--- `threads` (default all processors),
--- `precision` ("fp32" or "bf16", see model:compile)
---@return totality.Recipe
function recipes.cnn10(given) return new("cnn10", given) end

--- CNN15 on images of 250 x 250.
---@param given? table as for `cnn10`, but 64 `epochs`
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

local function surveys_text(surveys)
   local parts = {}
   for name, weight in pairs(surveys) do parts[#parts + 1] = ("%s (weight %g)"):format(name, weight) end
   table.sort(parts)
   return table.concat(parts, "; ")
end

local function schedule(epochs)
   return function(epoch)
      if epoch == 1 then return FIRST_RATE / 3 end
      return LAST_RATE + (FIRST_RATE - LAST_RATE) * (0.5 + 0.5 * math.cos(math.pi * (epoch - 1) / epochs))
   end
end

local function metadata(self, epoch, logs)
   return {
      recipe = "totality.recipes." .. self.network, version = require("totality").version,
      seed = self.seed, epochs = self.epochs, epoch = epoch, batch_size = self.batch_size,
      optimizer = optimizer().kind, learning_rate = ("%g to %g"):format(FIRST_RATE, LAST_RATE),
      examples_per_epoch = self.examples_per_epoch, precision = self.precision,
      population = tostring(SYSTEMS), observations = observations_text(self.observations),
      surveys = surveys_text(self.surveys), hidden_depth = HIDDEN_DEPTH,
      observations_per_system = self.observations_per_system, point_limit = self.point_limit,
      validation_loss = ("%.5f"):format(logs.val_loss), validation_roc_auc = ("%.5f"):format(logs.val_roc_auc),
      validation_balanced_accuracy = ("%.5f"):format(logs.val_balanced_accuracy),
      prior = population.TOTAL_SHARE, style = drawing.DEFAULTS.style, flux_range = drawing.FLUX_RANGE,
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

-- Every purpose has its own streams of random numbers.
local TRAINING, VALIDATION, CALIBRATION = 0, 1, 2
local function curves_of(self, purpose, size, each, surveys)
   return synthetic.new { size = size, seed = self.seed + purpose, population = SYSTEMS,
      threads = self.threads, observations = not surveys and self.observations or nil,
      surveys = surveys or self.surveys,
      observations_per_system = each, point_limit = self.point_limit, hidden_depth = HIDDEN_DEPTH,
      width = self.width, height = self.height }
end

--- The curves of the training: an epoch of them, new ones in every epoch.
---@return totality.SyntheticDataset
function Recipe:training_data()
   return curves_of(self, TRAINING, self.examples_per_epoch, self.observations_per_system)
end

-- The best weights are in the file; nil and a message when they can't be written.
local function fit(self, output)
   local network = models[self.network] { width = self.width, height = self.height, seed = self.seed }
   network:summary()
   network:compile {
      optimizer = optimizer(), loss = "binary_crossentropy",
      metrics = { "balanced_accuracy", "f1", "roc_auc" }, precision = self.precision,
   }
   local finished, history, message = attempt(network.fit, network, self:training_data(), {
      epochs = self.epochs, batch_size = self.batch_size, seed = self.seed, threads = self.threads,
      validation_data = curves_of(self, VALIDATION, self.examples_per_epoch // 5, 2):to_memory(),
      checkpoint = output .. ".checkpoint",
      callbacks = {
         callbacks.learning_rate_scheduler(schedule(self.epochs)),
         keep_best(function(epoch, logs)
            local saved, problem = network:save(output, metadata(self, epoch, logs))
            -- before the checkpoint of this epoch, so that a later run saves again
            if not saved then error({ unsaved = problem }) end
         end),
      },
   })
   if finished then return history, message end
   if type(history) == "table" and history.unsaved then return nil, history.unsaved end
   error(history, 0)
end

local CALIBRATION_BATCH = 256

-- The calibration for the curves of these surveys (weights by name), from systems that had no part in training or in
-- choosing the epoch; nil and a message when they don't allow one.
local function calibration_for(self, network, surveys, size)
   local labels, outputs = {}, {}
   local data = curves_of(self, CALIBRATION, size, 1, surveys)
   for first = 1, size, CALIBRATION_BATCH do
      local images, batch_labels = data:batch(first, math.min(CALIBRATION_BATCH, size - first + 1))
      local predicted = network:predict(images, { threads = self.threads })
      for k = 1, #batch_labels do labels[#labels + 1], outputs[#outputs + 1] = batch_labels[k], predicted[k] end
   end
   return calibration.fit(labels, outputs)
end

--- Writes weights again, with a calibration for the curves of all surveys of the recipe together, and one for each of
--- them (see totality.calibration). Plain curves, which have no third light, are among those of the training, and an
--- image doesn't say for sure where it comes from: the network's own probabilities are too small for surveys whose
--- pixels blend stars, and too large for plain curves.
---@param path string weights of this recipe's network
---@return boolean|nil done or nil and a message
---@return string? message
function Recipe:calibrate(path)
   options.check_value("recipe:calibrate", "path", path, { type = "string" })
   local loaded, message = model.load_model(path)
   if not loaded then return nil, message end
   local more, size = {}, self.examples_per_epoch // 2
   for name, value in pairs(loaded.metadata) do
      if not name:find "^calibration" then more[name] = value end
   end
   local fitted, reason = calibration_for(self, loaded, self.surveys, size)
   more.calibration = fitted and ("%d other examples of all surveys, and as many of each"):format(size)
      or "none: " .. reason
   for name, value in pairs(fitted and fitted:metadata() or {}) do more[name] = value end
   for survey in pairs(self.surveys) do
      fitted = calibration_for(self, loaded, { [survey] = 1 }, size)
      for name, value in pairs(fitted and fitted:metadata(survey) or {}) do more[name] = value end
   end
   return loaded:save(path, more)
end

--- Trains the network. Its weights are written to `output` after every epoch that improves the validation loss, and
--- at the end once more with their calibration (see totality.calibration). After an interruption (Ctrl-C, a power
--- failure) the same call continues from OUTPUT.checkpoint, with the same result.
---@param output string
---@return totality.History|nil history (`interrupted` says whether Ctrl-C ended it); or nil and a message
---@return string? message
function Recipe:train(output)
   options.check_value("recipe:train", "output", output, { type = "string" })
   -- what can't be written is found now, not after the first epoch
   local possible, problem = files.write(output .. ".checkpoint.new", "")
   if not possible then return nil, problem end
   os.remove(output .. ".checkpoint.new")
   local history, message = fit(self, output)
   if not history then return nil, message end
   if history.interrupted then return history end
   local best = model.load_model(output)
   if best and best.metadata.calibration then return history end -- by an earlier call
   local calibrated, reason = self:calibrate(output)
   if not calibrated then return nil, reason end
   return history
end

function Recipe:__tostring()
   return ("totality.Recipe(%s, %d x %d, %d epochs of %d examples)"):format(self.network, self.width, self.height,
      self.epochs, self.examples_per_epoch)
end

return recipes

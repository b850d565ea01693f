--- What a run of an experiment can be. Each kind is a function of the run and the context (directory, threads,
-- verbose; results and paths of earlier runs by name), which gives a plain table, or nil and a message.

local core = require "totality.core"
local drawing = require "totality.drawing"
local files = require "totality.files"
local json = require "totality.json"
local options = require "totality.options"
local population = require "totality.population"
local scores = require "totality.experiment.scores"
local shipped_weights = require("totality.classifier").shipped_weights
local totality = require "totality"

local kinds = {}

local SYNTHETIC = { "size", "seed", "observations", "surveys", "observations_per_system", "width", "height", "style",
   "minimum_amplitude" }

--- The synthetic data set of a description: a table of the options of `totality.synthetic`, with `spots` and
--- `resolution` of the population.
---@param description table
---@param threads integer
---@return totality.SyntheticDataset
function kinds.synthetic(description, threads)
   local given = { threads = threads, population = totality.population.survey { spots = description.spots,
      resolution = description.resolution } }
   for _, name in ipairs(SYNTHETIC) do given[name] = description[name] end
   return totality.synthetic(given)
end

-- The same on disk, made when it is first needed; `use` of its samples, the first ones.
local function open_data(description, context)
   local described = {}
   for name, value in pairs(description) do described[name] = value end
   described.use, described.flux_range = nil, drawing.FLUX_RANGE -- another version may draw other images
   local source = json.encode(described)
   local directory = ("%s/data/%08x"):format(context.directory, core.crc32(source))
   if not context.opened[directory] then
      local done, message = totality.shards.write(kinds.synthetic(described, context.threads), directory,
         { source = source, verbose = context.verbose })
      if not done then return nil, message end
      context.opened[directory] = true
   end
   return totality.shards.open(directory, { count = description.use, seed = described.seed })
end

local function make_network(network)
   local given = {}
   for name, value in pairs(network) do given[name] = value end
   given.name = nil
   return totality.models[network.name](given)
end

-- Both without decay of the weights: `network` says how much L2 there is.
local OPTIMIZERS = {
   adam = function(rate) return totality.optimizers.adam { learning_rate = rate } end,
   muon = function(rate) return totality.optimizers.muon { learning_rate = rate, weight_decay = 0 } end,
}

local OPTIMIZER_NAMES = {}
for name in pairs(OPTIMIZERS) do OPTIMIZER_NAMES[#OPTIMIZER_NAMES + 1] = name end
table.sort(OPTIMIZER_NAMES)

local function optimizer_of(run, rate)
   local name = run.optimizer or "adam"
   options.check_value(("run '%s'"):format(run.name), "optimizer", name,
      { type = "string", one_of = OPTIMIZER_NAMES })
   return OPTIMIZERS[name](rate)
end

--- Trains a network: `network` (name and options of `totality.models`), `data`, `validation` (descriptions of data),
--- `epochs`, `batch_size`, `optimizer` ("adam", the default, or "muon"), `learning_rate`, `seed`; `start`: an earlier
--- training whose weights it begins with, or `start_shipped`: those that come with the project; `fresh`: whether
--- every epoch has new curves. The learning rate falls to zero along half a cosine. An interrupted training continues
--- from its checkpoint.
---@return table|nil result loss, val_loss ... as lists over the epochs
---@return string? message
function kinds.train(run, context)
   local data, validation, message
   if run.fresh then
      data = kinds.synthetic(run.data, context.threads)
   else
      data, message = open_data(run.data, context)
      if not data then return nil, message end
   end
   if run.validation then
      validation, message = open_data(run.validation, context)
      if not validation then return nil, message end
   end
   local path, model = context.paths[run.name], make_network(run.network)
   if run.start or run.start_shipped then
      local loaded
      loaded, message = model:load_weights(run.start and context.paths[run.start] .. ".safetensors"
         or assert(shipped_weights(run.start_shipped)))
      if not loaded then return nil, message end
   end
   local steps = run.epochs * math.ceil(data:size() / run.batch_size)
   local rate = totality.schedules.cosine_decay { initial_learning_rate = run.learning_rate, decay_steps = steps }
   model:compile { metrics = { "balanced_accuracy" }, optimizer = optimizer_of(run, rate) }
   local history
   history, message = model:fit(data, { epochs = run.epochs, batch_size = run.batch_size, seed = run.seed,
      validation_data = validation, threads = context.threads, verbose = context.verbose,
      checkpoint = path .. ".checkpoint" })
   if not history then return nil, message end
   if history.interrupted then error("interrupted!", 0) end
   local saved
   saved, message = model:save(path .. ".safetensors")
   if not saved then return nil, message end
   os.remove(path .. ".checkpoint")
   return { loss = history.loss, val_loss = history.val_loss, val_balanced_accuracy = history.val_balanced_accuracy }
end

--- Tests a network: `model` (an earlier training) or `shipped` (weights that come with the project), `data`.
---@return table|nil result scores.of_probabilities, labels, probabilities
---@return string? message
function kinds.test(run, context)
   local data, model, message
   data, message = open_data(run.data, context)
   if not data then return nil, message end
   model, message = totality.load_model(run.shipped and assert(shipped_weights(run.shipped))
      or context.paths[run.model] .. ".safetensors")
   if not model then return nil, message end
   local labels, probabilities = {}, {}
   for first = 1, data:size(), 256 do
      local images, batch_labels = data:batch(first, math.min(256, data:size() - first + 1))
      local predicted = model:predict(images, { threads = context.threads })
      for k = 1, #batch_labels do
         labels[#labels + 1], probabilities[#probabilities + 1] = math.tointeger(batch_labels[k]), predicted[k]
      end
   end
   local result = scores.of_probabilities(labels, probabilities, population.TOTAL_SHARE)
   result.labels, result.probabilities = labels, probabilities
   return result
end

--- A bank of model curves in the folder of the experiment, made when it is first needed.
---@param bank table `size` and `seed`
---@param spots number of its population
---@return totality.Bank|nil bank
---@return string? message
function kinds.bank(bank, spots, context)
   local done, message = files.make_directory(context.directory .. "/data")
   if not done then return nil, message end
   return totality.bank { size = bank.size, seed = bank.seed, verbose = context.verbose,
      population = totality.population.survey { spots = spots }, threads = context.threads,
      path = ("%s/data/bank-%d-%d-%g.safetensors"):format(context.directory, bank.size, bank.seed, spots) }
end

--- Estimates the Bayes limit: `data`, `bank` (size and seed of the curves that are weighed); `knowledge`: what is
--- known of an observation, options of `totality.bayes_limit`.
---@return table|nil result achieved and claimed (value and error of each score), effective_size; labels,
--- probabilities, and those that `claimed` goes by, unflattened
---@return string? message
function kinds.limit(run, context)
   local bank, message = kinds.bank(run.bank, run.data.spots, context)
   if not bank then return nil, message end
   local given = { bank = bank, threads = context.threads }
   for name, value in pairs(run.knowledge or {}) do given[name] = value end
   local limit = totality.bayes_limit(kinds.synthetic(run.data, context.threads), given)
   return { achieved = limit.achieved, claimed = limit.claimed, effective_size = limit.effective_size,
      labels = limit.labels, probabilities = limit.scores, unflattened = limit.unflattened }
end

--- Whatever `calculate(run, context)` gives.
---@return table|nil result
---@return string? message
function kinds.calculate(run, context) return run.calculate(run, context) end

return kinds

--- A sequential network that tells two classes apart, with the interface of Keras.

local callbacks = require "totality.callbacks"
local core = require "totality.core"
local dataset = require "totality.dataset"
local layers = require "totality.layers"
local metric_tracker = require "totality.metric_tracker"
local optimizers = require "totality.optimizers"
local options = require "totality.options"
local summary = require "totality.summary"
local training = require "totality.training"

local M = {}

--- A sequential network, made by `totality.sequential`, `totality.models.NAME` or `totality.load_model`.
---@class totality.Model
---@field width integer of the images, pixels
---@field height integer
---@field metadata table what was saved with the weights, as strings
local Model = { __name = "totality.Model" }
Model.__index = Model

--- Makes a network from a list of layers, the last of which must be dense { units = 1, activation =
-- "sigmoid" }. Weights are drawn as in Keras (Glorot uniform, biases zero).
-- Convolutions are computed by the best kernel for this CPU, or by the one that the environment variable
-- TOTALITY_KERNEL names: avx512, avx2, portable; they differ by rounding only.
---@param given { width: integer, height: integer, channels?: integer, layers: table, name?: string,
--- seed?: integer }
function M.sequential(given)
   local what = "totality.sequential"
   local checked = options.check(what, given, {
      width = { type = "integer", required = true, minimum = 1 },
      height = { type = "integer", required = true, minimum = 1 },
      channels = { type = "integer", default = 1, minimum = 1 },
      layers = { type = "table", required = true },
      name = { type = "string", default = "sequential" },
      seed = { type = "integer", default = 0 },
   })
   local specification = {}
   for k, layer in ipairs(checked.layers) do
      options.check_value(what, ("layers[%d]"):format(k), layer, { class = "totality.Layer" })
      specification[k] = layer
   end
   -- called through pcall, core's message comes without the position of this line
   local made, network = pcall(core.network, checked.channels, checked.height, checked.width, specification,
      os.getenv "TOTALITY_KERNEL")
   if not made then options.fail(what, 2, "%s", network) end
   network:initialize(core.rng(checked.seed, 0))
   return setmetatable({
      name = checked.name, width = checked.width, height = checked.height, channels = checked.channels,
      layers = table.move(checked.layers, 1, #checked.layers, 1, {}), network = network, metadata = {},
   }, Model)
end

function Model:__tostring()
   return ("totality.Model(%s, %d x %d x %d, %d layers, %s parameters%s)"):format(self.name, self.height,
      self.width, self.channels, #self.layers, summary.group_digits(self.network:parameter_count()),
      self.compiled and ", compiled" or "")
end

--- Number of weights and biases.
function Model:count_params() return self.network:parameter_count() end

--- Prints Keras' table of the layers; print_fn gets each line instead of standard output.
---@param given? { print_fn?: function }
function Model:summary(given)
   local checked = options.check("model:summary", given, {
      print_fn = { type = "function", default = print },
   })
   for _, line in ipairs(summary.lines(self.name, self.network:layers())) do checked.print_fn(line) end
end

--- Says how to train: the optimizer (its state begins anew), the loss and what to measure besides.
-- Metrics: accuracy, balanced_accuracy, precision, recall, f1, roc_auc (each also with _score), log_loss.
---@param given? { optimizer?: table, loss?: "binary_crossentropy", metrics?: string[] }
function Model:compile(given)
   local what = "model:compile"
   local checked = options.check(what, given, {
      optimizer = { class = "totality.Optimizer", default = optimizers.adam() },
      loss = { type = "string", default = "binary_crossentropy", one_of = { "binary_crossentropy" } },
      metrics = { type = "table", default = {} },
   })
   metric_tracker.check_names(what, checked.metrics, 2)
   local optimizer = checked.optimizer
   self.compiled = {
      optimizer = optimizer, loss = checked.loss,
      metrics = table.move(checked.metrics, 1, #checked.metrics, 1, {}),
      state = core.optimizer("adam", self.network:parameter_count(), optimizer),
   }
   return self
end

local function need_compiled(self, what)
   if not self.compiled then options.fail(what, 3, "the model is not compiled; call model:compile first") end
end

-- Thread counts default to the processors, which changes the time but not one bit of the result.
local function threads_rule()
   return { type = "integer", default = core.processor_count(), minimum = 1, maximum = 256 }
end

-- The network's complaints about a batch, before a loop runs into them.
local function check_images(self, what, name, images, level)
   local count, channels, height, width = images:shape()
   if channels ~= self.channels or height ~= self.height or width ~= self.width then
      options.fail(what, level or 3, "%s has %s, the model takes count x %d x %d x %d (channels, height, "
         .. "width)", name, tostring(images), self.channels, self.height, self.width)
   end
   return count
end

local function check_dataset(self, what, name, data)
   local size = dataset.check(what, name, data, 3)
   if size < 1 then options.fail(what, 3, "%s is empty", name) end
   check_images(self, what, name, (data:batch(1, 1)), 4)
   return size
end

local function check_class_weight(what, weights)
   for label, weight in pairs(weights) do
      if label ~= 0 and label ~= 1 then
         options.fail(what, 3, "option 'class_weight' must map 0 and 1 to numbers, got a key %s",
         tostring(label))
      end
      options.check_value(what, ("class_weight[%d]"):format(label), weight,
         { type = "number", minimum = 0 }, 3)
   end
end

--- Trains. Epochs are numbered from initial_epoch + 1 to epochs. Same seed, data and batch size: same
-- bits, for any number of threads (seed decides the dropout; the order of the samples is the data set's).
-- Ctrl-C ends the training, not the program: with validation data the model then has the weights of its
-- lowest val_loss so far, and history.interrupted is true.
---@param data table a data set, see totality.dataset
---@param given? { epochs?: integer, batch_size?: integer, validation_data?: table, callbacks?: table,
--- verbose?: boolean, threads?: integer, seed?: integer, class_weight?: table, initial_epoch?: integer }
---@return table history loss, val_loss and metrics as lists over the epochs, and epoch
function Model:fit(data, given)
   local what = "model:fit"
   local checked = options.check(what, given, {
      epochs = { type = "integer", default = 1, minimum = 0 },
      initial_epoch = { type = "integer", default = 0, minimum = 0 },
      batch_size = { type = "integer", default = 32, minimum = 1 },
      validation_data = { type = "any" },
      callbacks = { type = "table", default = {} },
      verbose = { type = "boolean", default = true },
      threads = threads_rule(),
      seed = { type = "integer", default = 0 },
      class_weight = { type = "table" },
   })
   need_compiled(self, what)
   local size = check_dataset(self, what, "the training data", data)
   if checked.validation_data then
      check_dataset(self, what, "option 'validation_data'", checked.validation_data)
   end
   if checked.class_weight then check_class_weight(what, checked.class_weight) end
   return training.fit {
      model = self, dataset = data, size = size, validation = checked.validation_data,
      handlers = callbacks.check(what, checked.callbacks), epochs = checked.epochs,
      initial_epoch = checked.initial_epoch, batch_size = checked.batch_size, threads = checked.threads,
      seed = checked.seed, class_weight = checked.class_weight, verbose = checked.verbose,
      new_tensor = core.tensor,
   }
end

local batch_options = function()
   return { batch_size = { type = "integer", default = 32, minimum = 1 }, threads = threads_rule() }
end

--- Loss and metrics (those of compile) on a data set, as a table by name.
---@return table values
function Model:evaluate(data, given)
   local what = "model:evaluate"
   local checked = options.check(what, given, batch_options())
   need_compiled(self, what)
   local size = check_dataset(self, what, "the data", data)
   local tracker, loss_sum = metric_tracker.new(self.compiled.metrics), 0.0
   for first = 1, size, checked.batch_size do
      local count = math.min(checked.batch_size, size - first + 1)
      local images, labels = data:batch(first, count)
      local probabilities, loss = self.network:predict(checked.threads, images, labels)
      tracker:add(labels, probabilities)
      loss_sum = loss_sum + loss * count
   end
   local values = tracker:values()
   values.loss = loss_sum / size
   return values
end

--- The probability of label 1 for each image of a Tensor (count x channels x height x width) or of a data
-- set. With logits = true the number before the sigmoid.
---@return table probabilities a Tensor
function Model:predict(data, given)
   local what = "model:predict"
   local rules = batch_options()
   rules.logits = { type = "boolean", default = false }
   local checked = options.check(what, given, rules)
   local metatable = getmetatable(data)
   local tensor = type(metatable) == "table" and metatable.__name == "totality.Tensor"
   local size = tensor and check_images(self, what, "the tensor", data)
      or not tensor and check_dataset(self, what, "the data", data)
   local results = core.tensor(size)
   for first = 1, size, checked.batch_size do
      local count = math.min(checked.batch_size, size - first + 1)
      local images = tensor and data:rows(first, count) or data:batch(first, count)
      local method = checked.logits and "logits" or "predict"
      local part = self.network[method](self.network, checked.threads, images)
      for k = 1, count do results[first + k - 1] = part[k] end
   end
   return results
end

-- "input 1 100 100; conv2d 16 relu; max_pooling2d; ..."
local function architecture_of(self)
   local words = { ("input %d %d %d"):format(self.channels, self.height, self.width) }
   for _, layer in ipairs(self.layers) do words[#words + 1] = layer:text() end
   return table.concat(words, "; ")
end

local function model_of(architecture, name)
   local list, input = {}, nil
   for text in architecture:gmatch("[^;]+") do
      text = text:match("^%s*(.-)%s*$")
      if not input then
         input = { text:match("^input (%d+) (%d+) (%d+)$") }
         if #input ~= 3 then error("no input shape", 0) end
      else
         list[#list + 1] = layers.parse(text)
      end
   end
   if not input then error("no layers", 0) end
   return M.sequential { name = name, channels = tonumber(input[1]), height = tonumber(input[2]),
      width = tonumber(input[3]), layers = list }
end

--- Writes weights and architecture to a safetensors file. Metadata: names to strings, numbers or booleans;
-- "architecture" and "name" are taken. The file appears whole or not at all.
---@return boolean|nil saved, string|nil message
function Model:save(path, metadata)
   local what = "model:save"
   options.check_value(what, "path", path, { type = "string" })
   options.check_value(what, "metadata", metadata or {}, { type = "table" })
   local strings = { format = "totality", architecture = architecture_of(self), name = self.name }
   for name, value in pairs(metadata or {}) do
      local kind = type(value)
      if type(name) ~= "string" or not (kind == "string" or kind == "number" or kind == "boolean") then
         options.fail(what, 2, "metadata must map names to strings, numbers or booleans, got %s = %s",
            tostring(name), kind)
      end
      if strings[name] and strings[name] ~= value then
         options.fail(what, 2, "metadata: the name '%s' is taken", name)
      end
      strings[name] = tostring(value)
   end
   return self.network:save(path, strings)
end

--- Takes the weights of a file, which must be those of a network of the same shape.
---@return boolean|nil loaded, string|nil message
function Model:load_weights(path)
   options.check_value("model:load_weights", "path", path, { type = "string" })
   return self.network:load(path)
end

--- A model from a file that model:save wrote; what else was saved is in model.metadata.
---@return table|nil model, string|nil message
function M.load_model(path)
   options.check_value("totality.load_model", "path", path, { type = "string" })
   local metadata, message = core.read_metadata(path)
   if not metadata then return nil, message end
   if not metadata.architecture then
      return nil, ("%s: no architecture in the metadata; make the model and use "
         .. "model:load_weights"):format(path)
   end
   local made, model = pcall(model_of, metadata.architecture, metadata.name or "sequential")
   if not made then return nil, ("%s: bad architecture: %s"):format(path, tostring(model):match("[^\n]*")) end
   local loaded, reason = model:load_weights(path)
   if not loaded then return nil, reason end
   model.metadata = metadata
   return model
end

return M

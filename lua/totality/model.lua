--- A sequential network that tells two or more classes apart, with the interface of Keras.

local attempt = require("totality.interruption").attempt
local callbacks = require "totality.callbacks"
local core = require "totality.core"
local dataset = require "totality.dataset"
local files = require "totality.files"
local layers = require "totality.layers"
local metric_tracker = require "totality.metric_tracker"
local onnx = require "totality.onnx"
local optimizers = require "totality.optimizers"
local options = require "totality.options"
local summary = require "totality.summary"
local training = require "totality.training"
local weights = require "totality.weights"

local M = {}

--- A sequential network, made by `totality.sequential`, `totality.models.NAME` or `totality.load_model`.
---@class totality.Model
---@field width integer of the images, pixels
---@field height integer
---@field metadata table what was saved with the weights, as strings
---@field precision "fp32"|"bf16" of the computation, see model:compile
local Model = { __name = "totality.Model" }
Model.__index = Model

local PRECISIONS = { "fp32", "bf16" }

--- Makes a network from a list of layers. The last must be dense { units = 1, activation = "sigmoid" }, or
-- for K >= 2 classes dense { units = K, activation = "softmax" } (or these activations as a layer). Weights are
-- drawn as in Keras (Glorot uniform, biases zero).
-- Convolutions are computed by the best kernel for this CPU, or by the one that the environment variable
-- TOTALITY_KERNEL names: avx512, avx2, portable, in bf16 also amx and, for tests, amx-emulated; they differ
-- by rounding only. A name that this precision doesn't have leaves the choice.
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
   local made, network = attempt(core.network, checked.channels, checked.height, checked.width, specification,
      os.getenv "TOTALITY_KERNEL")
   if not made then options.fail(what, 2, "%s", network) end
   network:initialize(core.rng(checked.seed, 0))
   return setmetatable({
      name = checked.name, width = checked.width, height = checked.height, channels = checked.channels,
      layers = table.move(checked.layers, 1, #checked.layers, 1, {}), network = network, metadata = {},
      precision = "fp32",
   }, Model)
end

function Model:__tostring()
   return ("totality.Model(%s, %d x %d x %d, %d layers, %s parameters%s)"):format(self.name, self.height,
      self.width, self.channels, #self.layers, summary.group_digits(self.network:parameter_count()),
      self.compiled and ", compiled" or "")
end

-- Outputs: 1 for a sigmoid, K for a softmax.
local function outputs_of(self)
   local list = self.network:layers()
   return list[#list].channels
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

-- Through pcall, as above.
local function set_precision(self, what, precision)
   local set, message = attempt(self.network.set_precision, self.network, precision, os.getenv "TOTALITY_KERNEL")
   if not set then options.fail(what, 3, "%s", message) end
   self.precision = precision
end

local function rate_of_first_step(optimizer) return optimizer:scheduled(0, 1) or optimizer.learning_rate end

-- The moments of an optimizer for the parameters of a network, and all that core needs to know of it.
local function new_state(what, optimizer, network)
   -- as the description, but that the learning rate is a number
   local settings = setmetatable({ learning_rate = rate_of_first_step(optimizer) }, { __index = optimizer })
   local state = core.optimizer(optimizer.kind, network:parameter_count(), settings)
   if optimizer.kind ~= "muon" then return state end
   for _, name in ipairs(optimizer.exclude_layers) do
      if #weights.matching(network, name) == 0 then
         options.fail(what, 3, "exclude_layers of the optimizer: no layer is called '%s'; there are %s", name,
            weights.layer_names(network))
      end
   end
   for _, matrix in ipairs(weights.matrices(network, optimizer.exclude_layers)) do
      state:add_matrix(table.unpack(matrix))
   end
   return state
end

--- Says how to train: the optimizer (its state begins anew), the loss and what to measure besides.
-- The loss is binary_crossentropy for a network with a sigmoid, categorical_crossentropy for a softmax;
-- label_smoothing s mixes the labels with s of the same probability for each class.
-- Metrics: accuracy, balanced_accuracy; for two classes also precision, recall, f1, roc_auc (each also with
-- _score), log_loss.
-- Precision: with "bf16" the images between convolutions and the weights are rounded to bfloat16 (8 bits of
-- mantissa) where they are multiplied; sums, gradients and the weights that are trained, saved and loaded stay
-- float32. It is meant for CPUs with AMX, about as fast as fp32 with AVX512_BF16 and slower without; the images
-- take half the memory. It holds for predict and evaluate, too. Default: as it is, "fp32" in a new model.
---@param given? { optimizer?: table, loss?: "binary_crossentropy"|"categorical_crossentropy",
--- label_smoothing?: number, metrics?: string[], precision?: "fp32"|"bf16" } label_smoothing in [0, 1)
function Model:compile(given)
   local what = "model:compile"
   local outputs = outputs_of(self)
   local loss = outputs == 1 and "binary_crossentropy" or "categorical_crossentropy"
   local checked = options.check(what, given, {
      optimizer = { class = "totality.Optimizer", default = optimizers.adam() },
      loss = { type = "string", default = loss, one_of = { "binary_crossentropy", "categorical_crossentropy" } },
      label_smoothing = { type = "number", default = 0, minimum = 0, below = 1 },
      metrics = { type = "table", default = {} },
      precision = { type = "string", default = self.precision, one_of = PRECISIONS },
   })
   if checked.loss ~= loss then
      options.fail(what, 2, "the loss of a network with %d output%s is %s", outputs, outputs == 1 and "" or "s", loss)
   end
   metric_tracker.check_names(what, checked.metrics, outputs, 2)
   if checked.precision ~= self.precision then set_precision(self, what, checked.precision) end
   local optimizer = checked.optimizer
   self.compiled = {
      optimizer = optimizer, loss = loss, label_smoothing = checked.label_smoothing,
      metrics = table.move(checked.metrics, 1, #checked.metrics, 1, {}),
      state = new_state(what, optimizer, self.network),
   }
   return self
end

local function need_compiled(self, what)
   if not self.compiled then options.fail(what, 3, "the model is not compiled; call model:compile first") end
end

--- The learning rate of the next step, unless a schedule sets it.
---@return number
function Model:learning_rate()
   need_compiled(self, "model:learning_rate")
   return self.compiled.state:learning_rate()
end

--- Sets the learning rate, for an optimizer that has no schedule.
---@param rate number at least 0
function Model:set_learning_rate(rate)
   local what = "model:set_learning_rate"
   need_compiled(self, what)
   options.check_value(what, "rate", rate, { type = "number", minimum = 0 })
   if type(self.compiled.optimizer.learning_rate) ~= "number" then
      options.fail(what, 2, "the optimizer's learning rate follows a schedule")
   end
   self.compiled.state:set_learning_rate(rate)
end

local function set_trainable(self, what, pattern, trainable)
   options.check_value(what, "pattern", pattern, { type = "string" }, 3)
   local numbers = weights.matching(self.network, pattern)
   if #numbers == 0 then
      options.fail(what, 3, "no layer is called '%s'; there are %s", pattern, weights.layer_names(self.network))
   end
   for _, k in ipairs(numbers) do self.network:set_trainable(k, trainable) end
   return self
end

--- Freezes layers: training leaves their parameters as they are.
---@param pattern string a layer's name as in the summary; "*" stands for anything: "conv2d*"
---@return totality.Model model itself
function Model:freeze(pattern) return set_trainable(self, "model:freeze", pattern, false) end

--- Lets frozen layers be trained again.
---@param pattern string as for model:freeze
---@return totality.Model model itself
function Model:unfreeze(pattern) return set_trainable(self, "model:unfreeze", pattern, true) end

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

local function check_class_weight(what, class_weight, classes)
   for label, weight in pairs(class_weight) do
      if not math.tointeger(label) or label < 0 or label >= classes then
         options.fail(what, 3, "option 'class_weight' must map 0 and %d to numbers, got a key %s", classes - 1,
            tostring(label))
      end
      options.check_value(what, ("class_weight[%d]"):format(label), weight,
         { type = "number", minimum = 0 }, 3)
   end
end

local EVERY = {
   epochs = { type = "integer", minimum = 1 }, batches = { type = "integer", minimum = 1 },
   seconds = { type = "number", minimum = 0 },
}

--- Trains. Epochs are numbered from initial_epoch + 1 to epochs. Same seed, data and batch size: same
-- bits, for any number of threads (seed decides the dropout; the order of the samples is the data set's).
-- Ctrl-C ends the training, not the program: with validation data the model then has the weights of its
-- lowest val_loss so far, and history.interrupted is true.
--
-- With `checkpoint`, the name of a file, the state of the training is written there every so many epochs,
-- batches or seconds (checkpoint_every; default after each epoch and every 300 seconds within it), and at the end.
-- Where that file exists, the same call continues from it, with the same bits as if nothing had happened
-- in between; a file of another training is refused. When a checkpoint can't be written, a warning is printed,
-- history.checkpoint_failure says why, the last one stays and the training goes on. The file is a model's as
-- well (totality.load_model). Data sets must give the same batch for the same arguments; callbacks with a state
-- need get_state and set_state (see totality.callbacks).
---@param data table a data set, see totality.dataset
---@param given? { epochs?: integer, batch_size?: integer, validation_data?: table, callbacks?: table,
--- verbose?: boolean, threads?: integer, seed?: integer, class_weight?: table, initial_epoch?: integer,
--- checkpoint?: string, checkpoint_every?: { epochs?: integer, batches?: integer, seconds?: number } }
---@return totality.History|nil history loss, val_loss and metrics as lists over the epochs, and epoch
---@return string? message why the checkpoint can't be used
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
      checkpoint = { type = "string" },
      checkpoint_every = { type = "table", default = { epochs = 1, seconds = 300 } },
   })
   need_compiled(self, what)
   local outputs = outputs_of(self)
   local size = check_dataset(self, what, "the training data", data)
   if checked.validation_data then
      check_dataset(self, what, "option 'validation_data'", checked.validation_data)
   end
   if checked.class_weight then check_class_weight(what, checked.class_weight, math.max(2, outputs)) end
   return training.fit {
      model = self, outputs = outputs, dataset = data, size = size, validation = checked.validation_data,
      callbacks = checked.callbacks, handlers = callbacks.check(what, checked.callbacks), epochs = checked.epochs,
      initial_epoch = checked.initial_epoch, batch_size = checked.batch_size, threads = checked.threads,
      seed = checked.seed, class_weight = checked.class_weight, verbose = checked.verbose,
      checkpoint = checked.checkpoint,
      checkpoint_every = options.check(what .. ": option 'checkpoint_every'", checked.checkpoint_every, EVERY),
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
   local compiled = self.compiled
   local tracker, loss_sum = metric_tracker.new(compiled.metrics, outputs_of(self)), 0.0
   for first = 1, size, checked.batch_size do
      local count = math.min(checked.batch_size, size - first + 1)
      local images, labels, sample_weights = data:batch(first, count)
      local probabilities, loss = self.network:predict(checked.threads, images, labels, sample_weights,
         compiled.label_smoothing)
      tracker:add(labels, probabilities)
      loss_sum = loss_sum + loss * count
   end
   local values = tracker:values()
   values.loss = loss_sum / size
   return values
end

--- The probability of label 1 for each image of a Tensor (count x channels x height x width) or of a data
-- set; for K classes, those of all, count x K. With logits = true the numbers before the sigmoid or softmax.
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
   local outputs = outputs_of(self)
   local results = outputs == 1 and core.tensor(size) or core.tensor(size, outputs)
   for first = 1, size, checked.batch_size do
      local count = math.min(checked.batch_size, size - first + 1)
      local images = tensor and data:rows(first, count) or data:batch(first, count)
      local method = checked.logits and "logits" or "predict"
      local part = self.network[method](self.network, checked.threads, images)
      results:set_rows(first, part)
   end
   return results
end

--- The layers as one line of text: "input 1 100 100; conv2d 16 relu; max_pooling2d; ..."
---@return string
function Model:architecture()
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

--- What every file of this model says of it, and `more`, as strings.
---@param more table<string, string>
---@return table<string, string>
function Model:file_metadata(more)
   more.format, more.architecture, more.name = "totality", self:architecture(), self.name
   return more
end

--- Writes weights and architecture to a safetensors file. Metadata: names to strings, numbers or booleans;
-- "architecture" and "name" are taken. The file appears whole or not at all.
---@return boolean|nil saved, string|nil message
function Model:save(path, metadata)
   local what = "model:save"
   options.check_value(what, "path", path, { type = "string" })
   options.check_value(what, "metadata", metadata or {}, { type = "table" })
   local strings = self:file_metadata {}
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

--- Writes the model as an ONNX file (opset 13) for other runtimes. Input "image": float32, n x channels x height
-- x width; output "probability": n x 1 of label 1, or n x K of the classes. The metadata are those of model:save
-- and model.metadata.
---@param path string
---@return boolean|nil written, string|nil message
function Model:export_onnx(path)
   options.check_value("model:export_onnx", "path", path, { type = "string" })
   local described = {}
   for k, layer in ipairs(self.network:layers()) do
      described[k] = setmetatable({ name = layer.name }, { __index = self.layers[k] })
   end
   local metadata = {}
   for name, value in pairs(self.metadata) do metadata[name] = value end
   return files.write(path, onnx.model {
      name = self.name, channels = self.channels, height = self.height, width = self.width,
      outputs = outputs_of(self), layers = described, tensors = self.network:tensors(),
      metadata = self:file_metadata(metadata),
   })
end

--- Takes the weights of a file, which must be those of a network of the same shape. With `layers`, only
-- those of the layers of these names are taken (those of a pretrained network, say), and the file may hold others;
-- with skip_mismatched, arrays that are missing in the file or have another shape stay as they are.
---@param path string
---@param given? { layers?: string[], skip_mismatched?: boolean } names as for model:freeze: { "conv2d*" }
---@return boolean|nil loaded, string|nil message
function Model:load_weights(path, given)
   local what = "model:load_weights"
   options.check_value(what, "path", path, { type = "string" })
   local checked = options.check(what, given, {
      layers = { type = "table" }, skip_mismatched = { type = "boolean", default = false },
   })
   if not checked.layers and not checked.skip_mismatched then return self.network:load(path) end
   for k, pattern in ipairs(checked.layers or {}) do
      options.check_value(what, ("layers[%d]"):format(k), pattern, { type = "string" })
      if #weights.matching(self.network, pattern) == 0 then
         options.fail(what, 2, "no layer is called '%s'; there are %s", pattern, weights.layer_names(self.network))
      end
   end
   return weights.load_some(self.network, path, checked.layers or { "*" }, checked.skip_mismatched)
end

--- A model from a file that model:save wrote; what else was saved is in model.metadata.
---@param path string
---@param given? { precision?: "fp32"|"bf16" } of the computation, see model:compile; default fp32
---@return table|nil model, string|nil message
function M.load_model(path, given)
   options.check_value("totality.load_model", "path", path, { type = "string" })
   local checked = options.check("totality.load_model", given, {
      precision = { type = "string", default = "fp32", one_of = PRECISIONS },
   })
   local metadata, message = core.read_metadata(path)
   if not metadata then return nil, message end
   if not metadata.architecture then
      return nil, ("%s: no architecture in the metadata; make the model and use "
         .. "model:load_weights"):format(path)
   end
   local made, model = attempt(model_of, metadata.architecture, metadata.name or "sequential")
   if not made then return nil, ("%s: bad architecture: %s"):format(path, tostring(model):match("[^\n]*")) end
   local loaded, reason = model:load_weights(path)
   if not loaded then return nil, reason end
   model.metadata = metadata
   if checked.precision ~= "fp32" then set_precision(model, "totality.load_model", checked.precision) end
   return model
end

return M

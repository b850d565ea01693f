--- The state of a training in a file, so that it continues after any interruption as if there had been none.
--
-- A checkpoint is a model's file (totality.load_model reads it) with more: the tensors "training.N" and, in
-- the metadata, "training", a JSON text of everything else. It appears whole or not at all.

local attempt = require("totality.interruption").attempt
local core = require "totality.core"
local json = require "totality.json"

local checkpoint = {}

local PREFIX = "training."

-- The sum of the first sample's pixels tells whether the data are others; their text, how many and of what kind.
local function data_text(data)
   local metatable = getmetatable(data)
   local named = type(metatable) == "table" and metatable.__tostring
   local sum = 0.0
   for _, value in ipairs((data:batch(1, 1)):to_table()) do sum = sum + value end
   return ("%s, first image %.9g"):format(named and tostring(data) or "a data set", sum)
end

local function sorted_pairs_text(map)
   local words = {}
   for key, value in pairs(map or {}) do words[#words + 1] = ("%s=%.17g"):format(key, value) end
   table.sort(words)
   return table.concat(words, " ")
end

-- All that decides the result besides the state: by name, as text.
local function recipe_of(run)
   local compiled, frozen, names = run.model.compiled, {}, {}
   for _, layer in ipairs(run.model.network:layers()) do
      if not layer.trainable then frozen[#frozen + 1] = layer.name end
   end
   for k, callback in ipairs(run.callbacks) do
      local metatable = getmetatable(callback)
      names[k] = type(metatable) == "table" and metatable.__name or type(callback)
   end
   return {
      architecture = run.model:architecture(),
      optimizer = compiled.optimizer:text(),
      loss = ("%s, label_smoothing %.17g"):format(compiled.loss, compiled.label_smoothing),
      metrics = table.concat(compiled.metrics, " "),
      precision = run.model.precision,
      frozen = table.concat(frozen, " "),
      class_weight = sorted_pairs_text(run.class_weight),
      seed = ("%d"):format(run.seed),
      batch_size = ("%d"):format(run.batch_size),
      samples = ("%d"):format(run.size),
      data = data_text(run.dataset),
      validation_data = run.validation and data_text(run.validation) or "none",
      callbacks = table.concat(names, " "),
   }
end

local function callback_states(run)
   local states = {}
   for k, callback in ipairs(run.callbacks) do
      states[k] = type(callback) == "table" and callback.get_state and { state = callback:get_state() } or {}
   end
   return states
end

-- Lists only: the history's other fields belong to one call of fit.
local function history_lists(history)
   local lists = {}
   for name, values in pairs(history) do
      if type(values) == "table" then lists[name] = values end
   end
   return lists
end

--- Writes the state of a run, between two batches, to its checkpoint.
---@return boolean|nil written
---@return string? message
function checkpoint.write(run)
   local model = run.model
   local first, second = model.compiled.state:moments()
   local state = {
      recipe = run.recipe,
      epoch = run.epoch, batch = run.batch, loss_sum = run.loss_sum, stopped = model.stop_training,
      tracker = run.tracker:get_state(),
      best_loss = run.best_loss, best_parameters = run.best_parameters,
      optimizer = { steps = model.compiled.state:steps(), learning_rate = model.compiled.state:learning_rate(),
         first = first, second = second },
      history = history_lists(run.history),
      callbacks = callback_states(run),
   }
   local tensors, count = {}, 0
   local text = json.encode(state, function(tensor)
      count = count + 1
      local name = ("%s%d"):format(PREFIX, count)
      tensors[name] = tensor
      return { tensor = name }
   end)
   local metadata = model:file_metadata { training = text }
   return model.network:save(run.checkpoint, metadata, tensors)
end

-- Puts the tensors in the places where their names are.
local function fill_in(value, tensors)
   if type(value) ~= "table" then return value end
   if value.tensor then return tensors[value.tensor] end
   for key, item in pairs(value) do value[key] = fill_in(item, tensors) end
   return value
end

local function difference(saved, recipe)
   local names = {}
   for name in pairs(recipe) do names[#names + 1] = name end
   table.sort(names)
   for _, name in ipairs(names) do
      if saved[name] ~= recipe[name] then
         return ("%s was \"%s\", it is \"%s\" now"):format(name, saved[name] or "?", recipe[name])
      end
   end
end

--- Reads the state of a run from its checkpoint, if there is one.
---@return table|false|nil state false when there is no file
---@return string? message
function checkpoint.read(run)
   local path = run.checkpoint
   local file = io.open(path, "rb")
   if not file then return false end
   file:close()
   local tensors, metadata = core.read_tensors(path)
   if not tensors then return nil, metadata end
   local read, state = attempt(json.decode, metadata.training or "")
   if not read or type(state) ~= "table" or type(state.recipe) ~= "table" then
      return nil, path .. ": this file is no checkpoint of a training; choose another name for the checkpoint"
   end
   local other = difference(state.recipe, run.recipe)
   if other then
      return nil, ("%s: this is the checkpoint of another training: %s; choose another name, or remove the file")
         :format(path, other)
   end
   return fill_in(state, tensors)
end

--- Takes over a state that `read` gave. The callbacks have seen on_train_begin.
---@return boolean|nil restored
---@return string? message
function checkpoint.restore(run, state)
   local model, optimizer = run.model, state.optimizer
   local loaded, message = model.network:load(run.checkpoint)
   if not loaded then return nil, message end
   model.compiled.state:restore(optimizer.steps, optimizer.learning_rate, optimizer.first, optimizer.second)
   run.epoch, run.batch, run.loss_sum = state.epoch, state.batch, state.loss_sum
   run.tracker:set_state(state.tracker)
   run.best_loss, run.best_parameters = state.best_loss, state.best_parameters
   model.stop_training = state.stopped
   for name, values in pairs(state.history) do run.history[name] = values end
   for k, callback in ipairs(run.callbacks) do
      local saved = state.callbacks[k].state
      if saved then callback:set_state(saved) end
   end
   run.history.resumed = true
   return true
end

--- Fills in what a run needs for checkpoints.
function checkpoint.prepare(run)
   if run.checkpoint then run.recipe = recipe_of(run) end
end

return checkpoint

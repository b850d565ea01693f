--- What happens between the batches and epochs of fit.
--
-- A callback is a table with any of these methods, or a function, which then is on_epoch_end:
--   on_train_begin(self, model)           on_train_end(self, model)
--   on_epoch_begin(self, epoch, model)    on_epoch_end(self, epoch, logs, model)
--   on_batch_end(self, batch, logs, model)
-- (a function is called without self). `logs` maps "loss", "val_loss" and the metrics' names to
-- numbers. `model.stop_training = true` ends the training after the epoch.

local options = require "totality.options"

local callbacks = {}

local events = { "on_train_begin", "on_train_end", "on_epoch_begin", "on_epoch_end", "on_batch_end" }

--- Checks a list of callbacks on behalf of `what`; returns callables by event, in the list's order.
function callbacks.check(what, list, level)
   local handlers = {}
   for _, event in ipairs(events) do handlers[event] = {} end
   for k, callback in ipairs(list) do
      local found = false
      if type(callback) == "function" then
         table.insert(handlers.on_epoch_end, callback)
         found = true
      elseif type(callback) == "table" then
         for _, event in ipairs(events) do
            if callback[event] then
               table.insert(handlers[event], function(...) return callback[event](callback, ...) end)
               found = true
            end
         end
      end
      if not found then
         options.fail(what, (level or 2) + 1, "callbacks[%d] must be a function or a table with a method %s",
            k, table.concat(events, ", "))
      end
   end
   return handlers
end

-- Whether less is better: as the name of what is watched says, or as the user does.
local function falls(monitor, mode)
   if mode ~= "auto" then return mode == "min" end
   return monitor:find("loss$") ~= nil
end

local function watched(self, what, logs)
   local value = logs[self.monitor]
   if value then return value end
   local names = {}
   for name in pairs(logs) do names[#names + 1] = name end
   table.sort(names)
   error(("%s: '%s' is not measured; measured are %s"):format(what, self.monitor,
      table.concat(names, ", ")), 0)
end

-- Better than the best so far by more than min_delta? NaN never is.
local function improves(self, value)
   if not self.best then return value == value end
   local gain = self.falls and self.best - value or value - self.best
   return gain > self.min_delta
end

local EarlyStopping = { __name = "totality.EarlyStopping" }
EarlyStopping.__index = EarlyStopping

function EarlyStopping:on_train_begin()
   self.best, self.best_parameters, self.best_epoch, self.wait, self.stopped_epoch = nil, nil, nil, 0, nil
end

function EarlyStopping:on_epoch_end(epoch, logs, model)
   local value = watched(self, "early_stopping", logs)
   if improves(self, value) then
      self.best, self.best_epoch, self.wait = value, epoch, 0
      if self.restore_best_weights then self.best_parameters = model.network:parameters() end
      return
   end
   self.wait = self.wait + 1
   if self.wait >= self.patience then
      self.stopped_epoch = epoch
      model.stop_training = true
   end
end

function EarlyStopping:on_train_end(model)
   if self.best_parameters then model.network:set_parameters(self.best_parameters) end
   self.best_parameters = nil
end

function EarlyStopping:__tostring()
   return ("totality.EarlyStopping(%s, patience %d)"):format(self.monitor, self.patience)
end

local mode = { type = "string", default = "auto", one_of = { "auto", "min", "max" } }

--- Ends the training when `monitor` has not improved by more than min_delta for `patience` epochs. With
-- restore_best_weights the model ends with the weights of its best epoch, however training ended.
---@param given? { monitor?: string, patience?: integer, min_delta?: number,
--- restore_best_weights?: boolean, mode?: "auto"|"min"|"max" }
function callbacks.early_stopping(given)
   local self = options.check("callbacks.early_stopping", given, {
      monitor = { type = "string", default = "val_loss" },
      patience = { type = "integer", default = 0, minimum = 0 },
      min_delta = { type = "number", default = 0, minimum = 0 },
      restore_best_weights = { type = "boolean", default = false },
      mode = mode,
   })
   self.falls = falls(self.monitor, self.mode)
   return setmetatable(self, EarlyStopping)
end

local ModelCheckpoint = { __name = "totality.ModelCheckpoint" }
ModelCheckpoint.__index = ModelCheckpoint

function ModelCheckpoint:on_train_begin() self.best = nil end

-- "{epoch:02d}" and "{val_loss:.3f}" stand for numbers, as in Keras.
local function fill_in(path, epoch, logs)
   return (path:gsub("{([%w_]+):?([^{}]*)}", function(name, format)
      local value = name == "epoch" and epoch or logs[name]
      if not value then return nil end
      local fits, text = pcall(string.format, "%" .. (format == "" and "s" or format), value)
      if not fits then error(("model_checkpoint: bad format '%s' in the path"):format(format), 0) end
      return text
   end))
end

function ModelCheckpoint:on_epoch_end(epoch, logs, model)
   if self.save_best_only then
      local value = watched(self, "model_checkpoint", logs)
      if not improves(self, value) then return end
      self.best = value
   end
   local metadata = { epoch = tostring(epoch) }
   for name, value in pairs(logs) do metadata[name] = ("%.9g"):format(value) end
   local saved, message = model:save(fill_in(self.path, epoch, logs), metadata)
   if not saved then error("model_checkpoint: " .. message, 0) end
end

function ModelCheckpoint:__tostring() return ("totality.ModelCheckpoint(%s)"):format(self.path) end

--- Saves the model after every epoch, or after every epoch that improves `monitor`. The path may
-- contain {epoch} and the names of what is measured, with a format: "best-{epoch:02d}-{val_loss:.3f}".
---@param given { path: string, monitor?: string, save_best_only?: boolean, mode?: "auto"|"min"|"max" }
function callbacks.model_checkpoint(given)
   local self = options.check("callbacks.model_checkpoint", given, {
      path = { type = "string", required = true },
      monitor = { type = "string", default = "val_loss" },
      save_best_only = { type = "boolean", default = false },
      mode = mode,
   })
   self.falls, self.min_delta = falls(self.monitor, self.mode), 0
   return setmetatable(self, ModelCheckpoint)
end

local LearningRateScheduler = { __name = "totality.LearningRateScheduler" }
LearningRateScheduler.__index = LearningRateScheduler

function LearningRateScheduler:on_epoch_begin(epoch, model)
   local rate = self.schedule(epoch)
   options.check_value("learning_rate_scheduler", "the rate of epoch " .. epoch, rate,
      { type = "number", minimum = 0 })
   model.compiled.state:set_learning_rate(rate)
end

LearningRateScheduler.__tostring = function() return "totality.LearningRateScheduler" end

--- Sets the learning rate before each epoch.
---@param schedule fun(epoch: integer): number epochs from 1
function callbacks.learning_rate_scheduler(schedule)
   options.check_value("callbacks.learning_rate_scheduler", "schedule", schedule, { type = "function" })
   return setmetatable({ schedule = schedule }, LearningRateScheduler)
end

return callbacks

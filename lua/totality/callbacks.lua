--- What happens between the batches and epochs of fit.
--
-- A callback is a table with any of these methods, or a function, which then is on_epoch_end:
--   on_train_begin(self, model)           on_train_end(self, model)
--   on_epoch_begin(self, epoch, model)    on_epoch_end(self, epoch, logs, model)
--   on_batch_end(self, batch, logs, model)
-- (a function is called without self). `logs` maps "loss", "val_loss" and the metrics' names to
-- numbers. `model.stop_training = true` ends the training after the epoch.
--
-- A training that is to continue from a checkpoint (model:fit's `checkpoint`) keeps the state of callbacks that
-- have two methods more, and calls the second after on_train_begin:
--   get_state(self) -> a table of numbers, strings, booleans, Tensors and such tables
--   set_state(self, state)

local attempt = require("totality.interruption").attempt
local csv = require "totality.csv"
local files = require "totality.files"
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

-- The fields that a callback's state consists of.
local function keep(self, names)
   local state = {}
   for _, name in ipairs(names) do state[name] = self[name] end
   return state
end

local function take(self, names, state)
   for _, name in ipairs(names) do self[name] = state[name] end
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

local EARLY_STOPPING_STATE = { "best", "best_parameters", "best_epoch", "wait", "stopped_epoch" }

function EarlyStopping:get_state() return keep(self, EARLY_STOPPING_STATE) end

function EarlyStopping:set_state(state) take(self, EARLY_STOPPING_STATE, state) end

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

function ModelCheckpoint:get_state() return { best = self.best } end

function ModelCheckpoint:set_state(state) self.best = state.best end

-- "{epoch:02d}" and "{val_loss:.3f}" stand for numbers, as in Keras.
local function fill_in(path, epoch, logs)
   return (path:gsub("{([%w_]+):?([^{}]*)}", function(name, format)
      local value = name == "epoch" and epoch or logs[name]
      if not value then return nil end
      local fits, text = attempt(string.format, "%" .. (format == "" and "s" or format), value)
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

--- Saves the model after every epoch, or after every epoch that improves `monitor`. (To continue a training
-- that was interrupted, use model:fit's option `checkpoint`.) The path may
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
   model:set_learning_rate(rate)
end

LearningRateScheduler.__tostring = function() return "totality.LearningRateScheduler" end

--- Sets the learning rate before each epoch.
---@param schedule fun(epoch: integer): number epochs from 1
function callbacks.learning_rate_scheduler(schedule)
   options.check_value("callbacks.learning_rate_scheduler", "schedule", schedule, { type = "function" })
   return setmetatable({ schedule = schedule }, LearningRateScheduler)
end

local ReduceLROnPlateau = { __name = "totality.ReduceLROnPlateau" }
ReduceLROnPlateau.__index = ReduceLROnPlateau

function ReduceLROnPlateau:on_train_begin() self.best, self.wait, self.resting = nil, 0, 0 end

function ReduceLROnPlateau:on_epoch_end(_, logs, model)
   local value = watched(self, "reduce_lr_on_plateau", logs)
   if self.resting > 0 then self.resting, self.wait = self.resting - 1, 0 end
   if improves(self, value) then
      self.best, self.wait = value, 0
   elseif self.resting == 0 then
      self.wait = self.wait + 1
      local rate = model:learning_rate()
      if self.wait >= self.patience and rate > self.min_lr then
         model:set_learning_rate(math.max(rate * self.factor, self.min_lr))
         self.resting, self.wait = self.cooldown, 0
      end
   end
end

local PLATEAU_STATE = { "best", "wait", "resting" }

function ReduceLROnPlateau:get_state() return keep(self, PLATEAU_STATE) end

function ReduceLROnPlateau:set_state(state) take(self, PLATEAU_STATE, state) end

function ReduceLROnPlateau:__tostring()
   return ("totality.ReduceLROnPlateau(%s, factor %g, patience %d)"):format(self.monitor, self.factor, self.patience)
end

--- Multiplies the learning rate by `factor` when `monitor` has not improved by more than min_delta for
-- `patience` epochs; afterwards `cooldown` epochs don't count. The rate doesn't fall below min_lr.
---@param given? { monitor?: string, factor?: number, patience?: integer, min_delta?: number, cooldown?: integer,
--- min_lr?: number, mode?: "auto"|"min"|"max" }
function callbacks.reduce_lr_on_plateau(given)
   local self = options.check("callbacks.reduce_lr_on_plateau", given, {
      monitor = { type = "string", default = "val_loss" },
      factor = { type = "number", default = 0.1, above = 0, below = 1 },
      patience = { type = "integer", default = 10, minimum = 1 },
      min_delta = { type = "number", default = 1e-4, minimum = 0 },
      cooldown = { type = "integer", default = 0, minimum = 0 },
      min_lr = { type = "number", default = 0, minimum = 0 },
      mode = mode,
   })
   self.falls = falls(self.monitor, self.mode)
   return setmetatable(self, ReduceLROnPlateau)
end

local CSVLogger = { __name = "totality.CSVLogger" }
CSVLogger.__index = CSVLogger

function CSVLogger:on_train_begin()
   self.lines = {}
   if not self.append then return end
   local file = io.open(self.path, "r")
   if not file then return end
   for line in file:lines() do self.lines[#self.lines + 1] = line end
   file:close()
end

-- The file is written anew each time, so that it never ends within a line, nor with rows of epochs that a
-- continued training repeats.
function CSVLogger:on_epoch_end(epoch, logs, model)
   local names = { "epoch", "learning_rate" }
   for name in pairs(logs) do names[#names + 1] = name end
   table.sort(names, function(a, b)
      local first, second = a == "epoch", b == "epoch"
      if first ~= second then return first end
      return a < b
   end)
   local header, fields = csv.line(names), {}
   if not self.lines[1] then self.lines[1] = header end
   if self.lines[1] ~= header then
      error(("csv_logger: %s: its columns are %s, those of this training %s"):format(self.path, self.lines[1],
         header), 0)
   end
   local values = setmetatable({ epoch = epoch, learning_rate = model:learning_rate() }, { __index = logs })
   for k, name in ipairs(names) do
      local value = values[name]
      fields[k] = math.type(value) == "integer" and ("%d"):format(value) or ("%.9g"):format(value)
   end
   self.lines[#self.lines + 1] = csv.line(fields)
   local written, message = files.write(self.path, table.concat(self.lines, "\n") .. "\n")
   if not written then error("csv_logger: " .. message, 0) end
end

function CSVLogger:get_state() return { lines = self.lines } end

function CSVLogger:set_state(state) self.lines = state.lines end

function CSVLogger:__tostring() return ("totality.CSVLogger(%s)"):format(self.path) end

--- Writes a CSV table with a row for each epoch: epoch, learning_rate, loss and all that is measured. With
-- `append` the rows follow those of an existing file.
---@param given { path: string, append?: boolean }
function callbacks.csv_logger(given)
   return setmetatable(options.check("callbacks.csv_logger", given, {
      path = { type = "string", required = true },
      append = { type = "boolean", default = false },
   }), CSVLogger)
end

return callbacks

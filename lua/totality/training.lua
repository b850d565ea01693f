--- The loop behind model:fit.

local metric_tracker = require "totality.metric_tracker"
local progress = require "totality.progress"

local training = {}

local History = { __name = "totality.History" }

function History:__tostring()
   local shown = {}
   for _, name in ipairs { "loss", "val_loss" } do
      local values = self[name]
      if values and #values > 0 then shown[#shown + 1] = ("%s %.4f"):format(name, values[#values]) end
   end
   return ("totality.History(%d epochs%s%s)"):format(#self.epoch,
      #shown > 0 and ", " .. table.concat(shown, ", ") or "", self.interrupted and ", interrupted" or "")
end

-- A weight for each sample from its label.
local function sample_weights(labels, class_weight, new_tensor)
   if not class_weight then return nil end
   local weights = new_tensor(#labels)
   for k = 1, #labels do weights[k] = class_weight[labels[k] > 0.5 and 1 or 0] or 1 end
   return weights
end

--- What the callbacks and the history see: loss, metrics, val_loss, val_metrics, in that order.
local function names_of(model, validation)
   local names = { "loss" }
   for _, name in ipairs(model.compiled.metrics) do names[#names + 1] = name end
   for k = 1, validation and #names or 0 do names[#names + 1] = "val_" .. names[k] end
   return names
end

local function emit(run, event, ...)
   for _, handler in ipairs(run.handlers[event]) do handler(...) end
end

local function train_epoch(run, epoch)
   local model, size, batch_size = run.model, run.size, run.batch_size
   local tracker = metric_tracker.new(model.compiled.metrics)
   local batches, loss_sum = (size + batch_size - 1) // batch_size, 0.0
   run.progress:begin_epoch(epoch, size)
   for batch = 1, batches do
      local first = (batch - 1) * batch_size
      local count = math.min(batch_size, size - first)
      local images, labels = run.dataset:batch(first + 1, count, epoch)
      local loss, probabilities = model.network:train(model.compiled.state, run.threads, run.seed,
         (epoch - 1) * size + first, images, labels, sample_weights(labels, run.class_weight, run.new_tensor))
      if loss ~= loss then
         error(("model:fit: the loss is not a number any more (epoch %d, batch %d); is the learning rate "
            .. "too high, or a pixel not a number?"):format(epoch, batch), 0)
      end
      loss_sum = loss_sum + loss * count
      tracker:add(labels, probabilities)
      local mean = loss_sum / (first + count)
      if #run.handlers.on_batch_end > 0 then emit(run, "on_batch_end", batch, { loss = loss }, model) end
      if run.progress:is_due() then
         local values = tracker:values(true)
         values.loss = mean
         run.progress:update(first + count, batch, batches, values, run.names)
      end
   end
   local logs = tracker:values()
   logs.loss = loss_sum / size
   return logs
end

local function validate(run, logs)
   local values = run.model:evaluate(run.validation, { batch_size = run.batch_size, threads = run.threads })
   for name, value in pairs(values) do logs["val_" .. name] = value end
   if not run.best_loss or logs.val_loss < run.best_loss then
      run.best_loss, run.best_parameters = logs.val_loss, run.model.network:parameters()
   end
end

local function run_epochs(run)
   local model, history = run.model, run.history
   emit(run, "on_train_begin", model)
   for epoch = run.initial_epoch + 1, run.epochs do
      emit(run, "on_epoch_begin", epoch, model)
      local logs = train_epoch(run, epoch)
      if run.validation then validate(run, logs) end
      history.epoch[#history.epoch + 1] = epoch
      for _, name in ipairs(run.names) do history[name][#history.epoch] = logs[name] end
      run.progress:end_epoch(logs, run.names)
      emit(run, "on_epoch_end", epoch, logs, model)
      if model.stop_training then break end
   end
   emit(run, "on_train_end", model)
end

local INTERRUPTED = {}

-- lua5.4 answers Ctrl-C by raising "interrupted!" from a hook, in whatever code runs.
local function on_error(message)
   if type(message) ~= "string" then return message end
   if message:find("interrupted!$") then return INTERRUPTED end
   return debug.traceback(message, 2)
end

--- Runs the epochs and returns the history. `run` has model, dataset, size, validation, handlers, epochs,
-- initial_epoch, batch_size, threads, seed, class_weight, verbose, new_tensor.
function training.fit(run)
   run.names = names_of(run.model, run.validation)
   run.history = setmetatable({ epoch = {} }, History)
   for _, name in ipairs(run.names) do run.history[name] = {} end
   run.progress = progress.new { verbose = run.verbose, epochs = run.epochs }
   run.model.stop_training = false
   local finished, failure = xpcall(run_epochs, on_error, run)
   run.progress:clear()
   if finished then return run.history end
   if failure ~= INTERRUPTED then error(failure, 0) end
   run.history.interrupted = true
   if run.best_parameters then run.model.network:set_parameters(run.best_parameters) end
   run.progress:say(("interrupted after %d epochs; the model has its %s weights"):format(#run.history.epoch,
      run.best_parameters and "best" or "latest"))
   emit(run, "on_train_end", run.model)
   return run.history
end

return training

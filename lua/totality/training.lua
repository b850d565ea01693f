--- The loop behind model:fit.

local checkpoint = require "totality.checkpoint"
local core = require "totality.core"
local history = require "totality.history"
local interruption = require "totality.interruption"
local metric_tracker = require "totality.metric_tracker"
local progress = require "totality.progress"

local training = {}

-- The weights of a batch's samples: the data set's own times those of their classes.
local function sample_weights(run, count, labels, weights)
   if not run.class_weight then return weights end
   local product = core.tensor(count)
   for k = 1, count do
      local weight = run.class_weight[metric_tracker.label_of(labels, k, count, run.outputs)] or 1
      product[k] = weight * (weights and weights[k] or 1)
   end
   return product
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

-- A failure leaves the last checkpoint; the training goes on.
local function write_checkpoint(run)
   local written, message = checkpoint.write(run)
   run.last_checkpoint = core.monotonic_time()
   run.history.checkpoint_failure = not written and message or nil
   if not written then run.progress:warn("no checkpoint was written: " .. message) end
end

local function checkpoint_is_due(run)
   local every = run.checkpoint_every
   return run.checkpoint and (every.batches and run.batch % every.batches == 0
      or every.seconds and core.monotonic_time() - run.last_checkpoint >= every.seconds)
end

local function train_batch(run, batch)
   local model, epoch = run.model, run.epoch
   local first = (batch - 1) * run.batch_size
   local count = math.min(run.batch_size, run.size - first)
   local images, labels, weights = run.dataset:batch(first + 1, count, epoch)
   local compiled = model.compiled
   local rate = compiled.optimizer:scheduled(compiled.state:steps(), epoch)
   if rate then compiled.state:set_learning_rate(rate) end
   local loss, probabilities = model.network:train(compiled.state, run.threads, run.seed,
      (epoch - 1) * run.size + first, images, labels, sample_weights(run, count, labels, weights),
      compiled.label_smoothing)
   if loss ~= loss then
      error(("model:fit: the loss is not a number any more (epoch %d, batch %d); is the learning rate "
         .. "too high, or a pixel not a number?"):format(epoch, batch), 0)
   end
   run.loss_sum = run.loss_sum + loss * count
   run.tracker:add(labels, probabilities)
   run.batch = batch
   return first + count, loss
end

local function train_epoch(run)
   local batches = (run.size + run.batch_size - 1) // run.batch_size
   run.progress:begin_epoch(run.epoch, run.size, run.batch * run.batch_size)
   for batch = run.batch + 1, batches do
      local done, loss = train_batch(run, batch)
      if #run.handlers.on_batch_end > 0 then emit(run, "on_batch_end", batch, { loss = loss }, run.model) end
      if checkpoint_is_due(run) then write_checkpoint(run) end
      if run.progress:is_due() then
         local values = run.tracker:values(true)
         values.loss = run.loss_sum / done
         run.progress:update(done, batch, batches, values, run.names)
      end
   end
   local logs = run.tracker:values()
   logs.loss = run.loss_sum / run.size
   return logs
end

local function validate(run, logs)
   local values = run.model:evaluate(run.validation, { batch_size = run.batch_size, threads = run.threads })
   for name, value in pairs(values) do logs["val_" .. name] = value end
   if not run.best_loss or logs.val_loss < run.best_loss then
      run.best_loss, run.best_parameters = logs.val_loss, run.model.network:parameters()
   end
end

local function begin_epoch(run, epoch)
   run.epoch, run.batch, run.loss_sum = epoch, 0, 0.0
   run.tracker = metric_tracker.new(run.model.compiled.metrics, run.outputs)
end

local function run_epochs(run)
   local model, past = run.model, run.history
   emit(run, "on_train_begin", model)
   begin_epoch(run, run.initial_epoch + 1)
   if run.saved_state then
      local restored, message = checkpoint.restore(run, run.saved_state)
      if not restored then error(message, 0) end
   end
   while run.epoch <= run.epochs and (run.batch > 0 or not model.stop_training) do
      local epoch = run.epoch
      if run.batch == 0 then emit(run, "on_epoch_begin", epoch, model) end
      local logs = train_epoch(run)
      if run.validation then validate(run, logs) end
      past.epoch[#past.epoch + 1] = epoch
      for _, name in ipairs(run.names) do past[name][#past.epoch] = logs[name] end
      run.progress:end_epoch(logs, run.names)
      emit(run, "on_epoch_end", epoch, logs, model)
      begin_epoch(run, epoch + 1)
      local last = epoch >= run.epochs or model.stop_training
      if run.checkpoint and (last or run.checkpoint_every.epochs and epoch % run.checkpoint_every.epochs == 0) then
         write_checkpoint(run)
      end
   end
   emit(run, "on_train_end", model)
end

local INTERRUPTED = {}

local function on_error(message)
   if type(message) ~= "string" then return message end
   if interruption.is(message) then return INTERRUPTED end
   return debug.traceback(message, 2)
end

--- Runs the epochs and returns the history; nil and a message when the checkpoint can't be used. `run` has
-- model, outputs, dataset, size, validation, callbacks, handlers, epochs, initial_epoch, batch_size, threads,
-- seed, class_weight, verbose, checkpoint (a path, or nil) and checkpoint_every.
function training.fit(run)
   run.names = names_of(run.model, run.validation)
   run.history = history.new(run.names)
   run.progress = progress.new { verbose = run.verbose, epochs = run.epochs }
   run.model.stop_training = false
   run.last_checkpoint = core.monotonic_time()
   if run.checkpoint then
      local message
      checkpoint.prepare(run)
      run.saved_state, message = checkpoint.read(run)
      if run.saved_state == nil then return nil, message end
   end
   local finished, failure = xpcall(run_epochs, on_error, run)
   run.progress:clear()
   if finished then return run.history end
   if failure ~= INTERRUPTED then error(failure, 0) end
   run.history.interrupted = true
   if run.best_parameters then run.model.network:set_parameters(run.best_parameters) end
   run.progress:say(("interrupted after %d epochs; the model has its %s weights"):format(#run.history.epoch,
      run.best_parameters and "best" or "latest"))
   if run.checkpoint then run.progress:say("the same call continues from " .. run.checkpoint) end
   emit(run, "on_train_end", run.model)
   return run.history
end

return training

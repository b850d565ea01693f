-- A training that is interrupted and continued ends with the bits of one that was not.

local core = require "totality.core"
local json = require "totality.json"
local totality = require "totality"

local function temporary(extension)
   local path = os.tmpname()
   os.remove(path)
   return path .. (extension or ".safetensors")
end

local function write(path, bytes)
   local file = assert(io.open(path, "wb"))
   file:write(bytes)
   file:close()
end

local function read(path)
   local file = assert(io.open(path, "rb"))
   local bytes = file:read("a")
   file:close()
   return bytes
end

-- Runs a script in a process of its own; gives its output.
local function run(script)
   local path = temporary(".lua")
   write(path, script)
   local pipe = assert(io.popen(("timeout 60 sh -c 'lua5.4 %s; echo status $?' 2>&1"):format(path)))
   local output = pipe:read("a")
   pipe:close()
   os.remove(path)
   return output
end

-- A training with all that has a state: dropout, optimizer, schedule or plateau, metrics over all scores,
-- early stopping, CSV, order of the data. `saboteur` is a callback; both processes run the same text.
local RECIPE = [[
   local core, totality = require "totality.core", require "totality"
   local layers = totality.layers
   local checkpoint, log, saboteur, threads = ...
   local images, labels, rng = core.tensor(40, 1, 8, 8), {}, totality.rng(5)
   for k = 1, #images do images[k] = rng:uniform() end
   for n = 1, 40 do labels[n] = n % 2 end
   local all = totality.dataset { images = images, labels = labels, seed = 2 }
   local train, valid = all:split { test_size = 0.2 }
   local model = totality.sequential { width = 8, height = 8, layers = {
      layers.conv2d { filters = 3, activation = "relu", l2 = 0.01 }, layers.max_pooling2d {}, layers.flatten {},
      layers.dropout { rate = 0.3 }, layers.dense { units = 1, activation = "sigmoid" } } }
   model:compile { optimizer = totality.optimizers.muon { learning_rate = 0.02, clipnorm = 0.5 },
      metrics = { "balanced_accuracy", "roc_auc" } }
   local history, message = model:fit(train, { epochs = 6, batch_size = 5, validation_data = valid, verbose = false,
      checkpoint = checkpoint, checkpoint_every = { batches = 2 }, seed = 4, threads = threads or 1, callbacks = {
      totality.callbacks.early_stopping { patience = 20, restore_best_weights = true },
      totality.callbacks.reduce_lr_on_plateau { patience = 1, factor = 0.5, min_delta = 0.01 },
      totality.callbacks.csv_logger { path = log }, saboteur or { on_batch_end = function() end } } })
   return model, history or message
]]

local function load_recipe() return assert(load(RECIPE)) end

local function parameters(model) return model.network:parameters():to_table() end

-- What the tests compare: weights, moments, history.
local function result(model, history)
   local first, second = model.compiled.state:moments()
   local lists = {}
   for name, values in pairs(history) do lists[name] = type(values) == "table" and values or nil end
   return { parameters(model), first:to_table(), second:to_table(), json.encode(lists),
      model.compiled.state:steps(), model:learning_rate() }
end

describe("a training with a checkpoint", function()
   local log = temporary(".csv")
   local whole = result(load_recipe()(nil, log))
   local whole_log = read(log)
   os.remove(log)

   it("is not changed by it", function()
      local path, other = temporary(), temporary(".csv")
      local model, history = load_recipe()(path, other)
      assert.same(whole, result(model, history))
      assert.is_nil(history.resumed)
      -- a complete training gives its result again
      model, history = load_recipe()(path, other)
      assert.same(whole, result(model, history))
      assert.is_true(history.resumed)
      -- and the checkpoint is a model
      assert.matches("totality.Model%(sequential, 8 x 8 x 1, 5 layers", tostring(assert(totality.load_model(path))))
      os.remove(path)
      os.remove(other)
   end)

   -- The checkpoint is written after batches 2, 4 and 6 of the 7 of an epoch, and not between epochs.
   for _, batch in ipairs { 1, 4, 17, 21, 22, 39 } do
      it("continues after kill -9 in batch " .. batch, function()
         local path, other = temporary(), temporary(".csv")
         local script = ([[
            local count = 0
            local function recipe(...) %s end
            recipe(%q, %q, { on_batch_end = function()
               count = count + 1
               if count == %d then
                  local pid = io.open("/proc/self/stat"):read("n")
                  os.execute("kill -9 " .. pid)
               end
            end }, 2)
         ]]):format(RECIPE, path, other, batch)
         assert.matches("status 137", run(script), 1, true)
         local model, history = load_recipe()(path, other)
         assert.same(whole, result(model, history))
         assert.equal(batch > 1 or nil, history.resumed)
         assert.equal(whole_log, read(other))
         os.remove(path)
         os.remove(other)
      end)
   end

   it("continues after Ctrl-C", function()
      local path, other = temporary(), temporary(".csv")
      -- the signal comes from the background, since os.execute itself ignores SIGINT while it waits
      local output = run(([[
         local count = 0
         local function recipe(...) %s end
         local _, history = recipe(%q, %q, { on_batch_end = function()
            count = count + 1
            if count < 12 then return end
            os.execute(("(sleep 0.2; kill -INT %%d) &"):format(io.open("/proc/self/stat"):read("n")))
            while true do end
         end })
         print(history.interrupted, #history.epoch)
      ]]):format(RECIPE, path, other))
      assert.equal("true\t1\nstatus 0\n", output)
      assert.same(whole, result(load_recipe()(path, other)))
      os.remove(path)
      os.remove(other)
   end)

   it("goes on when the disk is full, and leaves the last checkpoint as it was", function()
      local path, other = temporary(), temporary(".csv")
      local script = [[
         local count = 0
         local function recipe(...) %s end
         local _, history = recipe(%q, %q, { on_batch_end = function()
            count = count + 1
            if count == %d then os.execute("kill -9 " .. io.open("/proc/self/stat"):read("n")) end
         end })
         print(#history.epoch, history.checkpoint_failure)
      ]]
      assert.matches("status 137", run(script:format(RECIPE, path, other, 30)), 1, true)
      local bytes = read(path)
      write(path .. ".lua", script:format(RECIPE, path, other, 1000))
      -- no file may grow beyond 4 blocks of 512 bytes; a write beyond fails instead of killing
      local pipe = io.popen(("trap '' XFSZ; ulimit -f 4; lua5.4 %s.lua 2>&1"):format(path))
      local output = pipe:read("a")
      pipe:close()
      local failure = path:gsub("%p", "%%%0") .. ": File too large"
      assert.matches("totality: no checkpoint was written: " .. failure, output)
      assert.matches("\n6\t" .. failure .. "\n$", output)
      assert.equal(bytes, read(path))
      assert.same(whole, result(load_recipe()(path, other)))
      for _, name in ipairs { path, path .. ".lua", other } do os.remove(name) end
   end)
end)

describe("a checkpoint", function()
   local images = core.tensor(8, 1, 4, 4)
   local data = totality.dataset { images = images, labels = { 0, 1, 0, 1, 0, 1, 0, 1 } }

   local function fit(path, compile, fit_options, units)
      local layers = totality.layers
      local model = totality.sequential { width = 4, height = 4, layers = { layers.flatten(),
         layers.dense { units = units or 3, activation = "relu" }, layers.dense { units = 1, activation = "sigmoid" } } }
      model:compile(compile or {})
      local given = { checkpoint = path, verbose = false, batch_size = 4, epochs = 1 }
      for name, value in pairs(fit_options or {}) do given[name] = value end
      return model:fit(data, given)
   end

   it("of another training is refused in one line that says what differs", function()
      local path = temporary()
      assert(fit(path))
      local function refused(message, ...)
         local history, reason = fit(path, ...)
         assert.is_nil(history)
         assert.equal(path .. ": this is the checkpoint of another training: " .. message
            .. "; choose another name, or remove the file", reason)
      end
      refused('batch_size was "4", it is "2" now', {}, { batch_size = 2 })
      refused('seed was "0", it is "7" now', {}, { seed = 7 })
      refused('validation_data was "none", it is "totality.Dataset(8 images 1 x 4 x 4, 4 labelled 1), first image 0" now',
         {}, { validation_data = data })
      refused('metrics was "", it is "accuracy" now', { metrics = { "accuracy" } })
      assert.matches("optimizer was .*learning_rate=0.001", select(2, fit(path, {
         optimizer = totality.optimizers.adam { learning_rate = 0.002 } })))
      assert.matches("architecture was .*dense 3 relu", select(2, fit(path, {}, {}, 4)))
      refused('precision was "fp32", it is "bf16" now', { precision = "bf16" })
      assert(fit(path, {}, { epochs = 2 }))
      os.remove(path)
   end)

   it("must be one", function()
      local path = temporary()
      totality.models.cnn10 {}:save(path)
      local history, message = fit(path)
      assert.is_nil(history)
      assert.equal(path .. ": this file is no checkpoint of a training; choose another name for the checkpoint", message)
      write(path, "")
      assert.same({ n = 2, nil, path .. ": the file is empty" }, table.pack(fit(path)))
      os.remove(path)
      assert.has_error(function() fit(path, {}, { checkpoint_every = { epoch = 1 } }) end)
   end)

   it("is written by the clock as well", function()
      local path, stop = temporary(), {}
      local ok, reason = pcall(fit, path, {}, { checkpoint_every = { seconds = 0 }, callbacks = { {
         on_batch_end = function(_, batch) if batch == 2 then error(stop) end end } } })
      assert.is_false(ok)
      assert.equal(stop, reason)
      local metadata = assert(core.read_metadata(path))
      assert.equal(1, json.decode(metadata.training).batch)
      assert(fit(path, {}, { callbacks = { {
         on_batch_end = function(_, batch) assert.equal(2, batch) end } } }))
      os.remove(path)
   end)

   it("keeps the state of one's own callbacks", function()
      local path = temporary()
      local counter = { count = 0, on_batch_end = function(self) self.count = self.count + 1 end,
         get_state = function(self) return { count = self.count } end,
         set_state = function(self, state) self.count = state.count end }
      assert(fit(path, {}, { callbacks = { counter } }))
      counter.count = 100
      assert(fit(path, {}, { callbacks = { counter }, epochs = 3 }))
      assert.equal(6, counter.count)
      os.remove(path)
   end)

   it("is not written where it can't be", function()
      local stderr = io.stderr
      io.stderr = { write = function() end } -- luacheck: ignore
      local history = fit("/nowhere/run.safetensors")
      io.stderr = stderr -- luacheck: ignore
      assert.equal("/nowhere/run.safetensors: No such file or directory", history.checkpoint_failure)
      assert.equal(1, #history.epoch)
   end)
end)

describe("json", function()
   it("keeps every bit", function()
      local value = { a = { 1, 2.0, 0.1, 1e300, -0.0, 5e-324 }, b = "q\"\\\n\1é", c = { d = true, e = false, f = {} },
         i = math.mininteger, m = math.huge, n = -math.huge }
      local text = json.encode(value)
      local back = json.decode(text)
      assert.same(value, back)
      assert.equal(text, json.encode(back))
      assert.equal("float", math.type(back.a[2]))
      assert.equal("integer", math.type(back.a[1]))
      local nan = json.decode(json.encode { 0 / 0 })[1]
      assert.is_true(nan ~= nan)
      assert.same({ { x = { 1, "\u{20ac}/" } } }, json.decode ' [ {"x" : [1, "\\u20ac\\/"] } ] ')
   end)

   it("refuses the rest", function()
      for _, text in ipairs { "", "[1", "{\"a\" 1}", "{a:1}", "[1 2]", "nil", "0x10", "[1],", "\"a", "\"\\x\"", "--1" } do
         local ok, message = pcall(json.decode, text)
         assert.is_false(ok)
         assert.matches("^json: nothing that fits at byte %d+$", message)
      end
      assert.has_error(function() json.encode { [2] = 1 } end)
      assert.has_error(function() json.encode { print } end)
   end)
end)

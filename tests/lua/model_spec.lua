local core = require "totality.core"
local totality = require "totality"

local layers = totality.layers

local WIDTH, HEIGHT = 12, 10

local function small_model(given)
   given = given or {}
   local list = {
      layers.conv2d { filters = 4, activation = "relu" }, layers.max_pooling2d {}, layers.flatten {},
      layers.dense { units = 8, activation = "relu" },
   }
   if given.dropout then list[#list + 1] = layers.dropout { rate = given.dropout } end
   list[#list + 1] = layers.dense { units = 1, activation = "sigmoid" }
   return totality.sequential { width = given.width or WIDTH, height = HEIGHT, layers = list, seed = given.seed }
end

-- Images whose left half is bright when the label is 1.
local function make_data(count, noise)
   local images, labels, rng = core.tensor(count, 1, HEIGHT, WIDTH), {}, totality.rng(5)
   local k = 0
   for n = 1, count do
      labels[n] = n % 2
      for _ = 1, HEIGHT do
         for x = 1, WIDTH do
            k = k + 1
            local signal = (x <= WIDTH // 2) == (labels[n] == 1) and 1 or 0
            images[k] = signal * (1 - noise) + rng:uniform() * noise
         end
      end
   end
   return totality.dataset { images = images, labels = labels }, images
end

-- Not assert.error_matches, which cuts off what stands before the last position in a traceback.
local function fails(message, f)
   local ok, reason = pcall(f)
   assert.is_false(ok)
   assert.matches(message, reason, 1, true)
end

local function temporary(extension)
   local path = os.tmpname()
   os.remove(path)
   return path .. (extension or ".safetensors")
end

local function read(path)
   local file = assert(io.open(path, "rb"))
   local bytes = file:read("a")
   file:close()
   return bytes
end

local function write(path, bytes)
   local file = assert(io.open(path, "wb"))
   file:write(bytes)
   file:close()
end

describe("model", function()
   local data, images = make_data(64, 0.3)

   it("learns, and says how well", function()
      local model = small_model():compile {
         optimizer = totality.optimizers.adam { learning_rate = 0.01 },
         metrics = { "balanced_accuracy", "f1_score", "roc_auc", "log_loss" },
      }
      local train, valid = data:split { test_size = 0.25, seed = 1 }
      local history = model:fit(train, { epochs = 8, batch_size = 16, validation_data = valid, verbose = false })
      assert.same({ 1, 2, 3, 4, 5, 6, 7, 8 }, history.epoch)
      for _, name in ipairs { "loss", "balanced_accuracy", "f1_score", "roc_auc", "log_loss" } do
         assert.equal(8, #history[name])
         assert.equal(8, #history["val_" .. name])
      end
      assert.is_nil(history.interrupted)
      local values = model:evaluate(valid)
      assert.equal(1, values.balanced_accuracy)
      assert.is_near(values.log_loss, values.loss, 1e-6)
      assert.is_near(history.val_loss[8], values.loss, 1e-9)
      assert.matches("^totality.History%(8 epochs, loss %d", tostring(history))
      for _, p in ipairs(model:predict(data):to_table()) do assert.is_true(p >= 0 and p <= 1) end
   end)

   it("gives the same bits on any number of threads, from the same seed", function()
      local function weights(threads, seed)
         local model = small_model { dropout = 0.5 }:compile {}
         model:fit(data, { epochs = 2, batch_size = 24, threads = threads, seed = seed, verbose = false })
         return model.network:parameters():to_table()
      end
      local one = weights(1, 3)
      assert.same(one, weights(2, 3))
      assert.same(one, weights(3, 3))
      assert.not_same(one, weights(1, 4))
   end)

   it("predicts the same from a tensor and from a data set", function()
      local model = small_model()
      local a, b = model:predict(images), model:predict(data, { batch_size = 7 })
      local logits = model:predict(images, { logits = true })
      assert.same({ 64 }, { a:shape() })
      for k = 1, 64 do
         assert.is_near(a[k], b[k], 1e-6)
         assert.is_near(a[k], 1 / (1 + math.exp(-logits[k])), 1e-6)
      end
   end)

   it("weighs the classes", function()
      local function loss(class_weight)
         local model = small_model():compile {}
         return model:fit(data, { batch_size = 64, class_weight = class_weight, verbose = false }).loss[1]
      end
      assert.is_near(loss(nil), loss { [0] = 1, [1] = 1 }, 1e-12)
      assert.is_near(2 * loss(nil), loss { [0] = 2, [1] = 2 }, 1e-6)
      assert.is_near(loss { [0] = 3, [1] = 1 }, loss { [0] = 3 }, 1e-12)
   end)

   it("takes any data set that follows the protocol", function()
      local asked = {}
      local stream = {
         size = function() return 10 end,
         batch = function(_, first, count, epoch)
            asked[#asked + 1] = ("%d+%d@%s"):format(first, count, tostring(epoch))
            return data:batch(first, count)
         end,
      }
      local model = small_model():compile {}
      model:fit(stream, { epochs = 2, batch_size = 4, verbose = false })
      assert.same({ "1+1@nil", "1+4@1", "5+4@1", "9+2@1", "1+4@2", "5+4@2", "9+2@2" }, asked)
   end)

   it("says what it is", function()
      local model = small_model()
      assert.equal("totality.Model(sequential, 10 x 12 x 1, 5 layers, 1,017 parameters)", tostring(model))
      assert.equal("totality.Model(sequential, 10 x 12 x 1, 5 layers, 1,017 parameters, compiled)",
         tostring(model:compile {}))
      assert.equal("totality.Layer(conv2d 4 relu)", tostring(model.layers[1]))
      assert.equal("totality.Optimizer(adam, learning_rate 0.001)", tostring(totality.optimizers.adam()))
      assert.equal("totality.Dataset(64 images 1 x 10 x 12, 32 labelled 1)", tostring(data))
      assert.equal(1017, model:count_params())
   end)

   it("names what is wrong", function()
      local model = small_model()
      fails("model:fit: the model is not compiled", function() model:fit(data) end)
      fails("model:evaluate: the model is not compiled", function() model:evaluate(data) end)
      model:compile {}
      fails("model:fit: unknown option 'epoch'; did you mean 'epochs'?", function() model:fit(data, { epoch = 1 }) end)
      fails("model:fit: the training data must be a data set", function() model:fit(images) end)
      fails("model:fit: the training data must be a data set", function() model:fit(nil) end)
      fails("model:predict: the tensor has totality.Tensor(2 x 3, float32), the model takes count x 1 x 10 x 12",
         function() model:predict(core.tensor(2, 3)) end)
      fails("model:fit: the training data has totality.Tensor(1 x 1 x 10 x 12, float32), the model takes "
         .. "count x 1 x 10 x 14", function() small_model { width = 14 }:compile {}:fit(data) end)
      fails("model:compile: metrics[1]: unknown metric 'f1_scor'; did you mean 'f1_score'?",
         function() model:compile { metrics = { "f1_scor" } } end)
      fails("model:compile: option 'loss' must be one of \"binary_crossentropy\"",
         function() model:compile { loss = "mse" } end)
      fails("model:fit: class_weight[1] must be a number at least 0, got -1",
         function() model:fit(data, { class_weight = { -1 } }) end)
      fails("model:fit: callbacks[1] must be a function or a table with a method on_train_begin",
         function() model:fit(data, { callbacks = { { on_epochend = print } } }) end)
      fails("layers.conv2d: option 'filters' is missing", function() layers.conv2d {} end)
      fails("layers.conv2d: option 'kernel_size' must be one of 3, got 5",
         function() layers.conv2d { filters = 1, kernel_size = 5 } end)
      fails("layers.dropout: option 'rate' must be a number at least 0 and below 1, got 1",
         function() layers.dropout { rate = 1 } end)
      fails("totality.sequential: layer 1 (dense): needs a flat vector, it is given images",
         function() totality.sequential { width = 4, height = 4, layers = { layers.dense { units = 1 } } } end)
      fails("totality.sequential: layers[1] must be totality.Layer, got \"dense\"",
         function() totality.sequential { width = 4, height = 4, layers = { "dense" } } end)
      fails("models.cnn10: unknown option 'with'; did you mean 'width'?",
         function() totality.models.cnn10 { with = 3 } end)
      fails("optimizers.adam: option 'beta_1' must be a number at least 0 and below 1, got 1",
         function() totality.optimizers.adam { beta_1 = 1 } end)
   end)

   it("points at the caller", function()
      for _, f in ipairs {
         function() small_model():fit(data) end,
         function() small_model():predict(core.tensor(1)) end,
         function() small_model():compile {}:fit(images) end,
         function() totality.sequential { width = 1, height = 1, layers = {} } end,
      } do
         local _, message = pcall(f)
         assert.matches("model_spec.lua:%d+: ", message)
      end
   end)

   it("stops when the loss is not a number", function()
      local bad = core.tensor(2, 1, HEIGHT, WIDTH)
      bad[7] = 0 / 0
      local model = small_model():compile {}
      fails("the loss is not a number any more (epoch 1, batch 1)",
         function() model:fit(totality.dataset { images = bad, labels = { 0, 1 } }, { verbose = false }) end)
   end)

   it("keeps the traceback of an error inside fit", function()
      local function culprit() error("boom") end
      local model = small_model():compile {}
      local _, message = pcall(function()
         model:fit(data, { verbose = false, callbacks = { { on_epoch_end = culprit } } })
      end)
      assert.matches("^tests/lua/model_spec.lua:%d+: boom\nstack traceback:.*model_spec.lua:%d+: in function", message)
      local object = {}
      local _, same = pcall(function()
         model:fit(data, { verbose = false, callbacks = { function() error(object) end } })
      end)
      assert.equal(object, same)
   end)
end)

describe("data set", function()
   local data = make_data(10, 0.3)

   it("keeps its order for nil and changes it with the epoch", function()
      local function first_pixels(epoch) return (data:batch(1, 10, epoch)):to_table() end
      assert.same(first_pixels(nil), first_pixels(nil))
      assert.same(first_pixels(2), first_pixels(2))
      assert.not_same(first_pixels(1), first_pixels(2))
      local a, b = first_pixels(1), first_pixels(nil)
      table.sort(a)
      table.sort(b)
      assert.same(b, a)
   end)

   it("keeps labels with their images", function()
      local images, labels = data:batch(1, 10, 3)
      for n = 1, 10 do
         assert.is_true((images[(n - 1) * WIDTH * HEIGHT + 1] > 0.5) == (labels[n] == 1))
      end
   end)

   it("splits without loss", function()
      local a, b = data:split { test_size = 0.3 }
      assert.equal(7, #a)
      assert.equal(3, b:size())
      local c = data:split { test_size = 0.3 }
      assert.same((a:batch(1, 7)):to_table(), (c:batch(1, 7)):to_table())
   end)

   it("names what is wrong", function()
      local tensor = core.tensor(2, 1, 3, 3)
      fails("totality.dataset: there are 2 images and 1 labels",
         function() totality.dataset { images = tensor, labels = { 1 } } end)
      fails("totality.dataset: labels[2] is 2, 0 or 1 was expected",
         function() totality.dataset { images = tensor, labels = { 1, 2 } } end)
      fails("totality.dataset: option 'images' must have 4 dimensions",
         function() totality.dataset { images = core.tensor(2), labels = { 1, 2 } } end)
      fails("dataset:batch: samples 9 to 11 were asked for, there are 10", function() data:batch(9, 3) end)
   end)
end)

describe("saved model", function()
   local data = make_data(16, 0.3)

   it("comes back with the same bytes and predictions", function()
      local model, a, b = small_model { dropout = 0.25 }:compile {}, temporary(), temporary()
      model:fit(data, { verbose = false })
      assert.is_true(model:save(a, { note = "first", epochs = 1 }))
      local again = assert(totality.load_model(a))
      assert.equal("first", again.metadata.note)
      assert.equal("1", again.metadata.epochs)
      assert.equal("totality.Model(sequential, 10 x 12 x 1, 6 layers, 1,017 parameters)", tostring(again))
      assert.same(model:predict(data):to_table(), again:predict(data):to_table())
      assert.is_true(again:save(b, { note = "first", epochs = 1 }))
      assert.equal(read(a), read(b))
      local fresh = small_model { seed = 9 }
      assert.is_true(fresh:load_weights(a))
      assert.same(model:predict(data):to_table(), fresh:predict(data):to_table())
      os.remove(a)
      os.remove(b)
   end)

   it("is refused in one line that names the file", function()
      local path, model = temporary(), small_model()
      local before = model.network:parameters():to_table()
      local function refused(message, ...)
         local loaded, reason = ...
         assert.is_nil(loaded)
         assert.equal(path .. ": " .. message, reason)
         assert.same(before, model.network:parameters():to_table())
      end
      refused("No such file or directory", model:load_weights(path))
      small_model { width = 16 }:save(path)
      refused("these weights belong to another network: tensor 'dense.weight' has shape [8, 160], [8, 120] was "
         .. "expected", model:load_weights(path))
      totality.sequential { width = 12, height = 10, layers = { layers.flatten(),
         layers.dense { units = 1, activation = "sigmoid" } } }:save(path)
      refused("these weights belong to another network: tensor 'conv2d.weight' is missing", model:load_weights(path))
      small_model():save(path)
      local bytes = read(path)
      write(path, "")
      refused("the file is empty", model:load_weights(path))
      refused("the file is empty", totality.load_model(path))
      write(path, bytes:sub(1, -5))
      assert.matches("^" .. path:gsub("%p", "%%%0") .. ": truncated: tensor 'dense_1.bias' ends at byte",
         select(2, model:load_weights(path)))
      write(path, bytes:sub(1, 100))
      assert.matches("truncated: the header has", select(2, totality.load_model(path)))
      write(path, (bytes:gsub("max_pooling2d", "min_pooling2d", 1)))
      refused("bad architecture: unknown layer \"min_pooling2d\"", totality.load_model(path))
      write(path, (bytes:gsub("dense 8 relu", "dense 9 relu", 1)))
      assert.matches("another network: tensor 'dense.weight' has shape", select(2, totality.load_model(path)))
      write(path, (bytes:gsub("architecture", "Architecture", 1)))
      assert.matches("no architecture in the metadata", select(2, totality.load_model(path)))
      os.remove(path)
      assert.is_nil((model:save("/nowhere/x")))
      fails("model:save: metadata: the name 'architecture' is taken",
         function() model:save(path, { architecture = "x" }) end)
   end)
end)

describe("callbacks", function()
   local data = make_data(16, 0.3)

   -- A model whose validation losses are those of the list.
   local function scripted(losses)
      local model, epoch = small_model():compile {}, 0
      model.evaluate = function()
         epoch = epoch + 1
         return { loss = losses[epoch] }
      end
      return model
   end

   it("stop early and restore the best weights", function()
      local model, snapshots = scripted { 0.5, 0.4, 0.45, 0.44, 0.3 }, {}
      local history = model:fit(data, { epochs = 5, validation_data = data, verbose = false, callbacks = {
         function(epoch, _, m) snapshots[epoch] = m.network:parameters():to_table() end,
         totality.callbacks.early_stopping { monitor = "val_loss", patience = 2, restore_best_weights = true },
      } })
      assert.same({ 0.5, 0.4, 0.45, 0.44 }, history.val_loss)
      assert.same(snapshots[2], model.network:parameters():to_table())
   end)

   it("know which way is better", function()
      local early = totality.callbacks.early_stopping
      local history = scripted({ 0.5, 0.4, 0.3 }):fit(data, { epochs = 3, validation_data = data, verbose = false,
         callbacks = { early { mode = "max", patience = 1 } } })
      assert.equal(2, #history.epoch)
      history = scripted({ 0.5, 0.48, 0.46 }):fit(data, { epochs = 3, validation_data = data, verbose = false,
         callbacks = { early { min_delta = 0.05, patience = 2 } } })
      assert.equal(3, #history.epoch)
      fails("early_stopping: 'val_f1' is not measured; measured are loss", function()
         small_model():compile {}:fit(data, { verbose = false, callbacks = { early { monitor = "val_f1" } } })
      end)
   end)

   it("save the best model", function()
      local path = temporary("-{epoch:02d}-{val_loss:.2f}")
      scripted({ 0.5, 0.6, 0.4 }):fit(data, { epochs = 3, validation_data = data, verbose = false,
         callbacks = { totality.callbacks.model_checkpoint { path = path, save_best_only = true } } })
      local function name(epoch, loss) return (path:gsub("{epoch:02d}", epoch):gsub("{val_loss:.2f}", loss)) end
      local best = assert(totality.load_model(name("03", "0.40")))
      assert.equal("3", best.metadata.epoch)
      assert.equal("0.4", best.metadata.val_loss)
      assert.is_nil(io.open(name("02", "0.60")))
      os.remove(name("01", "0.50"))
      os.remove(name("03", "0.40"))
      fails("model_checkpoint: /nowhere/x: No such file", function()
         small_model():compile {}:fit(data, { verbose = false,
            callbacks = { totality.callbacks.model_checkpoint { path = "/nowhere/x" } } })
      end)
   end)

   it("are called in order", function()
      local calls = {}
      local function note(name) return function(self, ...) calls[#calls + 1] = name .. self.tag .. select("#", ...) end end
      local spy = { tag = ":", on_train_begin = note "train", on_epoch_begin = note "epoch",
         on_batch_end = note "batch", on_epoch_end = note "end", on_train_end = note "over" }
      small_model():compile {}:fit(data, { batch_size = 8, verbose = false, callbacks = { spy } })
      assert.same({ "train:1", "epoch:2", "batch:3", "batch:3", "end:3", "over:1" }, calls)
   end)
end)

describe("fit at work", function()
   local function run(script)
      local path = temporary(".lua")
      write(path, script)
      local pipe = assert(io.popen(("timeout 20 lua5.4 %s 2>&1"):format(path)))
      local output = pipe:read("a")
      pipe:close()
      os.remove(path)
      return output
   end

   -- The signal comes from the background, since os.execute itself ignores SIGINT while it waits.
   local preamble = [[
      local function interrupt_soon()
         os.execute(("(sleep 0.2; kill -INT %d) &"):format(io.open("/proc/self/stat"):read("n")))
      end
      local core, totality = require "totality.core", require "totality"
      local layers = totality.layers
      local model = totality.sequential { width = 8, height = 8, layers = { layers.flatten(),
         layers.dense { units = 1, activation = "sigmoid" } } }:compile { metrics = { "accuracy" } }
      local data = totality.dataset { images = core.tensor(8, 1, 8, 8), labels = { 0, 1, 0, 1, 0, 1, 0, 1 } }
   ]]

   it("prints one line per epoch, and no progress into a file", function()
      local output = run(preamble .. "model:fit(data, { epochs = 2, validation_data = data })")
      assert.matches("^Epoch 1/2 %- 0s %- loss: 0%.6931 %- accuracy: 0%.5000 %- val_loss: 0%.%d+ %- "
         .. "val_accuracy: 0%.5000 %- %d+ images/s\nEpoch 2/2 [^\n]+\n$", output)
      assert.equal("", run(preamble .. "model:fit(data, { epochs = 2, verbose = false })"))
   end)

   it("survives Ctrl-C with its best weights", function()
      -- the fourth epoch never ends; the third is worse than the second
      local output = run(preamble .. [[
         local losses, best, epoch = { 0.5, 0.4, 0.6 }, nil, 0
         function model:evaluate()
            epoch = epoch + 1
            if epoch == 2 then best = self.network:parameters():to_table() end
            return { loss = losses[epoch], accuracy = 0 }
         end
         local history = model:fit(data, { epochs = 9, validation_data = data, callbacks = {
            { on_epoch_begin = function(_, n)
               if n < 4 then return end
               interrupt_soon()
               while true do end
            end, on_train_end = function() print "cleaned up" end } } })
         local same = true
         for k, value in ipairs(best) do same = same and value == model.network:parameters()[k] end
         print(history.interrupted, #history.epoch, #history.loss, same, history)
      ]])
      assert.matches("interrupted after 3 epochs; the model has its best weights\ncleaned up\n"
         .. "true\t3\t3\ttrue\ttotality.History%(3 epochs, loss [%d.]+, val_loss 0.6000, interrupted%)\n$", output)
   end)

   it("survives Ctrl-C without validation data", function()
      local output = run(preamble .. [[
         local history = model:fit(data, { epochs = 1000000000, verbose = false, callbacks = { function(n)
            if n == 3 then interrupt_soon() end
         end } })
         print(history.interrupted, #history.epoch >= 3)
      ]])
      assert.equal("true\ttrue\n", output)
   end)
end)

describe("network", function()
   it("is closed once and for all", function()
      local network = core.network(1, 4, 4, { { kind = "flatten" },
         { kind = "dense", units = 1, activation = "sigmoid" } })
      assert.equal("totality.Network(2 layers, 17 parameters)", tostring(network))
      network:close()
      network:close()
      assert.equal("totality.Network(closed)", tostring(network))
      fails("totality.Network is closed", function() network:predict(1, core.tensor(1, 1, 4, 4)) end)
      collectgarbage()
   end)

   it("is collected with all its memory", function()
      for _ = 1, 200 do totality.models.cnn10 {} end
      collectgarbage()
   end)

   it("computes with the kernel that TOTALITY_KERNEL names", function()
      local script = [[
         local totality = require "totality"
         local model = totality.models.cnn10 { width = 40, height = 36 }
         local image = require("totality.core").tensor(1, 1, 36, 40)
         for k = 1, 1440 do image[k] = k % 7 / 7 end
         print(model.network:kernel(), model:predict(image)[1])]]
      local function run_with(kernel)
         local pipe = assert(io.popen(("TOTALITY_KERNEL=%s '%s/build/lua' - 2>&1 <<'end'\n%s\nend\n"):format(
            kernel, os.getenv "PWD", script)))
         local output = pipe:read("a")
         pipe:close()
         return output
      end
      local expected
      for _, kernel in ipairs(core.kernels()) do
         local name, value = run_with(kernel):match("^(%S+)%s+(%S+)\n$")
         assert.equal(kernel, name)
         expected = expected or tonumber(value)
         assert.near(expected, tonumber(value), 1e-5)
      end
      assert.equal("portable", core.kernels()[#core.kernels()])
      assert.matches("totality.sequential: no kernel 'abacus' for fp32 on this computer, which has ", run_with("abacus"),
         1, true)
   end)

   describe("in bf16", function()
      local function small()
         return totality.sequential { width = 20, height = 18, seed = 4, layers = {
            layers.conv2d { filters = 8, activation = "relu" }, layers.max_pooling2d {},
            layers.conv2d { filters = 20, activation = "relu" }, layers.max_pooling2d {}, layers.flatten {},
            layers.dense { units = 32, activation = "relu" }, layers.dense { units = 1, activation = "sigmoid" } } }
      end
      local function pictures()
         local images = core.tensor(12, 1, 18, 20)
         for k = 1, #images do images[k] = k * 7919 % 97 / 97 end
         return images
      end

      it("is near fp32, and the same again for any number of threads", function()
         local images = pictures()
         local wide, narrow = small(), small():compile { precision = "bf16" }
         assert.equal("fp32", wide.precision)
         assert.equal("bf16", narrow.precision)
         local one, other = wide:predict(images), narrow:predict(images)
         local differs = false
         for k = 1, #one do
            assert.near(one[k], other[k], 0.01) -- 8 bits
            differs = differs or one[k] ~= other[k]
         end
         assert.is_true(differs)
         for _, threads in ipairs { 1, 2, 3, 8 } do
            local again = narrow:predict(images, { threads = threads })
            for k = 1, #again do assert.equal(other[k], again[k]) end
         end
      end)

      it("trains float32 weights, which files hold", function()
         local images, labels = pictures(), core.tensor(12)
         for k = 1, 12 do labels[k] = k % 2 end
         local data = totality.dataset { images = images, labels = labels, seed = 1 }
         local model = small():compile { precision = "bf16",
            optimizer = totality.optimizers.adam { learning_rate = 0.01 } }
         local history = model:fit(data, { epochs = 60, batch_size = 12, verbose = false })
         assert.is_true(history.loss[60] < 0.3 * history.loss[1])
         local path = os.tmpname()
         assert(model:save(path))
         local wide = assert(totality.load_model(path))
         local narrow = assert(totality.load_model(path, { precision = "bf16" }))
         os.remove(path)
         assert.equal("fp32", wide.precision)
         assert.equal("bf16", narrow.precision)
         local expected, p, q = model:predict(images), narrow:predict(images), wide:predict(images)
         for k = 1, 12 do
            assert.equal(expected[k], p[k])
            assert.near(expected[k], q[k], 0.03)
         end
         model:compile {}
         assert.equal("bf16", model.precision) -- as it is
         model:compile { precision = "fp32" }
         for k = 1, 12 do assert.equal(q[k], model:predict(images)[k]) end
      end)

      it("has kernels of its own", function()
         local names = table.concat(core.kernels "bf16", " ")
         assert.matches("portable", names, 1, true)
         assert.matches("amx-emulated", names, 1, true)
         assert.has_error(function() small().network:set_precision("bf16", "abacus") end,
            ("no kernel 'abacus' for bf16 on this computer, which has %s"):format((names:gsub(" ", ", "))))
         assert.has_error(function() small():compile { precision = "fp16" } end)
      end)
   end)
end)

-- Schedules, optimizers, losses, several classes, weights of samples, frozen layers, callbacks of fit.

local core = require "totality.core"
local totality = require "totality"

local layers, schedules, optimizers = totality.layers, totality.schedules, totality.optimizers

local function fails(message, f, ...)
   local ok, reason = pcall(f, ...)
   assert.is_false(ok)
   assert.matches(message, reason, 1, true)
end

local function temporary(extension)
   local path = os.tmpname()
   os.remove(path)
   return path .. extension
end

-- 24 images of 6 x 6 whose bright third tells the class.
local function make_data(classes, given)
   local images, labels, rng = core.tensor(24, 1, 6, 6), {}, totality.rng(3)
   for n = 1, 24 do
      labels[n] = (n - 1) % classes
      for k = 0, 35 do
         images[(n - 1) * 36 + k + 1] = rng:uniform() * 0.3 + (k // 2 % 3 == labels[n] and 0.7 or 0)
      end
   end
   given = given or {}
   given.images, given.labels, given.classes = images, given.labels or labels, classes
   return totality.dataset(given), images, labels
end

local function dense_model(outputs, given)
   given = given or {}
   local head = layers.dense { units = outputs, activation = outputs == 1 and "sigmoid" or "softmax", l2 = given.l2 }
   return totality.sequential { width = 6, height = 6, layers = { layers.flatten(),
      layers.dense { units = 5, activation = given.activation or "tanh" }, head } }
end

local function parameters(model) return model.network:parameters():to_table() end

describe("schedules", function()
   -- values of Keras' formulas, computed by hand
   it("follow the step", function()
      local cosine = schedules.cosine_decay { initial_learning_rate = 0.1, decay_steps = 10, alpha = 0.1 }
      assert.is_near(0.1, cosine(0, 1), 1e-15)
      assert.is_near(0.055, cosine(5, 1), 1e-15)
      assert.is_near(0.01, cosine(10, 1), 1e-15)
      assert.is_near(0.01, cosine(1000, 9), 1e-15)
      local warm = schedules.cosine_decay { initial_learning_rate = 0, decay_steps = 10, warmup_target = 0.2,
         warmup_steps = 4 }
      assert.is_near(0.05, warm(1, 1), 1e-15)
      assert.is_near(0.2, warm(4, 1), 1e-15)
      assert.is_near(0.1, warm(9, 1), 1e-15)
      local given = { initial_learning_rate = 0.1, decay_steps = 10, decay_rate = 0.25 }
      assert.is_near(0.05, schedules.exponential_decay(given)(5, 1), 1e-15)
      given.staircase = true
      assert.is_near(0.1, schedules.exponential_decay(given)(9, 1), 1e-15)
      assert.is_near(0.025, schedules.exponential_decay(given)(10, 1), 1e-15)
      local piecewise = schedules.piecewise_constant { boundaries = { 2, 5 }, values = { 1, 0.5, 0.1 } }
      for step, rate in pairs { [0] = 1, [2] = 1, [3] = 0.5, [5] = 0.5, [6] = 0.1 } do
         assert.equal(rate, piecewise(step, 1))
      end
      assert.equal("totality.Schedule(piecewise_constant 1 to 2, 0.5 to 5, 0.10000000000000001)", tostring(piecewise))
   end)

   it("set the rate of each step", function()
      local data, seen = make_data(2), {}
      local function rates(learning_rate)
         local model = dense_model(1):compile { optimizer = optimizers.sgd { learning_rate = learning_rate } }
         local list = {}
         model:fit(data, { epochs = 2, batch_size = 8, verbose = false, callbacks = { {
            on_batch_end = function(_, _, _, m) list[#list + 1] = m:learning_rate() end } } })
         return list, model
      end
      assert.same({ 1, 1, 0.5, 0.5, 0.5, 0.5 },
         (rates(schedules.piecewise_constant { boundaries = { 1 }, values = { 1.0, 0.5 } })))
      assert.same({ 1, 1.25, 1.5, 2.75, 3, 3.25 }, (rates(function(step, epoch)
         seen[#seen + 1] = ("%d/%d"):format(step, epoch)
         return step / 4 + epoch
      end)))
      assert.same({ "0/1", "0/1", "1/1", "2/1", "3/2", "4/2", "5/2" }, seen)
      local _, model = rates(function() return 0.1 end)
      fails("the optimizer's learning rate follows a schedule", function() model:set_learning_rate(1) end)
      fails("the learning rate of step 0 must be a number", function() rates(function() return "x" end) end)
   end)

   it("name what is wrong", function()
      fails("there are 1 boundaries and 1 values, 2 were expected",
         function() schedules.piecewise_constant { boundaries = { 1 }, values = { 1 } } end)
      fails("boundaries[2] must be a number at least 4, got 3",
         function() schedules.piecewise_constant { boundaries = { 3, 3 }, values = { 1, 1, 1 } } end)
      fails("optimizers.sgd: option 'learning_rate' must be a number, got \"fast\"",
         function() optimizers.sgd { learning_rate = "fast" } end)
      fails("options 'clipnorm' and 'global_clipnorm' exclude each other",
         function() optimizers.adam { clipnorm = 1, global_clipnorm = 1 } end)
   end)
end)

describe("optimizers", function()
   it("say what they are", function()
      assert.equal("totality.Optimizer(sgd, learning_rate 0.01)", tostring(optimizers.sgd()))
      assert.equal("adamw beta_1=0.90000000000000002 beta_2=0.999 epsilon=9.9999999999999995e-08 "
         .. "learning_rate=0.001 weight_decay=0.0040000000000000001", optimizers.adamw():text())
   end)

   it("let muon be told which layers are none of its matrices", function()
      local function model_of()
         return totality.sequential { width = 6, height = 6, layers = {
            layers.conv2d { filters = 2, activation = "relu" }, layers.flatten(), layers.dense { units = 3 },
            layers.dense { units = 2 }, layers.activation { activation = "softmax" } } }
      end
      -- a matrix's change of the first step has its root mean square; Adam's are all equal
      local function spread(given)
         local model = model_of()
         local before = model.network:tensors()
         given.learning_rate, given.weight_decay = 1e-3, 0
         model:compile { optimizer = optimizers.muon(given) }:fit(make_data(2), { batch_size = 24, verbose = false })
         local spreads = {}
         for k, entry in ipairs(model.network:tensors()) do
            local least, most = math.huge, 0
            for j, value in ipairs(entry[2]:to_table()) do
               local size = math.abs(value - before[k][2][j])
               if size > 0 then least, most = math.min(least, size), math.max(most, size) end
            end
            spreads[entry[1]] = most / least
         end
         return spreads
      end
      local all, some = spread {}, spread { exclude_layers = { "dense" } }
      assert.is_true(all["conv2d.weight"] > 2 and all["dense.weight"] > 2)
      assert.is_true(some["conv2d.weight"] > 2 and some["dense.weight"] < 1.2)
      for _, spreads in ipairs { all, some } do assert.is_true(spreads["dense_1.weight"] < 1.1) end
      fails("model:compile: exclude_layers of the optimizer: no layer is called 'dens'; there are conv2d, dense,",
         function() model_of():compile { optimizer = optimizers.muon { exclude_layers = { "dens" } } } end)
      fails("optimizers.muon: exclude_layers[1] must be a string, got 5",
         function() optimizers.muon { exclude_layers = { 5 } } end)
      -- an output layer of one feature has as many weights as units, and is one all the same
      local narrow = totality.sequential { width = 6, height = 6, layers = {
         layers.conv2d { filters = 2 }, layers.flatten(), layers.dense { units = 1 },
         layers.dense { units = 2, activation = "softmax" } } }
      assert.same({ { 0, 2, 9 }, { 20, 1, 72 } }, require("totality.weights").matrices(narrow.network, {}))
      assert.matches(" exclude_layers=conv2d,dense ", optimizers.muon { exclude_layers = { "conv2d", "dense" } }:text(),
         1, true)
   end)

   it("clip the gradient's norm", function()
      local data = make_data(2)
      -- with sgd, rate 1 and one batch the change is the gradient
      local function change(given)
         local model = dense_model(1)
         local before, squares = model.network:tensors(), {}
         given.learning_rate = 1
         model:compile { optimizer = optimizers.sgd(given) }:fit(data, { batch_size = 24, verbose = false })
         for k, entry in ipairs(model.network:tensors()) do
            local sum, old = 0.0, before[k][2]
            for j, value in ipairs(entry[2]:to_table()) do sum = sum + (value - old[j]) ^ 2 end
            squares[k] = sum
         end
         local all = 0.0
         for k, sum in ipairs(squares) do all, squares[k] = all + sum, math.sqrt(sum) end
         return squares, math.sqrt(all)
      end
      local free, norm = change {}
      local limit = (free[1] + free[3]) / 4
      for k, clipped in ipairs((change { clipnorm = limit })) do
         assert.is_near(math.min(free[k], limit), clipped, 1e-5 * limit)
      end
      local scaled, whole = change { global_clipnorm = norm / 2 }
      assert.is_near(norm / 2, whole, 1e-5 * norm)
      assert.is_near(free[1] / 2, scaled[1], 1e-5 * norm)
      assert.is_near(norm, select(2, change { global_clipnorm = 2 * norm }), 1e-6 * norm)
   end)
end)

describe("several classes", function()
   local data, images, labels = make_data(3)

   it("are learnt with a softmax", function()
      local model = dense_model(3):compile { optimizer = optimizers.adam { learning_rate = 0.05 },
         metrics = { "accuracy", "balanced_accuracy" } }
      local history = model:fit(data, { epochs = 30, batch_size = 8, verbose = false, validation_data = data })
      assert.equal(1, history.val_balanced_accuracy[30])
      assert.equal(1, history.accuracy[30])
      local p = model:predict(images, { batch_size = 7 })
      assert.same({ 24, 3 }, { p:shape() })
      for n = 1, 24 do
         assert.is_near(1, p[3 * n - 2] + p[3 * n - 1] + p[3 * n], 1e-6)
         assert.is_true(p[3 * n - 2 + labels[n]] > 0.5)
      end
      assert.equal("totality.Dataset(24 images 1 x 6 x 6, 3 classes)", tostring(data))
   end)

   it("may be given as probabilities", function()
      local one_hot = core.tensor(24, 3)
      for n = 1, 24 do one_hot[3 * (n - 1) + labels[n] + 1] = 1 end
      local function weights(set)
         local model = dense_model(3):compile { metrics = { "accuracy" } }
         local history = model:fit(set, { batch_size = 8, verbose = false, class_weight = { [2] = 3 } })
         return parameters(model), history.accuracy
      end
      assert.same({ weights(data) }, { weights((make_data(3, { labels = one_hot }))) })
   end)

   it("name what is wrong", function()
      fails("metrics[1]: 'f1' is for two classes; for more there are accuracy, accuracy_score, balanced_accuracy",
         function() dense_model(3):compile { metrics = { "f1" } } end)
      fails("the loss of a network with 3 outputs is categorical_crossentropy",
         function() dense_model(3):compile { loss = "binary_crossentropy" } end)
      fails("is 2.0, a class from 0 to 1 was expected",
         function() dense_model(2):compile {}:fit(data, { verbose = false, batch_size = 3,
            callbacks = { print } }) end)
      fails("labels[1] is 3, a class from 0 to 2 was expected",
         function() totality.dataset { images = core.tensor(1, 1, 2, 2), labels = { 3 }, classes = 3 } end)
      fails("option 'class_weight' must map 0 and 2 to numbers, got a key 3",
         function() dense_model(3):compile {}:fit(data, { class_weight = { [3] = 1 } }) end)
   end)
end)

describe("weights of samples", function()
   it("weigh the losses", function()
      local data, images, labels = make_data(2)
      local weights = {}
      for n = 1, 24 do weights[n] = n <= 12 and 2 or 0 end
      local weighted = totality.dataset { images = images, labels = labels, weights = weights }
      local half = totality.dataset { images = images:rows(1, 12), labels = { table.unpack(labels, 1, 12) } }
      local function loss(set)
         return dense_model(1):compile { optimizer = optimizers.sgd { learning_rate = 0 } }:evaluate(set).loss
      end
      assert.is_near(loss(half), loss(weighted), 1e-12)
      assert.not_near(loss(data), loss(weighted), 1e-6)
      assert.matches(", weighted)", tostring(weighted), 1, true)
      local history = dense_model(1):compile {}:fit(weighted, { batch_size = 24, verbose = false,
         class_weight = { [0] = 1, [1] = 0 } })
      assert.is_true(history.loss[1] < loss(weighted))
      fails("there are 24 images and 1 weights",
         function() totality.dataset { images = images, labels = labels, weights = { 1 } } end)
      fails("weights[2] must be a number at least 0, got -1",
         function() totality.dataset { images = images:rows(1, 2), labels = { 0, 1 }, weights = { 1, -1 } } end)
   end)
end)

describe("the loss", function()
   it("holds the L2 penalty", function()
      local data = make_data(2)
      local plain, penalised = dense_model(1):compile {}, dense_model(1, { l2 = 0.5 }):compile {}
      local squares = 0.0
      for _, w in ipairs(penalised.network:tensors()[3][2]:to_table()) do squares = squares + w * w end
      assert.is_near(plain:evaluate(data).loss + 0.5 * squares, penalised:evaluate(data).loss, 1e-6)
      local text = penalised:architecture()
      assert.equal("input 1 6 6; flatten; dense 5 tanh; dense 1 sigmoid l2=0.5", text)
      local path = temporary ".safetensors"
      assert(penalised:save(path))
      assert.equal(text, assert(totality.load_model(path)):architecture())
      os.remove(path)
   end)

   it("smooths the labels", function()
      local data = make_data(2)
      local model = dense_model(1)
      local function loss(smoothing) return model:compile { label_smoothing = smoothing }:evaluate(data).loss end
      -- (1 - s) L + s (mean of the losses for 0 and 1), and the loss is linear in s
      assert.is_near((loss(0) + loss(0.4)) / 2, loss(0.2), 1e-12)
      assert.not_near(loss(0), loss(0.4), 1e-3)
   end)
end)

describe("frozen layers", function()
   local data = make_data(2)

   local function model_of(seed)
      return totality.sequential { width = 6, height = 6, seed = seed, layers = {
         layers.conv2d { filters = 2, activation = "relu" }, layers.conv2d { filters = 2, activation = "relu" },
         layers.global_average_pooling2d(), layers.dense { units = 1 }, layers.activation { activation = "sigmoid" } } }
   end

   it("keep their weights, decay or not", function()
      local model = model_of(1):freeze "conv2d*"
      local before, after = parameters(model), nil
      for _, rule in ipairs { "muon", "adamw" } do
         model:compile { optimizer = optimizers[rule] { weight_decay = 0.5 } }:fit(data, { verbose = false })
         after = parameters(model)
         for k = 1, 58 do assert.equal(before[k], after[k]) end -- 20 + 38 of the convolutions
      end
      assert.not_equal(before[59], after[59])
      model:unfreeze "conv2d_1":fit(data, { verbose = false })
      local last = parameters(model)
      assert.equal(before[1], last[1])
      assert.not_equal(before[21], last[21])
      local lines = {}
      model:summary { print_fn = function(line) lines[#lines + 1] = line end }
      local text = table.concat(lines, "\n")
      assert.matches("Total params: 61\nTrainable params: 41\nNon-trainable params: 20\n", text, 1, true)
      assert.matches("global_average_pooling2d (Gl (None, 2)", text, 1, true)
      fails("model:freeze: no layer is called 'conv3d'; there are conv2d, conv2d_1, dense",
         function() model:freeze "conv3d" end)
   end)

   it("may come from another network", function()
      local path = temporary ".safetensors"
      local teacher, student = model_of(1), model_of(2)
      assert(teacher:save(path))
      assert(student:load_weights(path, { layers = { "conv2d" } }))
      local from, to, own = parameters(teacher), parameters(student), parameters(model_of(2))
      for k = 1, 61 do assert.equal(k <= 20 and from[k] or own[k], to[k]) end
      local other = totality.sequential { width = 6, height = 6, layers = {
         layers.conv2d { filters = 2 }, layers.flatten(), layers.dense { units = 1, activation = "sigmoid" } } }
      assert.same({ n = 2, nil, path .. ": tensor 'dense.weight' has shape [1, 2], [1, 72] was expected" },
         table.pack(other:load_weights(path, { layers = { "dense", "conv2d" } })))
      assert.is_true(other:load_weights(path, { skip_mismatched = true }))
      assert.equal(from[1], parameters(other)[1])
      fails("no layer is called 'dense_1'; there are conv2d, dense",
         function() other:load_weights(path, { layers = { "dense_1" } }) end)
      os.remove(path)
   end)
end)

describe("batch normalisation", function()
   local data, images = make_data(2)

   local function model_of()
      return totality.sequential { width = 6, height = 6, layers = {
         layers.batch_normalization { momentum = 0.5 }, layers.conv2d { filters = 3 }, layers.batch_normalization(),
         layers.activation { activation = "relu" }, layers.max_pooling2d {}, layers.flatten(),
         layers.dropout { rate = 0.2 }, layers.dense { units = 4 }, layers.batch_normalization { epsilon = 0.01 },
         layers.dense { units = 1, activation = "sigmoid" } } }
   end

   local function train(threads, rule)
      local model = model_of():compile { optimizer = optimizers[rule or "adam"] { learning_rate = 0.01 } }
      model:fit(data, { epochs = 2, batch_size = 20, verbose = false, threads = threads }) -- 3 chunks, and 1
      return model
   end

   it("gives the same bits on any number of threads", function()
      for _, rule in ipairs { "adam", "muon" } do
         local one = parameters(train(1, rule))
         for _, threads in ipairs { 2, 3, 8 } do assert.same(one, parameters(train(threads, rule))) end
      end
   end)

   it("normalises the batch while training, and moves its mean and variance", function()
      local model = totality.sequential { width = 6, height = 6, layers = {
         layers.batch_normalization { momentum = 0.75, epsilon = 1e-6 }, layers.flatten(),
         layers.dense { units = 1, activation = "sigmoid" } } }
      model:compile { optimizer = optimizers.sgd { learning_rate = 0 } }
      model:fit(data, { batch_size = 24, verbose = false })
      local sum, squares = 0.0, 0.0
      for _, x in ipairs(images:to_table()) do sum, squares = sum + x, squares + x * x end
      local mean = sum / #images
      local list = model.network:tensors()
      assert.is_near(0.25 * mean, list[3][2][1], 1e-6)
      assert.is_near(0.75 + 0.25 * (squares / #images - mean * mean), list[4][2][1], 1e-6)
      assert.equal("batch_normalization.moving_variance", list[4][1])
   end)

   it("rests when frozen", function()
      local model = train(1):freeze "batch_normalization*"
      local before, lines = model.network:tensors(), {}
      model:fit(data, { verbose = false, batch_size = 20 })
      local changed = {}
      for k, entry in ipairs(model.network:tensors()) do
         local same = table.concat(before[k][2]:to_table(), " ") == table.concat(entry[2]:to_table(), " ")
         if not same then changed[#changed + 1] = entry[1] end
      end
      assert.same({ "conv2d.weight", "conv2d.bias", "dense.weight", "dense.bias", "dense_1.weight", "dense_1.bias" },
         changed)
      model:summary { print_fn = function(line) lines[#lines + 1] = line end }
      assert.equal("Non-trainable params: 32", lines[#lines - 1])
   end)

   it("is saved with all that it has", function()
      local model, path = train(1), temporary ".safetensors"
      assert(model:save(path))
      local again = assert(totality.load_model(path))
      os.remove(path)
      assert.equal(model:architecture(), again:architecture())
      assert.matches("batch_normalization 0.98999999999999999; dense", (model:architecture():gsub("; ac.*x; ", "; ")
         :gsub("activation relu; max_pooling2d; flatten; dropout 0.20000000000000001; ", "")), 1, true)
      assert.same(model:predict(images):to_table(), again:predict(images):to_table())
   end)
end)

describe("callbacks of fit", function()
   local data = make_data(2)

   local function scripted(losses)
      local model, epoch = dense_model(1):compile { optimizer = optimizers.sgd { learning_rate = 1 } }, 0
      function model.evaluate()
         epoch = epoch + 1
         return { loss = losses[epoch] }
      end
      return model
   end

   it("reduce the learning rate on a plateau", function()
      local rates = {}
      scripted({ 5, 4, 4, 4, 4, 4, 3, 3, 3 }):fit(data, { epochs = 9, validation_data = data, verbose = false,
         callbacks = { totality.callbacks.reduce_lr_on_plateau { patience = 2, factor = 0.5, cooldown = 1,
            min_lr = 0.3 }, function(epoch, _, model) rates[epoch] = model:learning_rate() end } })
      assert.same({ 1, 1, 1, 0.5, 0.5, 0.3, 0.3, 0.3, 0.3 }, rates)
   end)

   it("log to a CSV table", function()
      local path = temporary ".csv"
      local function log(append, losses)
         scripted(losses):fit(data, { epochs = #losses, validation_data = data, verbose = false,
            callbacks = { totality.callbacks.csv_logger { path = path, append = append } } })
         local rows = {}
         for line in io.lines(path) do rows[#rows + 1] = line:gsub(",[%d.]+,[%d.]+,", ",*,*,") end
         return rows
      end
      assert.same({ "epoch,learning_rate,loss,val_loss", "1,*,*,0.5", "2,*,*,0.25" }, log(false, { 0.5, 0.25 }))
      assert.same({ "epoch,learning_rate,loss,val_loss", "1,*,*,0.5", "2,*,*,0.25", "1,*,*,1" }, log(true, { 1 }))
      assert.same({ "epoch,learning_rate,loss,val_loss", "1,*,*,2" }, log(false, { 2 }))
      os.remove(path)
   end)
end)

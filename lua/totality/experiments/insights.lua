--- Overfitting, regularisation and training noise, by the size of the training set.

local plot = require "totality.plot"
local scores = require "totality.experiment.scores"

local insights = {
   title = "Overfitting, dropout, L2 and training noise",
   shows = [[
Three statements of a talk on this task are put to the test with CNN10 (100x100 pixels, 100 points): that networks
overfit when trained on noisy data, that dropout and L2 regularisation only help with large training sets, and that
training on noisy data does not improve the performance on noisy data. Every network sees the same number of images
in all; "fresh" is a training set so large that each image is seen once. Noise is in units of the maximum flux;
balanced accuracy is taken at the threshold 0.27. Errors are standard errors over repetitions, each with its own
training sets, first weights and test stars; a statement is decided where Student's t test is at the level of 5 %.]],
   scales = {
      tiny = { sizes = { 16 }, seen = 32, test = 16 },
      quick = { sizes = { 2048, 8192, 32768 }, seen = 65536, test = 2000, seeds = 3 },
      full = { sizes = { 2048, 8192, 32768 }, seen = 327680, test = 4000, seeds = 5 },
   },
}

local NOISY = 0.05
local REGULARISERS = {
   { name = "none" }, { name = "dropout", network = { dropout = 0.5 } }, { name = "L2", network = { l2 = 1e-4 } },
}
local TRAINING = { { name = "0.00", noises = { 0 } }, { name = "0.02", noises = { 0.02 } },
   { name = "0.05", noises = { NOISY } }, { name = "mixed", noises = { 0, 0.02, NOISY } } }
local CLEAN, NOISY_TRAINING = TRAINING[1], TRAINING[3]
local TEST_NOISES = { 0, 0.02, NOISY }

local function sizes_of(settings)
   local sizes = table.move(settings.sizes, 1, #settings.sizes, 1, {})
   sizes[#sizes + 1] = settings.seen
   return sizes
end

local function size_text(settings, size) return size == settings.seen and "fresh" or tostring(size) end

local function data_of(noises, size, seed)
   local observations = {}
   for k, noise in ipairs(noises) do observations[k] = { noise = noise } end
   return { size = size, seed = seed, spots = 0.5, observations = observations }
end

-- The first `size` samples of the largest training set of this noise and seed.
local function training_data(training, settings, size, seed)
   local data = data_of(training.noises, settings.seen, seed)
   data.use = size
   return data
end

local function test_data(noise, settings, seed) return data_of({ noise }, settings.test, 976 + seed) end

local function train_name(training, size, regulariser, seed)
   return ("train noise %s size %d %s seed %d"):format(training.name, size, regulariser.name, seed)
end

local function test_name(of, noise) return ("%s, test at %.2f"):format(of, noise) end

local function add_training(list, settings, training, size, regulariser, seed)
   local name = train_name(training, size, regulariser, seed)
   local network = { name = "cnn10", seed = seed }
   for key, value in pairs(regulariser.network or {}) do network[key] = value end
   list[#list + 1] = { name = name, kind = "train", network = network, seed = seed,
      data = training_data(training, settings, size, seed), epochs = settings.seen // size, batch_size = 32,
      learning_rate = 1e-3 }
   list[#list + 1] = { name = name .. ", its own training set", kind = "test", model = name,
      data = training_data(training, settings, math.min(size, settings.test), seed) }
   for _, noise in ipairs(TEST_NOISES) do
      list[#list + 1] = { name = test_name(name, noise), kind = "test", model = name,
         data = test_data(noise, settings, seed) }
   end
end

function insights.runs(settings)
   local list = {}
   for seed = 1, settings.seeds do
      for _, size in ipairs(sizes_of(settings)) do
         add_training(list, settings, CLEAN, size, REGULARISERS[1], seed)
         for _, regulariser in ipairs(REGULARISERS) do
            add_training(list, settings, NOISY_TRAINING, size, regulariser, seed)
         end
      end
      for _, training in ipairs { TRAINING[2], TRAINING[4] } do
         add_training(list, settings, training, settings.seen, REGULARISERS[1], seed)
      end
   end
   return list
end

local function tested(results, training, size, regulariser, seed, noise)
   return results[test_name(train_name(training, size, regulariser, seed), noise)]
end

local function verdict(settings, holds, difference, error)
   local decided = scores.differs(difference, error, settings.seeds)
   if decided == nil then return "not decided (one training)" end
   if not decided then return "not decided" end
   return (difference > 0) == holds and "confirmed" or "refuted"
end

-- How much worse a network is on the test set than on its training set, at the noise of its training.
local function overfitting(results, training, noise, size, seed, measure, sign)
   local own = results[train_name(training, size, REGULARISERS[1], seed) .. ", its own training set"][measure]
   return sign * (own - tested(results, training, size, REGULARISERS[1], seed, noise)[measure])
end

local function report_overfitting(page, results, settings)
   page:text "## Networks overfit when trained on noisy data"
   local rows, lines = {}, { { x = {}, y = {}, errors = {}, label = "noise 0.00", marks = true },
      { x = {}, y = {}, errors = {}, label = "noise 0.05", marks = true } }
   for k, size in ipairs(sizes_of(settings)) do
      local row = { size_text(settings, size) }
      for j, case in ipairs { { CLEAN, 0 }, { NOISY_TRAINING, NOISY } } do
         for _, measure in ipairs { { "balanced_accuracy", 1 }, { "log_loss", -1 } } do
            local mean, error = scores.over_seeds(settings.seeds, function(seed)
               return overfitting(results, case[1], case[2], size, seed, measure[1], measure[2])
            end)
            row[#row + 1] = scores.show(mean, error)
            if measure[1] == "log_loss" then
               lines[j].x[k], lines[j].y[k], lines[j].errors[k] = math.log(size, 10), mean, error
            end
         end
      end
      local difference, error = scores.over_seeds(settings.seeds, function(seed)
         return overfitting(results, NOISY_TRAINING, NOISY, size, seed, "log_loss", -1)
            - overfitting(results, CLEAN, 0, size, seed, "log_loss", -1)
      end)
      row[#row + 1], row[#row + 2] = scores.show(difference, error), verdict(settings, true, difference, error)
      rows[k] = row
   end
   page:text(("Overfitting: balanced accuracy lost from the training set to the test set of the same noise, and "
      .. "logarithmic loss gained. The verdict is on whether the loss grows more with noise."))
   page:table("overfitting", { "training set", "accuracy lost, noise 0.00", "loss gained, noise 0.00",
      "accuracy lost, noise 0.05", "loss gained, noise 0.05", "difference of the losses", "more with noise?" }, rows)
   page:figure("overfitting", plot.line_chart { lines = lines, x_label = "log10 of the training set's size",
      y_label = "log loss, test - training", title = "overfitting" }, "overfitting by size of the training set")
end

local function report_regularisers(page, results, settings)
   page:text "## Dropout and L2 help with large training sets only"
   local rows, lines = {}, {}
   for j, regulariser in ipairs(REGULARISERS) do
      local line = { x = {}, y = {}, errors = {}, label = regulariser.name, marks = true }
      for k, size in ipairs(sizes_of(settings)) do
         local function accuracy(seed, other)
            return tested(results, NOISY_TRAINING, size, other, seed, NOISY).balanced_accuracy
         end
         local mean, error = scores.over_seeds(settings.seeds, function(seed) return accuracy(seed, regulariser) end)
         line.x[k], line.y[k], line.errors[k] = math.log(size, 10), mean, error
         local row = { size_text(settings, size), regulariser.name, mean, error, "", "" }
         if j > 1 then
            local gain, gain_error = scores.over_seeds(settings.seeds, function(seed)
               return accuracy(seed, regulariser) - accuracy(seed, REGULARISERS[1])
            end)
            row[5] = scores.show(gain, gain_error)
            row[6] = verdict(settings, size == settings.seen, gain, gain_error)
         end
         rows[#rows + 1] = row
      end
      lines[j] = line
   end
   page:text("Trained and tested at noise 0.05. The statement is confirmed where a regulariser helps with the "
      .. "largest set, or harms with a smaller one, and refuted where it is the other way round.")
   page:table("regularisers", { "training set", "regulariser", "balanced accuracy", "error", "gain",
      "the statement is" }, rows)
   page:figure("regularisers", plot.line_chart { lines = lines, x_label = "log10 of the training set's size",
      y_label = "balanced accuracy", title = "noise 0.05" }, "balanced accuracy by training set and regulariser")
end

local function report_training_noise(page, results, settings)
   page:text "## Training on noisy data does not help"
   local rows, bars, groups = {}, {}, {}
   for k, noise in ipairs(TEST_NOISES) do groups[k] = ("test at %.2f"):format(noise) end
   for j, training in ipairs(TRAINING) do
      local row, bar = { training.name }, { label = "trained at " .. training.name, values = {}, errors = {} }
      for k, noise in ipairs(TEST_NOISES) do
         local function accuracy(seed, other)
            return tested(results, other, settings.seen, REGULARISERS[1], seed, noise).balanced_accuracy
         end
         local mean, error = scores.over_seeds(settings.seeds, function(seed) return accuracy(seed, training) end)
         bar.values[k], bar.errors[k], row[k + 1] = mean, error, scores.show(mean, error):sub(2)
         if k == #TEST_NOISES then
            local gain, gain_error = scores.over_seeds(settings.seeds, function(seed)
               return accuracy(seed, training) - accuracy(seed, CLEAN)
            end)
            row[k + 2] = j > 1 and scores.show(gain, gain_error) or ""
            row[k + 3] = j > 1 and verdict(settings, false, gain, gain_error) or ""
         end
      end
      rows[j], bars[j] = row, bar
   end
   page:text "Balanced accuracy of networks trained on fresh images; the gain is that over training without noise."
   page:table("training_noise", { "training noise", "test at 0.00", "test at 0.02", "test at 0.05", "gain at 0.05",
      "the statement is" }, rows)
   page:figure("training_noise", plot.bar_chart { groups = groups, bars = bars, y_range = { 0.4, 1 }, width = 560,
      y_label = "balanced accuracy" }, "balanced accuracy by training and test noise")
end

function insights.report(page, results, settings)
   report_overfitting(page, results, settings)
   report_regularisers(page, results, settings)
   report_training_noise(page, results, settings)
end

return insights

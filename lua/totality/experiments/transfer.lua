--- Fine-tuning a network that was trained on curves without noise, with few images of another kind.

local plot = require "totality.plot"
local scores = require "totality.experiment.scores"

local transfer = {
   title = "Fine-tuning with few images",
   shows = [[
A CNN10 is trained on curves without noise, as they are easily simulated, and then fine-tuned with few images of
each level of noise and each survey; beside it stand the network as it was, and one that learns from these few
images alone. Commercial image recognition learns a new task in this way from a network trained on photographs.
Balanced accuracy is taken at the threshold 0.27; errors are standard errors over repetitions, each with its own
images for training and for testing.]],
   scales = {
      tiny = { pretrain = 16, pretrain_epochs = 1, sizes = { 16 }, seen = 16, test = 16 },
      quick = { pretrain = 16384, pretrain_epochs = 4, sizes = { 128, 512, 2048 }, seen = 16384, test = 1000,
         seeds = 3 },
      full = { pretrain = 65536, pretrain_epochs = 20, sizes = { 128, 512, 2048, 8192 }, seen = 81920, test = 4000,
         seeds = 5 },
   },
}

local TARGETS = {
   { name = "noise 0.02", data = { observations = { { noise = 0.02 } } } },
   { name = "noise 0.05", data = { observations = { { noise = 0.05 } } } },
   { name = "kepler", data = { surveys = { kepler = 1 } } },
   { name = "asas3", data = { surveys = { asas3 = 1 } } },
}
local WAYS = {
   { name = "from scratch", learning_rate = 1e-3 },
   { name = "fine-tuned", learning_rate = 3e-4, pretrained = true },
}

-- In the repetition with seed s, the systems of the pretraining have the seed s, those of the few images 100 + s,
-- those of the test 976 + s.
local function data_of(description, size, seed, use)
   local data = { size = size, seed = seed, spots = 0.5, use = use }
   for name, value in pairs(description) do data[name] = value end
   return data
end

local function pretrain_name(seed) return "pretrain seed " .. seed end

local function train_name(target, way, size, seed)
   return ("%s %s size %d seed %d"):format(target.name, way.name, size, seed)
end

function transfer.runs(settings)
   local list, largest = {}, settings.sizes[#settings.sizes]
   for seed = 1, settings.seeds do
      list[#list + 1] = { name = pretrain_name(seed), kind = "train", seed = seed, batch_size = 32,
         network = { name = "cnn10", seed = seed }, epochs = settings.pretrain_epochs, learning_rate = 1e-3,
         data = data_of({ observations = { { noise = 0 } } }, settings.pretrain, seed) }
      for _, target in ipairs(TARGETS) do
         local test = data_of(target.data, settings.test, 976 + seed)
         list[#list + 1] = { name = target.name .. " as it was seed " .. seed, kind = "test",
            model = pretrain_name(seed), data = test }
         for _, way in ipairs(WAYS) do
            for _, size in ipairs(settings.sizes) do
               local name = train_name(target, way, size, seed)
               list[#list + 1] = { name = name, kind = "train", seed = seed, batch_size = 32,
                  network = { name = "cnn10", seed = seed }, start = way.pretrained and pretrain_name(seed) or nil,
                  epochs = settings.seen // size, learning_rate = way.learning_rate,
                  data = data_of(target.data, largest, 100 + seed, size) }
               list[#list + 1] = { name = name .. ", test", kind = "test", model = name, data = test }
            end
         end
      end
   end
   return list
end

-- By how much a network is better that was trained before, on the same images and test stars.
local function gain_rows(results, settings)
   local rows = {}
   for _, target in ipairs(TARGETS) do
      for _, size in ipairs(settings.sizes) do
         local row = { target.name, size }
         for _, measure in ipairs { "balanced_accuracy", "roc_auc" } do
            local gain, error = scores.over_seeds(settings.seeds, function(seed)
               local function score(way) return results[train_name(target, way, size, seed) .. ", test"][measure] end
               return score(WAYS[2]) - score(WAYS[1])
            end)
            local decided = scores.differs(gain, error, settings.seeds)
            row[#row + 1] = scores.show(gain, error)
            row[#row + 1] = decided and (gain > 0 and "helps" or "harms") or "not decided"
         end
         rows[#rows + 1] = row
      end
   end
   return rows
end

function transfer.report(page, results, settings)
   local rows, charts = {}, {}
   for k, target in ipairs(TARGETS) do
      local lines = {}
      local function add(line, name, size, name_of)
         local function mean_of(measure)
            return scores.over_seeds(settings.seeds, function(seed) return results[name_of(seed)][measure] end)
         end
         local accuracy, error = mean_of "balanced_accuracy"
         local auc, auc_error = mean_of "roc_auc"
         rows[#rows + 1] = { target.name, name, size, accuracy, error, auc, auc_error }
         line.x[#line.x + 1], line.y[#line.y + 1], line.errors[#line.errors + 1] = size, accuracy, error
      end
      for j, way in ipairs(WAYS) do
         lines[j] = { x = {}, y = {}, errors = {}, label = way.name, marks = true }
         for _, size in ipairs(settings.sizes) do
            add(lines[j], way.name, size, function(seed) return train_name(target, way, size, seed) .. ", test" end)
         end
      end
      local as_it_was = { x = {}, y = {}, errors = {}, label = "as it was", marks = true }
      add(as_it_was, "as it was", 0, function(seed) return target.name .. " as it was seed " .. seed end)
      lines[#lines + 1] = as_it_was
      charts[k] = plot.line_chart { lines = lines, title = target.name, x_label = "images", width = 420,
         y_label = "balanced accuracy", y_range = { 0.45, 1 } }
   end
   page:text("Fine-tuned less from scratch, on the same images and test stars; decided where Student's t test is at "
      .. "the level of 5 %: one in twenty by chance alone.")
   page:table("gain", { "target", "images", "gain in balanced accuracy", "by which training before",
      "gain in ROC AUC", "by which it" }, gain_rows(results, settings))
   page:table("transfer", { "target", "network", "images", "balanced accuracy", "error", "ROC AUC", "error" }, rows)
   page:figure("transfer", plot.page(charts), "balanced accuracy by number of images, for each target")
   page:text("`totality.labelled_images.write` writes the same data sets as folders of PNG files, one a label, which "
      .. "services of image recognition take; `totality.labelled_images.score` scores their answers.")
end

return transfer

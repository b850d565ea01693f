--- Networks by size of the image and by the noise that they were trained and are tested with, beside the scores of
-- people and the Bayes limit.

local plain_curves = require "totality.experiment.plain_curves"
local plot = require "totality.plot"
local scores = require "totality.experiment.scores"
local talk = require "totality.experiment.talk"

local comparison = {
   title = "Networks by image size, training noise and test noise",
   shows = [[
CNN10 on images of 100x100 pixels and CNN15 on 250x250 and 350x175 (width x height) are each trained on curves
without noise, with noise 0.02 and 0.05 of the maximum flux, and with a mixture of the three, and tested with each.
Beside them stand the networks that come with the project, which were trained on simulated surveys, plain curves of
these kinds among them. A curve has as many points, regular in phase, as the image has columns. Networks of a size
are trained on the same systems, no image seen twice, and tested on the same others, half of them with a spot, orbits
at random, 27 % total. Balanced accuracy is taken at the threshold 0.27, F1 at 0.5. No classifier can be better than
the Bayes limit: what the posterior over a bank of model curves achieves on the test set (`totality.bayes_limit`,
which knows all of an observation but the system) lies below it, what the posterior claims mostly above.]],
   scales = {
      tiny = { train = 16, test = 8, epochs_cnn10 = 1, epochs_cnn15 = 1, bank = 200, per_system = 8 },
      quick = { train = 16384, test = 2000, epochs_cnn10 = 12, epochs_cnn15 = 5, bank = 1000000, per_system = 4 },
      full = { train = 65536, test = 4000, epochs_cnn10 = 20, epochs_cnn15 = 20, bank = 1000000, per_system = 4,
         seeds = 3 },
   },
}

local IMAGES = plain_curves.IMAGES
local NOISES = { 0, 0.02, 0.05 }
local TRAINING = { { name = "0.00", noises = { 0 } }, { name = "0.02", noises = { 0.02 } },
   { name = "0.05", noises = { 0.05 } }, { name = "mixed", noises = NOISES },
   { name = "surveys", shipped = true } }
local BATCH, OPTIMIZER, LEARNING_RATE = 64, "muon", 1e-3

local size_of = plain_curves.size_of

local function train_name(image, training, seed)
   return ("train %s %s noise %s seed %d"):format(image.network, size_of(image), training.name, seed)
end

local function test_name(image, training, seed, noise)
   if training.shipped then return plain_curves.name(image, noise, "shipped") end
   return ("%s, test at %.2f"):format(train_name(image, training, seed), noise)
end

local function limit_name(image, noise) return plain_curves.name(image, noise, "limit all") end

-- The shipped weights are one training.
local function seeds_of(training, settings) return training.shipped and 1 or settings.seeds end

local function add_training(list, settings, image, training, seed)
   local name = train_name(image, training, seed)
   list[#list + 1] = { name = name, kind = "train", seed = seed, fresh = true,
      network = { name = image.network, width = image.width, height = image.height, seed = seed },
      data = plain_curves.data { image = image, noises = training.noises, size = settings.train, seed = seed,
         per_system = settings.per_system },
      epochs = settings["epochs_" .. image.network], batch_size = BATCH, optimizer = OPTIMIZER,
      learning_rate = LEARNING_RATE }
   for _, noise in ipairs(NOISES) do
      list[#list + 1] = { name = test_name(image, training, seed, noise), kind = "test", model = name,
         data = plain_curves.test_data(image, noise, settings.test) }
   end
end

function comparison.runs(settings)
   local list = {}
   for _, image in ipairs(IMAGES) do
      for _, training in ipairs(TRAINING) do
         for seed = 1, training.shipped and 0 or settings.seeds do
            add_training(list, settings, image, training, seed)
         end
      end
      for _, noise in ipairs(NOISES) do
         list[#list + 1] = plain_curves.shipped_test(image, noise, settings)
         -- without noise nothing hides the label but the likeness of systems at the border
         if noise > 0 then list[#list + 1] = plain_curves.limit(image, noise, "all", settings) end
      end
   end
   return list
end

local function over_seeds(results, settings, image, training, noise, measure)
   return scores.over_seeds(seeds_of(training, settings), function(seed)
      return results[test_name(image, training, seed, noise)][measure]
   end)
end

local function human(image, noise, measure)
   for _, row in ipairs(talk.human) do
      if row.noise == noise and row.image == size_of(image) then return row[measure] end
   end
end

-- What the posterior achieves and claims: NaN without noise.
local function limit(results, image, noise, measure)
   local result = results[limit_name(image, noise)]
   if not result then return 0 / 0, 0 / 0 end
   return result.achieved[measure].value, result.claimed[measure].value
end

local function rows_of(results, settings)
   local rows = {}
   for _, noise in ipairs(NOISES) do
      for _, image in ipairs(IMAGES) do
         for _, training in ipairs(TRAINING) do
            local row = { ("%.2f"):format(noise), size_of(image), image.network, training.name }
            row[5], row[6] = over_seeds(results, settings, image, training, noise, "balanced_accuracy")
            row[7], row[8] = over_seeds(results, settings, image, training, noise, "f1")
            rows[#rows + 1] = row
         end
      end
   end
   return rows
end

local function reference_rows(results)
   local rows = {}
   for _, noise in ipairs(NOISES) do
      for _, image in ipairs(IMAGES) do
         local accuracy, accuracy_claimed = limit(results, image, noise, "balanced_accuracy")
         local f1, f1_claimed = limit(results, image, noise, "f1")
         rows[#rows + 1] = { ("%.2f"):format(noise), size_of(image), human(image, noise, "balanced_accuracy"),
            accuracy, accuracy_claimed, human(image, noise, "f1"), f1, f1_claimed }
      end
   end
   return rows
end

local function chart(results, settings, noise, measure, name)
   local groups, bars = {}, {}
   for k, image in ipairs(IMAGES) do groups[k] = size_of(image) end
   for _, training in ipairs(TRAINING) do
      local bar = { label = "trained at " .. training.name, values = {}, errors = {} }
      for k, image in ipairs(IMAGES) do
         local mean, error = over_seeds(results, settings, image, training, noise, measure)
         bar.values[k], bar.errors[k] = mean, error
      end
      bars[#bars + 1] = bar
   end
   local people, limits = { label = "people", values = {} }, { label = "Bayes limit", values = {}, errors = {} }
   for k, image in ipairs(IMAGES) do
      local achieved, claimed = limit(results, image, noise, measure)
      people.values[k] = human(image, noise, measure)
      limits.values[k], limits.errors[k] = (achieved + claimed) / 2, math.abs(claimed - achieved) / 2
   end
   table.move({ people, limits }, 1, 2, #bars + 1, bars)
   return plot.bar_chart { groups = groups, bars = bars, y_range = { 0.4, 1 }, width = 560, height = 300,
      title = ("%s, noise %.2f"):format(name, noise), y_label = name }
end

function comparison.report(page, results, settings)
   page:text "## Networks"
   page:text("Mean and standard error over " .. settings.seeds .. (settings.seeds == 1 and " training."
      or " trainings."))
   page:table("networks", { "test noise", "image", "network", "training noise", "balanced accuracy",
      "error", "F1", "error" }, rows_of(results, settings))
   page:text "## People and the limit"
   page:text(("People judged images of other curves of the same noise, with a number of points that is not known, "
      .. "as a talk about 2020 reports; the commercial service CustomVision reached F1 = %.2f at a noise that is not "
      .. "known. The limit without noise is 1 but for systems at the border."):format(talk.custom_vision_f1))
   page:table("references", { "noise", "image", "balanced accuracy, people", "limit, achieved", "limit, claimed",
      "F1, people", "limit, achieved", "limit, claimed" }, reference_rows(results))
   for _, measure in ipairs { { "balanced_accuracy", "balanced accuracy" }, { "f1", "F1" } } do
      local charts = {}
      for k, noise in ipairs(NOISES) do charts[k] = chart(results, settings, noise, measure[1], measure[2]) end
      page:figure(measure[1], plot.page(charts, { columns = 1 }), measure[2] .. " by image, training and test noise")
   end
end

return comparison

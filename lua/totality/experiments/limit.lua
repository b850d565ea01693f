--- How near the networks come to the Bayes limit of what an image shows.

local plain_curves = require "totality.experiment.plain_curves"
local plot = require "totality.plot"
local scores = require "totality.experiment.scores"
local TOTAL_SHARE = require("totality.population").TOTAL_SHARE

local limit = {
   title = "The distance to the Bayes limit",
   shows = [[
The networks that come with the project, as they are and after some more training at one level of noise alone, beside
the posterior over a bank of model curves, on the same curves: as many points, regular in phase, as the image has
columns, half of the systems with a spot, 27 % total. An image is aligned and scaled by its own noisy curve. The
limit that it can be held to is that of a judge who knows as little: the phase of conjunction to 0.002, not which star
is behind at which minimum, not the scale, not the noise. One who knows all of this but the system has a higher limit,
which is given, too. What a posterior achieves lies below its limit, what it claims mostly above. Balanced accuracy is
taken at the threshold 0.27, F1 at 0.5.]],
   scales = {
      tiny = { noises = { 0.05, 0.02 }, train = 16, epochs = 1, test = 40, bank = 200 },
      quick = { noises = { 0.05, 0.02 }, train = 20480, epochs = 8, test = 2000, bank = 1000000 },
      full = { noises = { 0.05, 0.02 }, train = 20480, epochs = 24, test = 4000, bank = 1000000 },
   },
}

-- Many systems seen a few times teach more than few seen eight times. In the tests, a thousand systems would leave
-- errors as large as the differences.
local BATCH, OPTIMIZER, LEARNING_RATE, PER_SYSTEM = 128, "muon", 4e-4, 2
local JUDGES = {
   { name = "shipped", about = "of the project" },
   { name = "more", about = "then trained at this noise" },
}
local KNOWLEDGE = { "image", "all" }

local name_of = plain_curves.name

local function runs_of(image, noise, settings)
   local trained = name_of(image, noise, "training")
   local list = {
      plain_curves.shipped_test(image, noise, settings),
      { name = trained, kind = "train", seed = 1, fresh = true, start_shipped = image.shipped,
         weights = plain_curves.weights(image),
         network = { name = image.network, width = image.width, height = image.height, seed = 1 },
         data = plain_curves.data { image = image, noises = { noise }, size = settings.train, seed = 2,
            per_system = PER_SYSTEM },
         epochs = settings.epochs, batch_size = BATCH, optimizer = OPTIMIZER, learning_rate = LEARNING_RATE },
      { name = name_of(image, noise, "more"), kind = "test", model = trained,
         data = plain_curves.test_data(image, noise, settings.test) },
   }
   for _, known in ipairs(KNOWLEDGE) do list[#list + 1] = plain_curves.limit(image, noise, known, settings) end
   return list
end

function limit.runs(settings)
   local list = {}
   for _, noise in ipairs(settings.noises) do
      for _, image in ipairs(plain_curves.IMAGES) do
         for _, run in ipairs(runs_of(image, noise, settings)) do list[#list + 1] = run end
      end
   end
   return list
end

local HEADER = { "noise", "image", "judge", "balanced accuracy", "difference", "error", "as expected", "error", "F1",
   "ROC AUC" }

local function rows_of(results, image, noise)
   local rows, size = {}, plain_curves.size_of(image)
   local of_image = results[name_of(image, noise, "limit image")]
   local others = scores.classes(of_image.probabilities, TOTAL_SHARE)
   -- Whatever a judge makes of a curve, the label is as probable as one says who knows all that there is to know.
   local truth = results[name_of(image, noise, "limit all")].probabilities
   local function add(about, labels, probabilities)
      local predicted = scores.classes(probabilities, TOTAL_SHARE)
      local found = scores.of_probabilities(labels, probabilities, TOTAL_SHARE)
      local difference, error = scores.difference("balanced_accuracy", labels, predicted, others)
      local expected, its_error = scores.difference("balanced_accuracy", truth, predicted, others)
      rows[#rows + 1] = { ("%.2f"):format(noise), size, about, found.balanced_accuracy, difference, error, expected,
         its_error, found.f1, found.roc_auc }
   end
   for _, judge in ipairs(JUDGES) do
      local result = results[name_of(image, noise, judge.name)]
      for k, label in ipairs(result.labels) do assert(label == of_image.labels[k], "other stars") end
      add(image.network .. " " .. judge.about, result.labels, result.probabilities)
   end
   for _, known in ipairs(KNOWLEDGE) do
      local result = results[name_of(image, noise, "limit " .. known)]
      local about = known == "all" and "posterior that knows all" or "posterior that knows as little"
      add(about .. ", achieved", result.labels, result.probabilities)
      local claimed = result.claimed
      rows[#rows + 1] = { ("%.2f"):format(noise), size, about .. ", claimed", claimed.balanced_accuracy.value, 0 / 0,
         0 / 0, 0 / 0, 0 / 0, claimed.f1.value, 0 / 0 }
   end
   return rows
end

local function chart(results, noise)
   local groups, bars = {}, { { label = "of the project" }, { label = "then at this noise" },
      { label = "limit of the image", errors = {} }, { label = "limit, all known", errors = {} } }
   for _, bar in ipairs(bars) do bar.values = {} end
   for k, image in ipairs(plain_curves.IMAGES) do
      groups[k] = plain_curves.size_of(image)
      for j, judge in ipairs(JUDGES) do
         bars[j].values[k] = results[name_of(image, noise, judge.name)].balanced_accuracy
      end
      for j, known in ipairs(KNOWLEDGE) do
         local result = results[name_of(image, noise, "limit " .. known)]
         local low, high = result.achieved.balanced_accuracy.value, result.claimed.balanced_accuracy.value
         bars[2 + j].values[k], bars[2 + j].errors[k] = (low + high) / 2, math.abs(high - low) / 2
      end
   end
   return plot.bar_chart { groups = groups, bars = bars, y_range = { 0.7, 1 }, width = 560, height = 300,
      title = ("noise %.2f"):format(noise), y_label = "balanced accuracy" }
end

function limit.report(page, results, settings)
   local rows, charts = {}, {}
   for k, noise in ipairs(settings.noises) do
      for _, image in ipairs(plain_curves.IMAGES) do
         for _, row in ipairs(rows_of(results, image, noise)) do rows[#rows + 1] = row end
      end
      charts[k] = chart(results, noise)
   end
   page:text("The difference is that of the balanced accuracy to what the posterior achieves that knows as little as "
      .. "the image, on the same curves, with its standard error; as expected: if the labels are as probable as the "
      .. "posterior says that knows all, without their chance.")
   page:table("limit", HEADER, rows)
   page:figure("limit", plot.page(charts, { columns = 1 }), "balanced accuracy of networks and limits; a limit "
      .. "reaches from what the posterior achieves to what it claims")
end

return limit

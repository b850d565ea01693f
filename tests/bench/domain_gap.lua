-- Can simulated curves of a survey be told from real ones? Classifiers are trained to do so; the area under their
-- ROC curve, cross-validated, is 0.5 where they can't.
--
--    build/lua tests/bench/domain_gap.lua CATALOGUE SURVEY [PATTERN [TWINS [EPOCHS]]]
--
-- CATALOGUE: a CSV of real curves with the columns file and period; SURVEY: a name in totality.surveys, or "plain":
-- Gaussian noise, as large as that of the real curve, at random phases, which surveys must do better than; PATTERN:
-- of the files to be taken (a Lua pattern, default all); TWINS: simulated curves for each real one (default 3);
-- EPOCHS of the network (default 12; 0 leaves it out). The population is matched: each twin has the magnitude (median
-- of the second column of the file), the number of points and the period of the real star, its depth within a tenth.

local totality = require "totality"

local catalogue, survey_name, pattern = arg[1], arg[2], arg[3] or ""
local twins, epochs = math.tointeger(arg[4] or 3), math.tointeger(arg[5] or 12)
if not survey_name then
   io.stderr:write("usage: domain_gap.lua CATALOGUE SURVEY [PATTERN [TWINS [EPOCHS]]]\n")
   os.exit(2)
end
local SIZE, FOLDS, ATTEMPTS, SEED = 64, 10, 400, 1

-- ---- curves -----------------------------------------------------------------------------------

local function median(list)
   table.sort(list)
   return list[(#list + 1) // 2]
end

local function magnitude_of(path)
   local values = {}
   for line in io.lines(path) do
      local value = not line:find "^#" and line:match "^%s*[%d.]+[%s,]+([%d.]+)"
      if value then values[#values + 1] = tonumber(value) end
   end
   return median(values)
end

local function prepare(curve)
   local image, summary = curve:prepare { width = SIZE, height = SIZE }
   if not image then return nil end
   return { image = image, summary = summary, points = #curve }
end

local function with_points(survey, count)
   local own = { points = count }
   for name, value in pairs(survey) do
      if name ~= "record" and name ~= "points" then own[name] = value end
   end
   for name, windows in pairs { cadence = "continuous", segment_length = "continuous", segments = "continuous",
      segment_gap = "continuous", pause = "continuous", lost_segments = "continuous", lost = "continuous" } do
      if survey.window ~= windows then own[name] = nil end
   end
   return totality.survey(own)
end

-- A simulated curve like a real one.
local function twin_of(real, survey, population, rng)
   for _ = 1, ATTEMPTS do
      local parameters = population:draw(rng)
      parameters.band = survey and survey.band
      local system = totality.contact(parameters)
      local faintest, brightest = system:light_curve { phases = 21 }.flux:min_max()
      local ratio = (1 - faintest / brightest) / real.summary.depth
      if ratio > 0.9 and ratio < 1.6 then
         local given = totality.population.history(rng)
         given.period, given.magnitude, given.rng = real.period, real.magnitude, rng
         if parameters.spots then
            given.later = { totality.contact(totality.population.later(rng, parameters)) }
         end
         local made = prepare(survey and system:observe(survey, given) or system:light_curve():observe {
            points = real.points, noise = real.summary.noise, phases = "random", rng = rng })
         if made and math.abs(made.summary.depth / real.summary.depth - 1) < 0.1 then return made end
      end
   end
end

-- ---- what a classifier is shown ------------------------------------------------------------------

-- Ink of each column, and of it the Fourier coefficients and the roughness.
local function image_features(item, add)
   local height = {}
   for column = 0, SIZE - 1 do
      local ink = 0
      for row = 0, SIZE - 1 do ink = ink + item.image:pixel(column + 1, row + 1) end
      height[column] = ink / SIZE
   end
   for harmonic = 1, 8 do
      local c, s = 0, 0
      for column = 0, SIZE - 1 do
         local angle = 2 * math.pi * harmonic * ((column + 0.5) / SIZE - 0.25)
         c, s = c + height[column] * math.cos(angle) / SIZE, s + height[column] * math.sin(angle) / SIZE
      end
      add("cosine " .. harmonic, c)
      add("sine, size " .. harmonic, math.abs(s))
   end
   local rough, quarter = 0, { 0, 0, 0, 0 }
   for column = 0, SIZE - 1 do
      local bend = height[(column - 1) % SIZE] - 2 * height[column] + height[(column + 1) % SIZE]
      rough = rough + bend * bend
      local phase = ((column + 0.5) / SIZE - 0.25) % 0.5
      local part = (phase < 0.0625 or phase > 0.4375) and 1 or (phase > 0.1875 and phase < 0.3125) and 2 or 3
      quarter[part] = quarter[part] + bend * bend
   end
   add("roughness", math.log(rough + 1e-6))
   add("roughness of the minima", math.log(quarter[1] + 1e-6))
   add("roughness of the maxima", math.log(quarter[2] + 1e-6))
end

local function summary_features(item, add)
   local s = item.summary
   add("noise", math.log(s.noise + 1e-5))
   add("outliers", math.sqrt(s.n_outliers / s.n_points))
   add("empty columns", s.n_empty_columns / SIZE)
   add("widest gap", math.log(s.widest_gap))
   add("secondary depth", s.secondary_depth / s.depth)
   add("difference of the maxima", math.abs(s.maxima_difference) / s.depth)
   add("depth difference, sigma", math.log(1 + s.depth_difference_sigma))
   add("double wave", math.log(1.001 - math.min(1, s.double_wave)))
   add("drift", math.abs(s.drift or 0))
   add("improvement", math.log(1 + (s.improvement or 0)))
end

-- A row of numbers for each item, scaled to mean 0 and deviation 1, and their names.
local function features(items, kinds)
   local rows, names = {}, {}
   for k, item in ipairs(items) do
      local row = {}
      names = {}
      for _, kind in ipairs(kinds) do
         kind(item, function(name, value)
            row[#row + 1], names[#names + 1] = value == value and value or 0, name
         end)
      end
      rows[k] = row
   end
   for j = 1, #names do
      local sum, squares = 0, 0
      for _, row in ipairs(rows) do sum, squares = sum + row[j], squares + row[j] ^ 2 end
      local mean = sum / #rows
      local deviation = math.sqrt(math.max(squares / #rows - mean ^ 2, 1e-12))
      for _, row in ipairs(rows) do row[j] = math.max(-4, math.min(4, (row[j] - mean) / deviation)) end
   end
   -- Squares see a difference of the spread.
   local count = #names
   for j = 1, count do names[count + j] = names[j] .. ", squared" end
   for _, row in ipairs(rows) do
      for j = 1, count do row[count + j] = (row[j] ^ 2 - 1) / 2 end
   end
   return rows, names
end

-- ---- classifiers ------------------------------------------------------------------------------

-- Logistic regression with a penalty on the squares of the weights, by gradient descent with momentum.
local function logistic(rows, labels, chosen)
   local count, penalty, steps = #rows[1], 0.01, 300
   local weights, velocity = {}, {}
   for j = 0, count do weights[j], velocity[j] = 0, 0 end
   for step = 1, steps do
      local gradient = {}
      for j = 0, count do gradient[j] = j > 0 and penalty * weights[j] or 0 end
      for _, k in ipairs(chosen) do
         local row, score = rows[k], weights[0]
         for j = 1, count do score = score + weights[j] * row[j] end
         local off = (1 / (1 + math.exp(-score)) - labels[k]) / #chosen
         gradient[0] = gradient[0] + off
         for j = 1, count do gradient[j] = gradient[j] + off * row[j] end
      end
      for j = 0, count do
         velocity[j] = 0.9 * velocity[j] - 0.3 * gradient[j] * math.min(1, step / 10)
         weights[j] = weights[j] + velocity[j]
      end
   end
   return weights
end

-- A real star and its twins are in one fold.
local function folds_of(items, rng)
   local fold_of_star, folds = {}, {}
   for k, item in ipairs(items) do
      fold_of_star[item.star] = fold_of_star[item.star] or rng:integer(1, FOLDS)
      folds[k] = fold_of_star[item.star]
   end
   return folds
end

local function cross_validated(items, folds, fit)
   local scores, labels = {}, {}
   for k, item in ipairs(items) do labels[k] = item.label end
   for fold = 1, FOLDS do
      local inside, outside = {}, {}
      for k = 1, #items do table.insert(folds[k] == fold and outside or inside, k) end
      local score = fit(inside, labels, fold)
      for _, k in ipairs(outside) do scores[k] = score(k) end
   end
   return totality.metrics.roc_auc_score(labels, scores)
end

local function report_logistic(title, items, folds, kinds)
   local rows, names = features(items, kinds)
   local auc = cross_validated(items, folds, function(inside, labels)
      local weights = logistic(rows, labels, inside)
      return function(k)
         local score = weights[0]
         for j = 1, #rows[k] do score = score + weights[j] * rows[k][j] end
         return score
      end
   end)
   print(("%-44s AUC %.3f"):format(title, auc))
   local labels, alone = {}, {}
   for k, item in ipairs(items) do labels[k] = item.label end
   for j = 1, #names do
      local column = {}
      for k = 1, #rows do column[k] = rows[k][j] end
      alone[j] = { names[j], totality.metrics.roc_auc_score(labels, column) }
   end
   table.sort(alone, function(a, b) return math.abs(a[2] - 0.5) > math.abs(b[2] - 0.5) end)
   for j = 1, 6 do print(("   by itself %.3f  %s"):format(alone[j][2], alone[j][1])) end
end

local function report_network(items, folds)
   local core = require "totality.core"
   local layers = totality.layers
   local auc = cross_validated(items, folds, function(inside, labels, fold)
      local images, own = core.tensor(#inside, 1, SIZE, SIZE), {}
      for j, k in ipairs(inside) do
         images:set_rows(j, items[k].image:to_tensor():reshape(1, 1, SIZE, SIZE))
         own[j] = labels[k]
      end
      local model = totality.sequential { width = SIZE, height = SIZE, seed = fold, layers = {
         layers.conv2d { filters = 8, kernel_size = 3, activation = "relu" }, layers.max_pooling2d { pool_size = 2 },
         layers.conv2d { filters = 16, kernel_size = 3, activation = "relu" }, layers.max_pooling2d { pool_size = 2 },
         layers.conv2d { filters = 16, kernel_size = 3, activation = "relu" }, layers.max_pooling2d { pool_size = 2 },
         layers.flatten(), layers.dropout { rate = 0.5 }, layers.dense { units = 1, activation = "sigmoid" } } }
      model:compile { optimizer = totality.optimizers.adam { learning_rate = 1e-3 }, loss = "binary_crossentropy" }
      model:fit(totality.dataset { images = images, labels = own, seed = fold },
         { epochs = epochs, batch_size = 32, seed = fold, verbose = false })
      return function(k) return model:predict(items[k].image:to_tensor():reshape(1, 1, SIZE, SIZE))[1] end
   end)
   print(("%-44s AUC %.3f"):format("a small convolutional network, images", auc))
end

-- ---- the comparison ---------------------------------------------------------------------------

local survey = survey_name ~= "plain" and totality.surveys[survey_name] or nil
local population = totality.population.survey()
local rng, items, stars = totality.rng(SEED), {}, 0
for _, row in ipairs(assert(totality.read_catalogue(catalogue))) do
   if row.file:find(pattern) and row.period then
      local curve = totality.read(row.path, { period = row.period })
      local real = curve and prepare(curve)
      if real then
         real.period, real.magnitude = row.period, magnitude_of(row.path)
         local own, found = survey and with_points(survey, real.points), {}
         for _ = 1, twins do found[#found + 1] = twin_of(real, own, population, rng) end
         if #found == twins then
            stars = stars + 1
            real.label, real.star = 1, stars
            items[#items + 1] = real
            for _, twin in ipairs(found) do
               twin.label, twin.star = 0, stars
               items[#items + 1] = twin
            end
         end
      end
   end
end
print(("%d real curves, %d simulated ones of %s"):format(stars, #items - stars, survey_name))
local folds = folds_of(items, rng)
report_logistic("logistic regression, image", items, folds, { image_features })
report_logistic("logistic regression, what else is known", items, folds, { summary_features })
report_logistic("logistic regression, both", items, folds, { image_features, summary_features })
if epochs > 0 then report_network(items, folds) end

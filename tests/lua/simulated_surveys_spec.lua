-- Surveys: what they deliver has the statistics of their tables, and passes through the chain of real curves.

local totality = require "totality"

local NAMES = { "asas3", "asas_sn", "crts", "kepler", "linear", "ogle", "talk", "tess", "ztf" }

local function median(list)
   table.sort(list)
   return list[(#list + 1) // 2]
end

local function contact(inclination)
   return totality.contact { mass_ratio = 0.3, fillout = 0.3, inclination = inclination, resolution = 6 }
end

describe("totality.surveys", function()
   it("has surveys by name, each with its sources", function()
      local found = {}
      for name, survey in pairs(totality.surveys) do
         found[#found + 1] = name
         assert.equal("totality.Survey", getmetatable(survey).__name)
         assert.is_true(#survey.sources > 0, name)
      end
      table.sort(found)
      assert.same(NAMES, found)
      assert.equal(totality.surveys.crts, totality.surveys.crts)
   end)

   it("suggests the right name, and prints what there is", function()
      assert.error_matches(function() return totality.surveys.asas4 end,
         "totality.surveys: unknown survey 'asas4'; did you mean 'asas3'?", 1, true)
      assert.equal("totality.Survey(ASAS-3, ASAS_V, 100 to 1200 points, 7.5 to 13.2 mag)",
         tostring(totality.surveys.asas3))
      assert.matches("season +0.48 0.6 0.68", totality.surveys.asas3:summary())
      assert.matches("Pojmanski 2002", totality.surveys.asas3:summary())
      assert.matches("kepler +totality.Survey%(Kepler", tostring(totality.surveys))
   end)

   it("sends a curve of every survey through the chain of real ones", function()
      local system, rng = contact(86), totality.rng(3)
      for _, name in ipairs(NAMES) do
         local observed = system:observe(totality.surveys[name], { period = 0.35, rng = rng, limit = 2000 })
         assert.equal(totality.surveys[name].name, observed.survey)
         local image, summary = observed:prepare()
         assert.equal("totality.Image", getmetatable(image).__name, name)
         assert.is_true(summary.depth > 0.15 and summary.depth < 0.75, name)
         assert.near(0.35, observed.period, 0.002)
         assert.equal(0.35, observed.truth.period)
         assert.is_true(observed.truth.total)
      end
   end)

   it("gives the same curve for the same seed, and another for another", function()
      local model = contact(80):light_curve()
      local function flux(seed)
         return model:observe(totality.surveys.asas3, { period = 0.4, seed = seed }).flux:to_table()
      end
      assert.same(flux(1), flux(1))
      assert.not_same(flux(1), flux(2))
   end)
end)

describe("curves of ASAS-3", function()
   local model, rng = contact(80):light_curve(), totality.rng(8)
   local counts, spans, ratios, faint, all = {}, {}, {}, 0, 0
   local truth = model:observe { points = 100 }
   for k = 1, 120 do
      local observed = model:observe(totality.surveys.asas3, { period = 0.37, magnitude = 11.75, rng = rng })
      local first, last = observed.time:min_max()
      counts[k], spans[k] = #observed, last - first
      local relative = {}
      for j = 1, #observed do relative[j] = observed.error[j] / observed.flux[j] / 0.921 end
      ratios[k] = median(relative)
      local folded = observed:fold { period = 0.37, epoch = observed.truth.epoch }
      for j = 1, #folded do
         local expected = truth.flux[math.floor((folded.phase[j] + 0.5) * 100 + 0.5) % 100 + 1]
         local scale = 1 - observed.truth.third_light
         local light = 1 + scale * (expected - 1)
         if folded.flux[j] < light * 0.75 then faint = faint + 1 end
         all = all + 1
      end
   end

   -- Quantiles of 329 real curves; 120 draws leave 10 %.
   it("have as many points, over as many years, as the real ones", function()
      assert.near(483, median(counts), 60)
      assert.near(2650, median(spans), 120)
   end)

   it("have the quoted errors and the faint outliers of real ones", function()
      assert.near(0.036, median(ratios), 0.001)
      -- beyond 5 sigma, 0.2 mag: 0.8 % in real curves
      assert.near(0.008, faint / all, 0.006)
   end)

   it("scatter more when they are fainter", function()
      local function noise(magnitude)
         local list, generator = {}, totality.rng(5)
         for k = 1, 15 do
            list[k] = model:observe(totality.surveys.asas3,
               { period = 0.37, magnitude = magnitude, rng = generator }).truth.noise
         end
         return median(list)
      end
      assert.near(0.018 * 0.92, noise(9.25), 0.003)
      assert.near(0.08 * 0.92, noise(12.75), 0.015)
   end)
end)

describe("a survey of one's own", function()
   local function table_with(changes)
      local given = { name = "mine", window = "nights", points = 300, baseline = { 500, 900 }, magnitude = 12,
         noise = { { 11, 0.01 }, { 13, 0.03, 0.02 } } }
      for name, value in pairs(changes or {}) do given[name] = value end
      return given
   end

   it("is made from a table, and may be registered", function()
      local mine = totality.survey(table_with())
      assert.equal("totality.Survey(mine, V, 300 to 300 points, 12 to 12 mag)", tostring(mine))
      local observed = contact(75):light_curve():observe(mine, { period = 0.3, seed = 1 })
      assert.near(300, #observed, 60)
      assert.equal(12, observed.truth.magnitude)
      totality.surveys.mine = mine
      assert.equal(4, totality.synthetic { size = 4, seed = 1, surveys = { mine = 1 } }:size())
      totality.surveys.mine = nil
   end)

   it("names what is wrong with a table", function()
      local function wrong(changes, message)
         assert.error_matches(function() totality.survey(table_with(changes)) end, message, 1, true)
      end
      wrong({ seasons = 0.5 }, "totality.survey: unknown option 'seasons'; did you mean 'season'?")
      wrong({ season = { 0.6, 0.5 } }, "totality.survey: season: quantiles must not descend")
      wrong({ season = 3 }, "totality.survey: season must be from 0.01 to 1, got 3")
      wrong({ season = {} }, "option 'season' must be a number or a list of quantiles in ascending order")
      wrong({ cadence = 1 }, "option 'cadence' is not for the window 'nights'")
      wrong({ band = "Keplar" }, "option 'band': unknown pass band 'Keplar'; did you mean 'Kepler'?")
      wrong({ noise = { { 11, "bright" } } }, "option 'noise': row 1 must be { magnitude, sigma, quoted error }")
      wrong({ noise = { { 11, 0.01 }, { 10, 0.01 } } }, "noise: magnitudes must ascend")
      wrong({ tail = 1.5 }, "tail must be 0 or above 2, got 1.5")
      wrong({ repeat_visits = 2 }, "repeat_visits must be from 0 to 1, got 2")
      wrong({ window = "continuous", points = nil }, "is not for the window 'continuous'")
      assert.error_matches(function() totality.survey { name = "x", window = "nights", noise = { { 1, 1 } } } end,
         "option '%a+' is missing")
      assert.error_matches(function()
         totality.survey { name = "x", window = "continuous", segments = 1, segment_length = 27, magnitude = 10,
            noise = { { 1, 1 } } }
      end, "option 'cadence' is missing")
   end)

   it("names what is wrong with an observation", function()
      local model, asas = contact(75):light_curve(), totality.surveys.asas3
      assert.error_matches(function() model:observe(asas, { seed = 1 }) end, "option 'period' is missing")
      assert.error_matches(function() model:observe(asas, { period = 0.3 }) end,
         "one of the options 'rng', as totality.rng%(seed%), and 'seed' is needed")
      assert.error_matches(function() model:observe(asas, { period = 0.3, seed = 1, magnitud = 3 }) end,
         "did you mean 'magnitude'?", 1, true)
      assert.error_matches(function() contact(75):observe("asas3", { period = 0.3, seed = 1 }) end,
         "system:observe: survey must be totality.Survey", 1, true)
   end)
end)

describe("a synthetic data set of surveys", function()
   local function dataset(changes)
      local given = { size = 24, seed = 3, width = 32, height = 32, threads = 2,
         population = totality.population.survey { resolution = 6 },
         surveys = { asas3 = 1, crts = 0.5, talk = 0.5 }, observations = { { noise = 0.02, weight = 0.5 } } }
      for name, value in pairs(changes or {}) do given[name] = value end
      return totality.synthetic(given)
   end

   it("gives the same examples in any batches, on any number of threads", function()
      for _, each in ipairs { 1, 4 } do
         local images, labels = dataset { observations_per_system = each }:batch(1, 24, 2)
         local again, again_labels = dataset { threads = 1, observations_per_system = each }:batch(9, 5, 2)
         assert.same(images:rows(9, 5):to_table(), again:to_table())
         assert.same(labels:rows(9, 5):to_table(), again_labels:to_table())
      end
   end)

   it("observes each system as often as it is told, never in the same way", function()
      local data = dataset { size = 64, observations_per_system = 4 }
      local images, light_left = data:examples(1, 64, 1)
      local seen, where, kinds = {}, {}, 0
      for k = 1, 64 do
         local image = table.concat(images:rows(k, 1):to_table(), " ")
         assert.is_nil(seen[image])
         seen[image] = true
         -- A system is known by the light that a partial eclipse leaves; total ones leave none.
         local star = light_left[k] > 0 and light_left[k] or nil
         if star then
            kinds = kinds + (where[star] and 0 or 1)
            -- 16 systems, shuffled in halves: at least 8 other images stand between two of a system
            assert.is_true(not where[star] or k - where[star] >= 8)
            where[star] = k
         end
      end
      assert.is_true(kinds > 6 and kinds <= 16, tostring(kinds))
   end)

   it("gives the points of the images", function()
      for _, each in ipairs { 1, 2 } do
         local data = dataset { observations_per_system = each }
         local images, curves = data:batch(1, 24), data:curves(1, 24)
         for k, item in ipairs(curves) do
            local image = item.curve:prepare { width = 32, height = 32 }
            assert.same(image.tensor:to_table(), images:rows(k, 1):reshape(32, 32):to_table())
         end
      end
   end)

   it("says what it is, and names what is wrong", function()
      assert.equal("totality.SyntheticDataset(24 examples an epoch, 32 x 32, seed 3, 4 kinds of observation)",
         tostring(dataset()))
      assert.error_matches(function() dataset { surveys = { asas4 = 1 } } end,
         "totality.synthetic: option 'surveys': unknown survey 'asas4'; did you mean 'asas3'?", 1, true)
      assert.error_matches(function() dataset { surveys = { asas3 = -1 } } end,
         "the weight of survey 'asas3' must be a number above 0")
      assert.error_matches(function() totality.synthetic { size = 1, seed = 1, surveys = {} } end,
         "option 'surveys' must not be empty")
   end)
end)

describe("thinned exposures of a continuous survey", function()
   it("are as many in a data set as its point_limit says", function()
      local function most(point_limit)
         local data = totality.synthetic { size = 6, seed = 1, surveys = { kepler = 1 }, point_limit = point_limit,
            population = totality.population.survey { resolution = 6 } }
         local count = 0
         for _, example in ipairs((data:curves(1, 6))) do count = math.max(count, #example.curve.time) end
         return count
      end
      local few, default = most(500), most()
      assert.is_true(few > 250 and few < 530, few) -- one more for each quarter
      assert.is_true(default > 1024 and default < 2080, default)
   end)

   it("make the images of all of them", function()
      -- One sector of 10-minute exposures, all of them or a quarter: the mean profiles and their scatter agree
      -- within a fifth of a pixel of 64.
      local survey = totality.survey { name = "sector", window = "continuous", unit = "flux", cadence = 10 / 1440,
         segment_length = 54, segments = 1, magnitude = 10, noise = { { 10, 0.002 } } }
      local model, size = contact(84):light_curve(), 64
      local function profile(limit, seed)
         local rng, mean, squares, trials = totality.rng(seed), {}, {}, 12
         for _ = 1, trials do
            local image = model:observe(survey, { period = 0.3517, rng = rng, limit = limit })
               :prepare { width = size, height = size }
            for x = 1, size do
               local ink = 0
               for y = 1, size do ink = ink + image:pixel(x, y) / size end
               mean[x], squares[x] = (mean[x] or 0) + ink / trials, (squares[x] or 0) + ink * ink / trials
            end
         end
         local scatter = 0
         for x = 1, size do scatter = scatter + math.max(0, squares[x] - mean[x] ^ 2) / size end
         return mean, math.sqrt(scatter)
      end
      local all, scatter_all = profile(0, 1)
      local part, scatter_part = profile(2000, 2)
      for x = 1, size do assert.near(all[x], part[x], 0.2 / size) end
      assert.near(scatter_all, scatter_part, 0.2 / size)
   end)
end)

describe("populations", function()
   local rng = totality.rng(2)

   it("are like the literature, with more total eclipses", function()
      local inclinations = {}
      for k = 1, 1500 do inclinations[k] = totality.population.talk():draw(rng).inclination end
      -- 90 - |N(0, 18.3)|, above 40 degrees: median 78
      assert.near(78, median(inclinations), 1)
      assert.equal("totality.Population(talk, 50 % with a spot, inclination as found above 40 degrees)",
         tostring(totality.population.talk()))
   end)

   it("are drawn from a table, with jitter or without", function()
      local rows = { { mass_ratio = 0.3, fillout = 0.2, inclination = 85, t1 = 6000, t2 = 6300, period = 0.33 },
         { mass_ratio = 0.6, fillout = 0.1, inclination = 70, t1 = 5000, t2 = 4900 } }
      local exact = totality.population.from_table(rows, { jitter = 0, spots = 0 })
      for _ = 1, 20 do
         local parameters, period = exact:draw(rng)
         local row = parameters.mass_ratio == 0.3 and rows[1] or rows[2]
         for _, name in ipairs { "mass_ratio", "fillout", "inclination", "t1" } do
            assert.near(row[name], parameters[name], 1e-9)
         end
         assert.near(row.t2, parameters.t2, 1e-6)
         if row.period then assert.near(0.33, period, 1e-9) end
      end
      local jittered, logs = totality.population.from_table({ rows[1] }), {}
      for k = 1, 800 do
         local parameters = jittered:draw(rng)
         logs[k] = math.abs(math.log(parameters.mass_ratio / 0.3))
         assert.is_true(parameters.inclination <= 90)
      end
      assert.near(0.08 * 0.6745, median(logs), 0.008)
      assert.error_matches(function() totality.population.from_table { { mass_ratio = 2 } } end, "row 1: ")
      assert.error_matches(function() totality.population.from_table {} end, "rows must not be empty")
      assert.error_matches(function() totality.population.from_table(rows, { jiter = 1 }) end, "unknown option 'jiter'")
   end)

   it("have histories", function()
      local companions, changes = 0, {}
      for _ = 1, 2000 do
         local history = totality.population.history(rng)
         companions = companions + (history.third_light > 0 and 1 or 0)
         if history.period_change ~= 0 then changes[#changes + 1] = math.abs(history.period_change) * 365.25 end
      end
      assert.near(0.42, companions / 2000, 0.03)
      -- median of WUMaCat: 2.0e-7 days a year
      assert.near(2.0e-7, median(changes), 0.3e-7)
      local spotted = { mass_ratio = 0.3, spots = { { star = 1, longitude = 90, radius = 20, temperature_factor = 0.8 } } }
      local gone, moved = 0, 0
      for _ = 1, 500 do
         local later = totality.population.later(rng, spotted)
         if not later.spots then gone = gone + 1 elseif later.spots[1].longitude ~= 90 then moved = moved + 1 end
      end
      assert.near(0.2, gone / 500, 0.05)
      assert.equal(500, gone + moved)
      assert.equal(90, spotted.spots[1].longitude)
   end)
end)

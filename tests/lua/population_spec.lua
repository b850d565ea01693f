local core = require "totality.core"
local totality = require "totality"

local function quantile(list, part)
   table.sort(list)
   return list[math.max(1, math.ceil(part * #list))]
end

describe("the survey population", function()
   local rng, draws = totality.rng(5), {}
   local population = totality.population.survey()
   for k = 1, 4000 do
      local parameters, period = population:draw(rng)
      draws[k] = parameters
      draws[k].period = period
   end

   local function values(name, filter)
      local list = {}
      for _, draw in ipairs(draws) do
         if not filter or filter(draw) then list[#list + 1] = draw[name] end
      end
      return list
   end

   it("has third light by companions, and more in a survey whose pixels blend stars", function()
      local third_light = totality.population.third_light
      local function survey(blends)
         return totality.survey { name = "mine", window = "cycle", points = 100, baseline = 10, magnitude = 10,
            noise = { { 10, 0.01 } }, third_light = blends }
      end
      local share, mean = third_light(survey(nil))
      assert.near(0.42, share, 0.015)
      assert.near(0.49 / math.log(50), mean, 0.006) -- log-uniform from 0.01 to 0.5
      local all, greater = third_light(survey { 0.2, 0.4 }) -- blends on all of them
      assert.equal(1, all)
      assert.near(1 - 0.7 * (1 - 0.42 * 0.125), greater, 0.005)
      assert.error_matches(function() third_light "asas3" end, "survey must be totality.Survey, got")
   end)

   -- Quantiles of the catalogue that the distributions were fitted to (WUMaCat: reliable sample for q, all
   -- systems for the period, temperature and fillout); 4000 draws leave 1 to 2 % of chance.
   it("has the catalogue's mass ratios", function()
      assert.near(0.303, quantile(values "mass_ratio", 0.5), 0.03)
      assert.near(0.147, quantile(values "mass_ratio", 0.16), 0.025)
      assert.near(0.470, quantile(values "mass_ratio", 0.84), 0.04)
   end)

   it("has the catalogue's periods and temperatures", function()
      assert.near(0.36, quantile(values "period", 0.5), 0.015)
      assert.near(5750, quantile(values "t1", 0.5), 150)
      assert.near(4808, quantile(values "t1", 0.16), 200)
   end)

   it("fills the lobes more at small mass ratios", function()
      assert.near(0.56, quantile(values("fillout", function(d) return d.mass_ratio > 0.1 and d.mass_ratio < 0.2 end), 0.5), 0.12)
      assert.near(0.17, quantile(values("fillout", function(d) return d.mass_ratio > 0.4 and d.mass_ratio < 0.5 end), 0.5), 0.03)
   end)

   it("has orbits at random above 40 degrees", function()
      -- cos i is uniform: half of the systems lie above arccos(cos(40)/2)
      assert.near(67.5, quantile(values "inclination", 0.5), 1.5)
      assert.is_true(quantile(values "inclination", 0) >= 40)
   end)

   it("gives half of the systems a spot", function()
      local spotted = 0
      for _, draw in ipairs(draws) do spotted = spotted + (draw.spots and 1 or 0) end
      assert.near(0.5, spotted / #draws, 0.03)
      assert.is_nil(totality.population.survey { spots = 0 }:draw(rng).spots)
   end)

   it("makes parameters that the model takes", function()
      for k = 1, 50 do
         draws[k].period = nil
         assert.is_true(totality.contact(draws[k]):light_curve { phases = { 0, 0.25 } }.flux[2] > 0.99)
      end
   end)

   it("says what it is, and names a wrong option", function()
      assert.equal("totality.Population(survey, 50 % with a spot, inclination at random above 40 degrees)", tostring(population))
      assert.error_matches(function() totality.population.survey { spot = 1 } end, "unknown option 'spot'; did you mean 'spots'%?")
   end)
end)

describe("a synthetic data set", function()
   local function dataset(changes)
      local given = { size = 12, seed = 3, width = 32, height = 32, threads = 2,
         population = totality.population.survey { resolution = 6 },
         observations = { { noise = { 0.01, 0.05 }, points = { 60, 200 }, phases = "random" }, { noise = 0.02 } } }
      for name, value in pairs(changes or {}) do given[name] = value end
      return totality.synthetic(given)
   end

   it("gives the same examples in any batches, on any number of threads", function()
      local images, labels = dataset():batch(1, 12, 1)
      local again, again_labels = dataset { threads = 1 }:batch(5, 4, 1)
      assert.same(images:rows(5, 4):to_table(), again:to_table())
      assert.same(labels:rows(5, 4):to_table(), again_labels:to_table())
   end)

   it("gives new ones in every epoch, and a fixed set without one", function()
      local data = dataset()
      local fixed, first, second = data:batch(1, 4), data:batch(1, 4, 1), data:batch(1, 4, 2)
      assert.same(fixed:to_table(), data:batch(1, 4):to_table())
      assert.not_same(fixed:to_table(), first:to_table())
      assert.not_same(first:to_table(), second:to_table())
      assert.not_same(dataset { seed = 4 }:batch(1, 4):to_table(), fixed:to_table())
   end)

   it("makes the curve of a system that is observed again only once, in any epoch", function()
      local made, make_models = 0, core.make_models
      finally(function() core.make_models = make_models end)
      function core.make_models(stars, ...)
         made = made + #stars
         return make_models(stars, ...)
      end
      -- three systems an epoch; numbers of systems go on from epoch to epoch, past 2048 in epoch 682
      for _, epoch in ipairs { 0, 1, 682, 683 } do
         local data = dataset { size = 12, observations_per_system = 4, minimum_amplitude = 0 }
         made = 0
         for k = 1, 12 do data:batch(k, 1, epoch) end
         assert.equal(3, made, "epoch " .. epoch)
      end
   end)

   it("labels by the light that is left", function()
      local data = dataset { size = 200 }
      local images, light_left = data:examples(1, 200)
      local _, labels = data:batch(1, 200)
      local totals = 0
      for k = 1, 200 do
         assert.equal(light_left[k] < 1e-4 and 1 or 0, labels[k])
         totals = totals + labels[k]
      end
      assert.same({ 200, 1, 32, 32 }, { images:shape() })
      -- 27 % of this population with an amplitude above 0.1 is total
      assert.is_true(totals > 30 and totals < 75, totals .. " of 200")
   end)

   it("hides the depth from as many images as are asked for", function()
      local function hidden(share)
         local images, count = dataset { size = 100, hidden_depth = share }:examples(1, 100), 0
         for k = 1, 100 do count = count + (images:rows(k, 1):to_table()[1] == 0 and 1 or 0) end
         return count
      end
      assert.equal(0, hidden(0))
      assert.equal(100, hidden(1))
      local part = hidden(0.3)
      assert.is_true(part > 15 and part < 45, part .. " of 100") -- 3 sigma
   end)

   it("can be kept in memory", function()
      local memory = dataset():to_memory()
      assert.equal(12, memory:size())
      assert.same(dataset():batch(3, 2):to_table(), memory:batch(3, 2):to_table())
   end)

   it("gives up when no curve is good enough", function()
      assert.error_matches(function() dataset { size = 1, minimum_amplitude = 0.95 }:batch(1, 1) end, "no curve with an amplitude of 0.95")
   end)

   it("says what it is, and names what is wrong", function()
      assert.equal("totality.SyntheticDataset(12 examples an epoch, 32 x 32, seed 3, 2 kinds of observation)", tostring(dataset()))
      assert.error_matches(function() dataset { observations = { { noise = { 0.05, 0.01 } } } } end,
         "observation 1: option 'noise' must be a number from 0 to 1, or a pair of positive ones, the smaller first")
      assert.error_matches(function() dataset { observations = { { point = 3 } } } end, "unknown option 'point'; did you mean 'points'%?")
      assert.error_matches(function() dataset { observations = {} } end, "option 'observations' must not be empty")
      assert.error_matches(function() dataset { size = 0 } end, "option 'size' must be a number at least 1")
   end)
end)

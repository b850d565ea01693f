local core = require "totality.core"
local totality = require "totality"

local TAU = 2 * math.pi

-- Two minima, the one at phase 0 deeper by `difference`; maxima of flux 1.
local function model(points, difference)
   local phase, flux = {}, {}
   for k = 1, points do
      phase[k] = (k - 1) / points - 0.5
      flux[k] = 1 - 0.2 * (1 + math.cos(2 * TAU * phase[k]))
         - (math.abs(phase[k]) < 0.25 and difference * (1 + math.cos(2 * TAU * phase[k])) / 2 or 0)
   end
   return totality.curve { phase = phase, flux = flux, name = "model" }
end

local function star(given)
   given = given or {}
   return model(101, 0.08):observe { points = given.points or 300, noise = given.noise or 0.02, phases = "random",
      rng = totality.rng(given.seed or 1) }
end

local function assert_same_image(a, b, tolerance)
   assert.same({ a.width, a.height }, { b.width, b.height })
   for k = 1, #a.tensor do
      if math.abs(a.tensor[k] - b.tensor[k]) > tolerance then
         error(("pixel %d differs: %g and %g"):format(k, a.tensor[k], b.tensor[k]))
      end
   end
end

local function fails(expected, f, ...)
   local arguments = table.pack(...)
   local done, message = pcall(function() return f(table.unpack(arguments, 1, arguments.n)) end)
   assert.is_false(done)
   assert.is_truthy(tostring(message):find(expected, 1, true), message)
end

describe("totality.curve", function()
   it("is made of lists or Series", function()
      local curve = totality.curve { time = { 1, 2, 3 }, flux = core.series { 1, 0.9, 1 }, error = { 0.1, 0.1, 0 / 0 } }
      assert.equal(3, #curve)
      assert.equal(0.9, curve.flux[2])
      assert.equal("totality.LightCurve(3 points, 1.00000 to 3.00000 d, flux 0.900 to 1.000)", tostring(curve))
   end)

   it("turns magnitudes into flux about the median", function()
      local curve = totality.curve { time = { 1, 2, 3 }, magnitude = { 12, 12, 14.5 }, error = { 0.1, 0.1, 0.1 } }
      assert.near(1, curve.flux[1], 1e-12)
      assert.near(0.1, curve.flux[3], 1e-12)
      assert.near(0.00921034037, curve.error[3], 1e-9)
   end)

   it("keeps the segment of each point and the time system through the verbs", function()
      local time, flux, segment = {}, {}, {}
      for k = 1, 100 do
         time[k], flux[k], segment[k] = k * 0.0137, 1 + 0.3 * math.cos(2 * TAU * k * 0.0137), k <= 50 and 1 or 2
      end
      flux[50] = 5
      local curve = totality.curve { time = time, flux = flux, segment = segment, time_system = "HJD" }
      local cleaned = curve:fold({ period = 1 }):remove_outliers():centre_minima():normalise()
      assert.equal(99, #cleaned)
      assert.same({ 1, 2, "HJD" }, { cleaned.segment[49], cleaned.segment[50], cleaned.time_system })
      assert.is_nil(cleaned:bin({ bins = 10 }).segment)
      fails("1 values of segment for 2 of flux", totality.curve, { time = { 1, 2 }, flux = { 1, 2 }, segment = { 1 } })
   end)

   it("names what is wrong", function()
      fails("totality.curve: option 'time' or 'phase' is missing", totality.curve, { flux = { 1 } })
      fails("totality.curve: one of the options 'flux' and 'magnitude' is needed", totality.curve, { time = { 1 } })
      fails("2 values of time for 1 of flux", totality.curve, { time = { 1, 2 }, flux = { 1 } })
      fails("unknown option 'fluxes'; did you mean 'flux'?", totality.curve, { time = { 1 }, fluxes = { 1 } })
      fails("flux of point 2 is not a finite number", totality.curve, { time = { 1, 2 }, flux = { 1, 0 / 0 } })
      fails("option 'time': element 2 is string", totality.curve, { time = { 1, "x" }, flux = { 1, 2 } })
      fails("option 'time' must be a list of numbers or a Series, got string", totality.curve, { time = "x", flux = { 1 } })
   end)
end)

describe("verbs", function()
   it("fold, and refuse a period that makes no sense", function()
      local curve = totality.curve { time = { 10, 10.1, 10.25, 12.05 }, flux = { 1, 2, 3, 4 }, file = "a.dat" }
      local folded = curve:fold { period = 0.5, epoch = 10 }
      assert.near(0.2, folded.phase[2], 1e-9)
      assert.near(0.1, folded.phase[4], 1e-9)
      assert.is_nil(curve.phase)
      fails("curve:fold: option 'period' must be a number above 0, got -1", curve.fold, curve, { period = -1 })
      fails("option 'period' is missing", curve.fold, curve)
      fails("curve:fold: a.dat: a period of 5 is longer than the data, which span 2.05", curve.fold, curve, { period = 5 })
      fails("a.dat: the curve has no phases; fold it first", curve.normalise, curve)
   end)

   it("blame the line that calls them", function()
      local timed = totality.curve { time = { 10, 10.1, 10.25 }, flux = { 1, 2, 3 } }
      local folded = totality.curve { phase = { 0, 0.1, 0.25, 0.3 }, flux = { 1, 2, 3, 2 } }
      local kepler = totality.surveys.kepler
      for name, call in pairs {
         normalise = function() local made = timed:normalise() return made end,
         heliocentric = function() local made = timed:heliocentric() return made end,
         ["observe without phases"] = function() local made = timed:observe { points = 9 } return made end,
         ["observe a few phases"] = function() local made = folded:observe { points = 9 } return made end,
         ["observe for a survey"] = function() local made = folded:observe(kepler, { period = 1, seed = 1 }) return made end,
      } do
         local made, message = pcall(call)
         assert.is_false(made, name)
         assert.matches("curve_spec.lua:%d+: curve:", message, name)
      end
   end)

   it("give the image of the whole chain", function()
      for seed = 1, 10 do
         local curve = star { seed = seed, points = 80 + 30 * seed }
         curve.flux[5] = 4
         local image, summary = curve:prepare { width = 120, height = 90 }
         local by_verbs = curve:remove_outliers():centre_minima():normalise():to_image { width = 120, height = 90 }
         assert_same_image(image, by_verbs, 1e-4)
         -- normalising first is the same
         assert_same_image(image, curve:remove_outliers():normalise():deeper_left():to_image { width = 120, height = 90 }, 1e-4)
         -- so is doing it twice
         assert_same_image(image, curve:remove_outliers():centre_minima():normalise():normalise()
            :to_image { width = 120, height = 90 }, 1e-4)
         -- medians in bins as wide as a column give the same heights; means of columns are weighted, those of bins not
         local marks = { width = 120, height = 90, style = "marks" }
         assert_same_image(curve:prepare { width = 120, height = 90, style = "marks", statistic = "median" },
            curve:remove_outliers():centre_minima():normalise():bin { bins = 120, statistic = "median" }
            :to_image(marks), 1e-4)
         assert.equal(#curve, summary.n_points)
         assert.equal(#curve:remove_outliers(), summary.n_used)
         assert.equal(summary.n_points - summary.n_used, summary.n_outliers)
         assert.is_true(summary.n_outliers >= 1)
      end
   end)

   it("do not change their argument", function()
      local curve = star()
      local before = { curve.phase:to_table(), curve.flux:to_table() }
      curve:remove_outliers():centre_minima():normalise():bin { bins = 50 }:to_image()
      curve:prepare()
      assert.same(before, { curve.phase:to_table(), curve.flux:to_table() })
      assert.is_nil(curve.normalised)
   end)

   it("put the deeper minimum at phase 0 and correct the epoch", function()
      local time, flux = {}, {}
      local rng = totality.rng(3)
      for k = 1, 400 do
         time[k] = 1000 + 300 * rng:uniform()
         local phase = (time[k] - 1000.123) / 0.4
         flux[k] = 2 - 0.3 * math.cos(2 * TAU * phase) - 0.04 * math.cos(TAU * phase) + 0.01 * rng:normal()
      end
      -- the epoch given is on the shallower minimum and a little off
      local curve = totality.curve { time = time, flux = flux }:fold { period = 0.4, epoch = 1000.123 + 0.2 + 0.03 }
      local centred = curve:centre_minima()
      local off = (centred.epoch - 1000.123) / 0.4
      assert.near(0, off - math.floor(off + 0.5), 0.003)
      local refolded = centred:fold()
      assert.near(0, (refolded.phase[7] - centred.phase[7] + 0.5) % 1 - 0.5, 1e-6)
      local normal = centred:normalise()
      assert.is_true(normal.normalised)
      local binned = normal:bin { bins = 50 }
      for k = 1, #binned do
         if math.abs(binned.phase[k]) < 0.011 then assert.near(0, binned.flux[k], 0.03) end
         if math.abs(binned.phase[k] - 0.25) < 0.011 then assert.near(1, binned.flux[k], 0.03) end
      end
   end)

   it("bin to a mean with its error", function()
      local curve = totality.curve { phase = { -0.2, -0.2, -0.2, 0.3 }, flux = { 1, 2, 6, 9 } }
      local binned = curve:bin { bins = 4 }
      assert.same({ 3, 9 }, binned.flux:to_table())
      assert.same({ 3, 1 }, binned.count:to_table())
      assert.near(math.sqrt(7) / math.sqrt(3), binned.error[1], 1e-12) -- numpy.std(ddof=1) / sqrt(3)
      assert.same({ -0.125, 0.375 }, binned.phase:to_table())
      assert.equal(2, curve:bin { bins = 4, statistic = "median" }.flux[1])
      fails("curve:bin: option 'bins' is missing", curve.bin, curve)
   end)

   it("observe a model at other phases, with noise", function()
      local curve = model(100, 0)
      local seen = curve:observe { points = 37 }
      for k = 1, 37 do
         assert.near(1 - 0.2 * (1 + math.cos(2 * TAU * seen.phase[k])), seen.flux[k], 1e-5)
      end
      assert.near(0.03, curve:observe { points = 4000, noise = 0.03, rng = totality.rng(2) }:noise(), 0.002)
      local a = curve:observe { points = 50, noise = 0.1, phases = "random", rng = totality.rng(2) }
      local b = curve:observe { points = 50, noise = 0.1, phases = "random", rng = totality.rng(2) }
      assert.same(a.flux:to_table(), b.flux:to_table())
      fails("curve:observe: noise and random phases need the option 'rng'", curve.observe, curve, { noise = 0.1 })
      fails("a model curve at regular phases over one cycle is needed", a.observe, a)
   end)

   it("observe a cycle whose end is repeated", function()
      local phase, flux = {}, {}
      for k = 1, 101 do
         phase[k] = (k - 1) / 100
         flux[k] = 1 + 0.1 * math.cos(TAU * phase[k])
      end
      local seen = totality.curve { phase = phase, flux = flux }:observe { points = 33 }
      for k = 1, 33 do assert.near(1 + 0.1 * math.cos(TAU * seen.phase[k]), seen.flux[k], 1e-6) end
   end)

   it("refuse data that make no curve, in one line with the file", function()
      local two = totality.curve { phase = { 0, 0.1 }, flux = { 1, 2 }, file = "two.dat" }
      fails("curve:normalise: two.dat: 2 points, at least 10 are needed", two.normalise, two)
      fails("curve:remove_outliers: two.dat: 2 points", two.remove_outliers, two)
      assert.same({ nil, "two.dat: 2 points, at least 10 are needed" }, { two:prepare() })
      local phase, flat = {}, {}
      for k = 1, 40 do phase[k], flat[k] = k / 40, 12.3 end
      local _, message = totality.curve { phase = phase, magnitude = flat, file = "flat.dat" }:prepare()
      assert.is_truthy(message:find("^flat.dat: the flux doesn't vary"))
      local _, unfolded = totality.curve { time = phase, flux = flat, file = "t.dat" }:prepare()
      assert.equal("t.dat: neither phases nor a period", unfolded)
      local _, long = totality.curve { time = phase, flux = flat, file = "t.dat" }:prepare { period = 3 }
      assert.equal("t.dat: a period of 3 is longer than the data, which span 0.975", long)
      fails("curve:to_image: model: the curve is not normalised", function() model(50, 0):to_image() end)
      fails("curve:prepare: option 'width' must be a number at least 8 and at most 16384, got 4",
         two.prepare, two, { width = 4 })
      fails("unknown option 'widht'; did you mean 'width'?", two.prepare, two, { widht = 40 })
   end)

   it("write a table that reads back", function()
      local path = os.tmpname()
      local curve = star()
      assert.equal(curve, curve:write(path))
      local again = assert(totality.read(path))
      assert.same(curve.flux:to_table(), again.flux:to_table())
      assert.same(curve.phase:to_table(), again.phase:to_table())
      os.remove(path)
      local done, message = curve:write("/nowhere/x.csv")
      assert.is_nil(done)
      assert.equal("/nowhere/x.csv: No such file or directory", message)
   end)
end)

describe("images", function()
   it("stay the same whatever the order, the epoch, the unit", function()
      local curve = star { noise = 0.03 }
      local image, summary = curve:prepare()
      local phase, flux, count = {}, {}, #curve
      for k = 1, count do
         local j = (k * 7) % count + 1
         phase[k], flux[k] = curve.phase[j] + 0.377, 50 * curve.flux[j]
      end
      local other, other_summary = totality.curve { phase = phase, flux = flux }:prepare()
      assert_same_image(image, other, 1e-4)
      assert.near(summary.noise, other_summary.noise, 1e-9)
      -- magnitudes are flux in another guise
      local magnitude = {}
      for k = 1, count do magnitude[k] = 12 - 2.5 * math.log(flux[k], 10) end
      assert_same_image(image, (totality.curve { phase = phase, magnitude = magnitude }:prepare()), 1e-4)
   end)

   it("are areas unless marks are asked for", function()
      local area, marks = model(100, 0.1):prepare(), model(100, 0.1):prepare { style = "marks" }
      local function ink(image)
         local sum = 0
         for k = 1, #image.tensor do sum = sum + image.tensor[k] end
         return sum
      end
      assert.near(100, ink(marks), 1e-3)
      assert.is_true(ink(area) > 4000 and ink(area) < 9000)
      fails("option 'style' must be one of \"area\", \"marks\"", model(100, 0.1).prepare, model(100, 0.1), { style = "line" })
   end)

   it("give access to pixels and save as PNG", function()
      local image = model(100, 0.1):prepare { width = 50, height = 40, style = "marks" }
      assert.equal("totality.Image(50 x 40)", tostring(image))
      assert.same({ 40, 50 }, { image.tensor:shape() })
      local ink = 0
      for row = 1, 40 do ink = ink + image:pixel(13, row) end
      assert.near(1, ink, 1e-6)
      assert.is_true(image:pixel(13, 35) + image:pixel(13, 36) + image:pixel(13, 34) > 0.99) -- the deeper minimum
      fails("image:pixel: column must be a number at least 1 and at most 50, got 51", image.pixel, image, 51, 1)
      fails("must end in .png", image.save, image, "x.jpg")
      local path = os.tmpname() .. ".png"
      assert.equal(image, image:save(path))
      local file = assert(io.open(path, "rb"))
      assert.equal("\x89PNG\r\n\x1a\n", file:read(8))
      file:close()
      os.remove(path)
      assert.same({ nil, "/nowhere/x.png: No such file or directory" }, { image:save("/nowhere/x.png") })
   end)

   it("tell the flatter minimum", function()
      local phase, flux = {}, {}
      for k = 1, 400 do
         phase[k] = k / 400
         local x = math.abs(phase[k] - 0.5) < 0.25 and math.max(math.abs(phase[k] - 0.5), 0.05) or phase[k]
         flux[k] = 1 - 0.2 * (1 + math.cos(2 * TAU * x)) - (math.abs(phase[k] - 0.5) < 0.25 and 0 or 0.02)
            * (1 + math.cos(2 * TAU * x))
      end
      local _, summary = totality.curve { phase = phase, flux = flux }:prepare()
      assert.equal("secondary", summary.flatter_minimum)
      assert.is_true(summary.depth > summary.secondary_depth)
   end)
end)

describe("curve:refine_period", function()
   local time, flux, rng = {}, {}, totality.rng(8)
   for k = 1, 300 do
      time[k] = rng:uniform(0, 2000)
      flux[k] = 1 - 0.2 * math.cos(4 * math.pi * time[k] / 0.4) + rng:normal(0, 0.03)
   end
   local curve = totality.curve { time = time, flux = flux }

   it("mends a period and says by how much", function()
      local better, found = curve:refine_period { period = 0.4 * (1 + 2e-5) }
      assert.near(0.4, better.period, 0.4 * 1e-6)
      assert.equal(better.period, found.period)
      assert.near(0.1, found.drift, 0.01)
      assert.is_true(found.improvement > 100)
      assert.is_nil(curve.period)
   end)

   it("says what is wrong", function()
      assert.error_matches(function() curve:refine_period {} end, "curve:refine_period: option 'period' is missing")
      assert.error_matches(function() curve:refine_period { period = 0.4, drif = 1 } end, "did you mean 'drift'%?")
      local short = totality.curve { time = { 1, 2, 3 }, flux = { 1, 2, 1 }, name = "star" }
      assert.same({ nil, "star: 3 points, at least 52 are needed" }, { short:refine_period { period = 0.4 } })
      assert.error_matches(function() totality.curve { phase = { 0 }, flux = { 1 } }:refine_period { period = 1 } end,
         "the curve has no times")
   end)
end)

local totality = require "totality"

local TAU = 2 * math.pi
local PERIOD, FIRST = 0.36123, 2452000

-- A contact binary over `years` seasons of 200 days with zero points of their own.
local function star(given)
   local rng = totality.rng(given.seed or 1)
   local time, flux, segment = {}, {}, {}
   for k = 1, given.points or 400 do
      local season = k % 6
      time[k] = FIRST + 365 * season + 200 * rng:uniform()
      local angle = TAU * (time[k] - FIRST) / PERIOD
      flux[k] = 0.8 - 0.2 * math.cos(2 * angle) - 0.03 * math.cos(angle) + (given.noise or 0.02) * rng:normal()
         + (given.offset or 0) * season
      segment[k] = season
   end
   return totality.curve { time = time, flux = flux, segment = segment, file = "star.dat" }
end

local function fails(expected, f, ...)
   local arguments = table.pack(...)
   local done, message = pcall(function() return f(table.unpack(arguments, 1, arguments.n)) end)
   assert.is_false(done)
   assert.is_truthy(tostring(message):find(expected, 1, true), message)
end

describe("curve:find_period", function()
   it("finds the orbit and says how sure it is", function()
      local found, details = star({}):find_period()
      assert.near(PERIOD, found.period, 5 * details.period_error)
      assert.is_true(details.period_error < 2e-6)
      assert.equal(details.period_error, found.period_error)
      assert.is_true(details.false_alarm < 1e-6)
      assert.equal("", details.note)
   end)

   it("says when it is doubtful", function()
      local rng = totality.rng(5)
      local time, flux = {}, {}
      for k = 1, 200 do time[k], flux[k] = 1000 * rng:uniform(), 1 + 0.1 * rng:normal() end
      local curve, details = totality.curve { time = time, flux = flux, file = "noise.dat" }:find_period()
      assert.is_truthy(curve)
      assert.matches("no period stands out of the noise", details.note)
      local short, message = totality.curve { time = { 1, 2 }, flux = { 1, 2 }, file = "two.dat" }:find_period()
      assert.is_nil(short)
      assert.equal("two.dat: 2 points, at least 20 are needed", message)
      fails("option 'minimum' (2) must be below 'maximum' (1.2)", star({}).find_period, star {}, { minimum = 2 })
      fails("unknown option 'minimun'; did you mean 'minimum'?", star({}).find_period, star {}, { minimun = 2 })
   end)
end)

describe("curve:remove_offsets", function()
   it("takes out what segments differ by", function()
      local curve = star { offset = 0.05 }
      for _, given in ipairs { curve, totality.curve { time = curve.time, flux = curve.flux } } do
         local clean, found = given:remove_offsets { period = PERIOD }
         assert.equal(6, found.segments)
         assert.near(0.085, found.offset_spread, 0.02) -- 0 to 5 times 0.05: 0.0854
         assert.near(0.02, found.scatter, 0.003)
         local folded = clean:fold { period = PERIOD, epoch = FIRST }
         assert.near(0.02, folded:noise(), 0.003)
      end
      local untouched, found = star({}):remove_offsets { period = PERIOD }
      assert.is_true(found.offset_spread < 0.004)
      assert.near(0.02, untouched:fold({ period = PERIOD, epoch = FIRST }):noise(), 0.003)
   end)

   it("names what is missing", function()
      fails("curve:remove_offsets: option 'period' is missing", star({}).remove_offsets, star {})
      fails("curve:remove_trend: star.dat: 20 points, at least 52 are needed", star({}).remove_trend,
         star { points = 20 }, { period = PERIOD })
      fails("the curve has no times", star({}).remove_offsets, totality.curve { phase = { 0, 0.1 }, flux = { 1, 2 } },
         { period = PERIOD })
   end)
end)

describe("curve:remove_trend", function()
   it("leaves the eclipses", function()
      local curve = star { noise = 0.005 }
      local trended = {}
      for k = 1, #curve do trended[k] = curve.flux[k] + 0.1 * math.sin(curve.time[k] / 100) end
      local clean, found = totality.curve { time = curve.time, flux = trended }
         :remove_trend { period = PERIOD, spacing = 40 }
      assert.is_true(found.knots > 18)
      local _, before = curve:prepare { period = PERIOD, baseline = false }
      local _, after = clean:prepare { period = PERIOD, baseline = false }
      assert.near(before.depth, after.depth, 0.02)
      assert.is_true(after.noise < 0.015)
   end)
end)

describe("curve:between", function()
   it("takes the points of a time", function()
      local curve = star({}):between(FIRST + 365, FIRST + 600)
      assert.equal(#curve, #curve.segment)
      for k = 1, #curve do assert.equal(1, curve.segment[k]) end
      assert.equal(0, #curve:between(0, 1))
   end)
end)

describe("curve:prepare", function()
   it("does the steps in time as well", function()
      local curve = star { offset = 0.05 }
      local wrong = PERIOD * (1 + 1e-5)
      local _, summary = curve:prepare { period = wrong }
      assert.near(PERIOD, summary.period, 5 * summary.period_error)
      local cycles = (summary.epoch - FIRST) / PERIOD
      assert.near(0, cycles - math.floor(cycles + 0.5), 4 * summary.epoch_error / PERIOD + 0.002)
      assert.near(0.085, summary.baseline.offset_spread, 0.02)
      local _, left = curve:prepare { period = wrong, baseline = false, drift = 0 }
      assert.equal(wrong, left.period)
      assert.equal(0, left.baseline.segments)
      assert.is_true(left.noise > 2 * summary.noise)
   end)

   it("tells what makes a period doubtful", function()
      local notes = require("totality.verdict").doubts
      local function noted(curve, period, note)
         local _, summary = curve:prepare { period = period }
         return table.concat(notes(summary), "; "):find(note, 1, true) ~= nil
      end
      assert.is_true(noted(star { noise = 0.4, points = 120 }, PERIOD, "leaves the phase uncertain by"))
      assert.is_false(noted(star {}, PERIOD, "leaves the phase uncertain by"))
      -- 2025 days: half a cycle off
      local cycles = 2025 / PERIOD
      assert.is_true(noted(star {}, 2025 / (cycles + 0.45), "further off than was searched"))
      assert.is_false(noted(star {}, 2025 / (cycles + 0.1), "further off than was searched"))
   end)

   it("gives the same whatever the order of the points", function()
      local curve = star { offset = 0.02 }
      local order = {}
      for k = 1, #curve do order[k] = #curve + 1 - k end
      local columns = {}
      for _, name in ipairs { "time", "flux", "segment" } do
         columns[name] = {}
         for k, j in ipairs(order) do columns[name][k] = curve[name][j] end
      end
      local a, first = curve:prepare { period = PERIOD }
      local b, second = totality.curve(columns):prepare { period = PERIOD }
      assert.near(first.period, second.period, 1e-10)
      for k = 1, #a.tensor do assert.near(a.tensor[k], b.tensor[k], 1e-4) end
   end)

   it("refuses or survives hostile data", function()
      local time, flat, wild, same = {}, {}, {}, {}
      local rng = totality.rng(4)
      for k = 1, 200 do
         time[k], flat[k], wild[k], same[k] = 100 * rng:uniform(), 1, rng:uniform() < 0.5 and 1e6 or -1e6, 17
      end
      local _, message = totality.curve { time = time, flux = flat, file = "flat.dat" }:prepare { period = 0.4 }
      assert.matches("^flat.dat: the flux doesn't vary", message)
      assert.is_truthy(totality.curve { time = time, flux = wild, file = "wild.dat" }:prepare { period = 0.4 })
      _, message = totality.curve { time = same, flux = wild, file = "same.dat" }:prepare { period = 0.4 }
      assert.equal("same.dat: a period of 0.4 is longer than the data, which span 0", message)
      _, message = totality.curve { time = { 1, 2 }, flux = { 1, 2 }, file = "two.dat" }:prepare { period = 0.4 }
      assert.equal("two.dat: 2 points, at least 10 are needed", message)
   end)
end)

local totality = require "totality"

local population = totality.population.survey { resolution = 6 }
local bank = totality.bank { size = 3000, seed = 1, population = population }
local dataset = totality.synthetic { size = 300, seed = 2, population = population,
   observations = { { points = 100, noise = 0.05 } } }
local known = { bank = bank, phase_error = 0, both_minima = false, noise_known = true, model_error = 0, third_light = 0 }

describe("a bank", function()
   it("holds systems of its population, each with its curve", function()
      assert.equal(3000, bank.drawn)
      assert.is_true(#bank > 2800 and #bank < 3000) -- 3 % vary by less than a tenth
      assert.near(totality.population.TOTAL_SHARE, bank:total_share(), 0.03)
      local column = require("totality.bank").column
      local row = #bank
      local function value(name) return bank.parameters[(row - 1) * 12 + column(name)] end
      while value "spot_radius" == 0 do row = row - 1 end
      local system = totality.contact { mass_ratio = value "mass_ratio", fillout = value "fillout",
         inclination = value "inclination", t1 = value "t1", t2 = value "t2", resolution = 6,
         limb_darkening = { law = "linear", x = value "limb_darkening" },
         spots = { { star = math.tointeger(value "spot_star"), colatitude = value "spot_colatitude",
            longitude = value "spot_longitude", radius = value "spot_radius",
            temperature_factor = value "spot_temperature_factor" } } }
      local flux = system:light_curve { phases = { -0.5, -0.25, 0.1 } }.flux
      for k, place in ipairs { 0, 20, 48 } do
         assert.near(flux[k], bank.flux[(row - 1) * 80 + place + 1], 1e-4)
      end
      assert.near(system:totality().light_left, value "light_left", 1e-5)
   end)

   it("is kept in a file, continued and recognised", function()
      local path = os.tmpname()
      os.remove(path)
      local given = { size = 40, seed = 3, population = population, path = path }
      local first = assert(totality.bank(given))
      given.size = 90
      local whole, fresh = assert(totality.bank(given)), totality.bank { size = 90, seed = 3, population = population }
      assert.equal(#fresh, #whole)
      assert.equal(90, whole.drawn)
      assert.same(first.flux:to_table(), whole.flux:rows(1, #first):to_table())
      assert.near(fresh:total_share(), whole:total_share(), 1e-12)
      given.seed = 4
      local none, message = totality.bank(given)
      assert.is_nil(none)
      assert.equal(path .. ": a bank made otherwise: seed is 3, 4 was asked for", message)
      local file = assert(io.open(path, "w"))
      file:write "nothing"
      file:close()
      assert.is_nil((totality.bank(given)))
      os.remove(path)
   end)

   it("loses no more than the piece in the making when it is interrupted", function()
      local path, stopping, count = os.tmpname(), totality.population.survey { resolution = 6 }, 0
      os.remove(path)
      local draw = stopping.draw
      stopping.draw = function(...)
         count = count + 1
         if count > 4096 then error("interrupted!", 0) end
         return draw(...)
      end
      local given = { size = 4100, seed = 3, population = stopping, path = path, phases = 16 }
      assert.error_matches(function() totality.bank(given) end, "^interrupted!$")
      given.population = population
      count = 0
      local whole = assert(totality.bank(given))
      assert.equal(0, count) -- the last four are drawn from the other one
      assert.equal(4100, whole.drawn)
      local head = totality.bank { size = 20, seed = 3, population = population, phases = 16 }
      assert.same(head.flux:to_table(), whole.flux:rows(1, #head):to_table())
      os.remove(path)
   end)

   it("doesn't depend on the number of threads", function()
      local one = totality.bank { size = 30, seed = 5, population = population, threads = 1 }
      local three = totality.bank { size = 30, seed = 5, population = population, threads = 3 }
      assert.same(one.flux:to_table(), three.flux:to_table())
      assert.same(one.parameters:to_table(), three.parameters:to_table())
   end)

   it("names wrong options", function()
      assert.error_matches(function() totality.bank { size = 10, phases = 31 } end, "option 'phases' must be even")
      assert.error_matches(function() totality.posterior {} end, "option 'bank' is missing")
      assert.error_matches(function() totality.posterior { bank = bank, phase_eror = 1 } end, "did you mean 'phase_error'")
   end)
end)

describe("the posterior", function()
   local examples, light_left = dataset:curves(1, 300)
   local judge = totality.posterior(known)
   local results = judge:weigh(examples)

   -- Uniform ranks: Kolmogorov's distance is above 1.63/sqrt(n) in one of a hundred such samples.
   it("covers the truth as often as it says", function()
      for _, name in ipairs { "mass_ratio", "inclination", "fillout" } do
         local truth = {}
         for k, example in ipairs(examples) do truth[k] = example.parameters[name] end
         local ranks = judge:ranks(examples, name, truth)
         table.sort(ranks)
         local distance = 0
         for k, rank in ipairs(ranks) do
            distance = math.max(distance, math.abs(rank - (k - 0.5) / #ranks))
         end
         assert.is_true(distance < 1.63 / math.sqrt(#ranks), ("%s: %.3f"):format(name, distance))
      end
   end)

   it("narrows the parameters down", function()
      local inside = 0
      for k, result in ipairs(results) do
         local q = examples[k].parameters.inclination
         assert.is_true(result.inclination[2] <= result.inclination[1] and result.inclination[1] <= result.inclination[3])
         inside = inside + ((q >= result.inclination[2] and q <= result.inclination[3]) and 1 or 0)
      end
      assert.near(0.68, inside / #results, 0.09)
   end)

   it("is no worse than it claims", function()
      local limit = totality.bayes_limit(dataset, { bank = bank })
      -- noise 0.05 with 100 points, spots on half: 0.84 by an independent estimate
      assert.near(0.84, limit.achieved.accuracy.value, 0.06)
      assert.near(limit.claimed.accuracy.value, limit.achieved.accuracy.value, 0.06)
      assert.is_true(limit.claimed.best_f1.value > limit.claimed.f1.value)
      assert.near(limit.claimed.best_f1.value, limit.achieved.best_f1.value, 3 * limit.achieved.best_f1.error)
      assert.is_true(limit.achieved.calibration_error.value < 0.08)
      assert.is_true(limit.achieved.accuracy.error > 0.01 and limit.achieved.accuracy.error < 0.04)
      for k, result in ipairs(results) do
         assert.equal(result.p_total, limit.scores[k])
         assert.equal(light_left[k] < 1e-4 and 1 or 0, limit.labels[k])
      end
      assert.matches("^300 systems", tostring(limit))
   end)

   it("gives the same on any number of threads", function()
      local options = { threads = 3 }
      for name, value in pairs(known) do options[name] = value end
      for k, result in ipairs(totality.posterior(options):weigh(examples)) do
         assert.same(results[k].mass_ratio, result.mass_ratio)
         assert.equal(results[k].p_total, result.p_total)
      end
   end)

   it("flattens the likelihood when few curves have all the weight", function()
      local sharp = totality.synthetic { size = 4, seed = 6, population = population,
         observations = { { points = 400, noise = 0.003 } } }
      for _, result in ipairs(judge:weigh((sharp:curves(1, 4)))) do
         assert.is_true(result.effective_size < 30 and result.power < 1)
      end
   end)

   -- An independent check of the density of the population, too: a wrong one would move the quantiles. Tolerances are
   -- 3 standard errors of the difference, 1.25 sigma/sqrt(n) for a median.
   it("refines a small bank to what a large one says", function()
      local few = totality.bank { size = 150, seed = 8, population = population }
      local options = { refine = true, least_effective_size = 60 }
      for name, value in pairs(known) do options[name] = value end
      options.bank = few
      local chosen = {}
      for k, result in ipairs(results) do
         if result.effective_size > 100 and result.p_total > 0.1 and #chosen < 2 then chosen[#chosen + 1] = k end
      end
      assert.equal(2, #chosen)
      local refined = totality.posterior(options):weigh { examples[chosen[1]], examples[chosen[2]] }
      for k, result in ipairs(refined) do
         local large = results[chosen[k]]
         assert.is_true(result.stages > 0 and result.effective_size >= 60 and result.power == 1)
         local share = 3 * math.sqrt(1 / result.effective_size + 1 / large.effective_size)
         assert.near(large.p_total, result.p_total, share * math.sqrt(large.p_total * (1 - large.p_total)))
         for _, name in ipairs { "mass_ratio", "inclination", "fillout" } do
            local q = large[name]
            assert.near(q[1], result[name][1], share * 1.25 * (q[3] - q[2]) / 2)
         end
      end
   end)

   it("refines for a verdict only as long as there is doubt", function()
      -- Kepler's exposures and noise, a total eclipse: no curve of the bank fits
      local star = totality.contact { mass_ratio = 0.25, fillout = 0.4, inclination = 86, t1 = 6100, t2 = 6000 }
      local phase = {}
      for k = 1, 500 do phase[k] = k / 500 end
      local curve = star:light_curve { phases = phase, exposure = 0.06 }:observe { points = 500, noise = 2e-4,
         phases = "random", rng = totality.rng(3) }
      curve = totality.curve { phase = curve.phase, flux = curve.flux, period = 0.34 }
      local function judged(refine, exposure)
         return assert(totality.posterior { bank = bank, noise_known = true, model_error = 1e-3, refine = refine }
            :classify(curve, { exposure = exposure })).posterior
      end
      local short, whole = judged("verdict", 0.06 * 0.34), judged(true, 0.06 * 0.34)
      assert.is_true(short.stages < whole.stages)
      assert.is_true(short.p_total > 0.99 and whole.p_total > 0.99)
      assert.near(0.25, whole.mass_ratio[1], 0.02)
      -- the rounded corners are the exposure's, not another system's
      local averaged, instantaneous = judged(false, 0.06 * 0.34), judged(false)
      assert.is_true(averaged.misfit < instantaneous.misfit)
      assert.error_matches(function() totality.posterior { bank = bank, refine = "verdikt" } end,
         'option \'refine\' must be true, false or "verdict", got verdikt')
      assert.error_matches(function()
         totality.posterior { bank = bank }:classify(totality.curve { phase = { 0 }, flux = { 1 } }, { exposure = 0.02 })
      end, "option 'exposure' needs the period of the curve")
   end)

   -- On the average over systems the truth has the larger likelihood: a judge who expects spots finds them.
   it("integrates over spots that the bank's curves lack", function()
      local clean = totality.bank { size = 3000, seed = 9,
         population = totality.population.survey { resolution = 6, spots = 0 } }
      local spotted, left = totality.synthetic { size = 150, seed = 10, observations = { { points = 100, noise = 0.01 } },
         population = totality.population.survey { resolution = 6, spots = 1 } }:curves(1, 150)
      local function log_loss_and_misfit(spots)
         local options, loss, misfit = { spots = spots }, 0, 0
         for name, value in pairs(known) do options[name] = value end
         options.bank = clean
         for k, result in ipairs(totality.posterior(options):weigh(spotted)) do
            local p = math.max(0.001, math.min(0.999, result.p_total))
            loss = loss - math.log(left[k] < 1e-4 and p or 1 - p)
            misfit = misfit + result.misfit
         end
         return loss / 150, misfit / 150
      end
      local loss, misfit = log_loss_and_misfit(1)
      local loss_without, misfit_without = log_loss_and_misfit(0)
      assert.is_true(loss < 0.8 * loss_without, ("%.3f, %.3f without"):format(loss, loss_without))
      assert.is_true(misfit < 0.9 * misfit_without, ("%.3f, %.3f without"):format(misfit, misfit_without))
      assert.error_matches(function() totality.posterior { bank = bank, spots = 0.5 } end,
         "option 'spots' is for a bank of systems without spots")
   end)

   it("believes in as much third light as it is told", function()
      local blended = totality.synthetic { size = 100, seed = 6, population = population, minimum_amplitude = 0.05,
         observations = { { points = 100, noise = 0.01, third_light = 0.35 } } }
      local blends, left_of_blends = blended:curves(1, 100)
      local function log_loss(third_light, mean)
         local labels, probabilities = {}, {}
         local told = totality.posterior { bank = bank, phase_error = 0, both_minima = false, noise_known = true,
            third_light = third_light, third_light_mean = mean }
         for k, result in ipairs(told:weigh(blends)) do
            labels[k] = left_of_blends[k] < require("totality.bank").TOTAL_LIGHT and 1 or 0
            probabilities[k] = math.min(math.max(result.p_total, 1e-3), 1 - 1e-3)
         end
         return totality.metrics.log_loss(labels, probabilities)
      end
      assert.is_true(log_loss(0.9, 0.35) < log_loss(0.9, 0.02) - 0.05)
      assert.is_true(log_loss(0.9, 0.02) < log_loss(0, 0.35)) -- nobody has any
   end)

   it("judges like a classifier", function()
      local star = totality.contact { mass_ratio = 0.2, fillout = 0.5, inclination = 88, t1 = 6000, t2 = 6000 }
         :light_curve():observe { points = 300, noise = 0.02, phases = "random", rng = totality.rng(7) }
      local verdict = assert(totality.posterior { bank = bank }:classify(star))
      assert.equal("total", verdict.verdict)
      assert.is_true(verdict.p_total > 0.9)
      assert.near(0.2, verdict.posterior.mass_ratio[1], 0.1)
      assert.is_true(verdict.posterior.misfit > 0.6 and verdict.posterior.misfit < 1.4)
      assert.near(0.02, verdict.noise, 0.004)
      assert.matches("^total [01]%.%d%d", tostring(verdict))
      local none, message = totality.posterior { bank = bank }:classify(
         totality.curve { phase = { 0, 0.5 }, flux = { 1, 1 } })
      assert.is_nil(none)
      assert.is_string(message)
   end)

   it("is no surer with more points than the model is right", function()
      local system = totality.contact { mass_ratio = 0.3, fillout = 0.3, inclination = 75, resolution = 6 }
      local function widths(points, noise, noise_known)
         local star = system:light_curve():observe { points = points, noise = noise, rng = totality.rng(5) }
         local result = totality.posterior { bank = bank, model_error = 0.04, noise_known = noise_known }:weigh {
            { curve = star, noise = noise } }[1]
         return { result.mass_ratio[3] - result.mass_ratio[2], result.inclination[3] - result.inclination[2] }, result
      end
      local one_a_cell, few = widths(100, 0.001, true)
      assert.is_true(few.effective_size > 30, ("%g"):format(few.effective_size))
      for _, noise_known in ipairs { true, false } do
         local dense, many = widths(20000, 0.005, noise_known)
         assert.equal(1, many.power)
         for k = 1, 2 do assert.near(1, dense[k] / one_a_cell[k], 0.3) end
         assert.is_true(many.misfit < 1.3, ("%g"):format(many.misfit))
      end
      -- what the bank can't explain is told, however many points there are
      local wrong = system:light_curve():observe { points = 20000, noise = 0.005, rng = totality.rng(5) }
      for k = 1, #wrong.flux do wrong.flux[k] = wrong.flux[k] + 0.06 * math.cos(10 * math.pi * wrong.phase[k]) end
      local strict = totality.posterior { bank = bank, model_error = 0.005, noise_known = true }
      assert.is_true(strict:weigh { { curve = wrong, noise = 0.005 } }[1].misfit > 4)
   end)

   it("takes no curve whose points are all at one phase", function()
      local phase, flux, rng = {}, {}, totality.rng(3)
      for k = 1, 400 do phase[k], flux[k] = rng:uniform(0.3, 0.304), 1 + 1e-4 * rng:normal() end
      local narrow, dense_judge = totality.curve { phase = phase, flux = flux }, totality.posterior { bank = bank }
      local none, message = dense_judge:classify(narrow)
      assert.is_nil(none)
      assert.equal("the curve: 400 points that tell as much as 1.0 with phases of their own are too few", message)
      assert.error_matches(function() dense_judge:weigh { { curve = narrow, noise = 1e-4 } } end,
         "posterior:weigh: observation 1: 400 points that tell as much as 1.0", 1, true)
   end)

   it("lets points in the tails of the noise count less", function()
      local core = require "totality.core"
      local star = totality.contact { mass_ratio = 0.3, fillout = 0.3, inclination = 75 }:light_curve()
         :observe { points = 200, noise = 0.03, rng = totality.rng(3) }
      for k = 10, 190, 20 do star.flux[k] = star.flux[k] - 0.09 end
      local tail_judge, weights = totality.posterior { bank = bank }, core.point_weights
      local weighted = tail_judge:classify(star).posterior
      core.point_weights = function(phase)
         local alike = core.series(#phase)
         for k = 1, #phase do alike[k] = 1 end
         return alike
      end
      finally(function() core.point_weights = weights end)
      local plain = tail_judge:classify(star).posterior
      assert.is_true(weighted.misfit < 0.9 * plain.misfit, ("%g %g"):format(weighted.misfit, plain.misfit))
   end)

   it("goes by the share of total eclipses that it is told", function()
      local star = totality.contact { mass_ratio = 0.4, fillout = 0.2, inclination = 80 }:light_curve()
         :observe { points = 100, noise = 0.05, rng = totality.rng(3) }
      local shifting = totality.posterior { bank = bank }
      assert.near(bank:total_share(), shifting.prior, 1e-12)
      local function with(prior) return assert(shifting:classify(star, { prior = prior })) end
      local usual = shifting:classify(star)
      assert.is_true(usual.p_total > 0.02 and usual.p_total < 0.98)
      assert.near(usual.p_total, with(shifting.prior).p_total, 1e-7)
      for _, prior in ipairs { 0.05, 0.9 } do
         assert.near(totality.calibration.shift_prior(usual.p_total, shifting.prior, prior), with(prior).p_total, 1e-7)
      end
      -- a total eclipse needs an orbit seen from the side
      local likely, unlikely = with(0.99).posterior, with(0.01).posterior
      assert.is_true(likely.inclination[1] > usual.posterior.inclination[1])
      assert.is_true(unlikely.inclination[1] < usual.posterior.inclination[1])
      assert.error_matches(function() with(1) end, "option 'prior' must be a number above 0 and below 1")
   end)
end)

describe("the effects of spots", function()
   it("are spanned by a few curves", function()
      local phases = 60
      local curves, rest = require("totality.spot_effects").curves(phases, 2)
      local count = curves:shape()
      assert.is_true(rest < 1e-3)
      -- another spotted system: what the curves, combined at best, leave of its difference to the one without
      local given = { mass_ratio = 0.4, fillout = 0.2, inclination = 75, t1 = 5500, t2 = 5600, resolution = 6 }
      local phase = {}
      for k = 1, phases do phase[k] = -0.5 + (k - 1) / phases end
      local without = totality.contact(given):light_curve { phases = phase }.flux
      given.spots = { { star = 1, colatitude = 70, longitude = 120, radius = 25, temperature_factor = 0.85 } }
      local with, scale, norm = totality.contact(given):light_curve { phases = phase }.flux, 0, 0
      for k = 1, phases do scale, norm = scale + with[k] * without[k], norm + with[k] ^ 2 end
      local left, before, after = {}, 0, 0
      for k = 1, phases do
         left[k] = scale / norm * with[k] - without[k]
         before = before + left[k] ^ 2
      end
      local function curve(j, k) return curves[(j - 1) * phases + k] end
      for _ = 1, 300 do -- projections on one curve after the other
         for j = 1, count do
            local along, length = 0, 0
            for k = 1, phases do along, length = along + left[k] * curve(j, k), length + curve(j, k) ^ 2 end
            for k = 1, phases do left[k] = left[k] - along / length * curve(j, k) end
         end
      end
      for k = 1, phases do after = after + left[k] ^ 2 end
      assert.is_true(math.sqrt(before / phases) > 0.005)
      assert.is_true(math.sqrt(after / before) < 0.15, ("%.3f"):format(math.sqrt(after / before)))
   end)
end)

describe("the curves of a synthetic data set", function()
   it("are those that its images show", function()
      local set = totality.synthetic { size = 12, seed = 4, population = population, minimum_amplitude = 0.2,
         observations = { { points = 90, phases = "random" }, { points = 120, third_light = { 0.01, 0.3 } } } }
      local images, left = set:examples(1, 12)
      local curves, same_left = set:curves(1, 12)
      assert.same(left:to_table(), same_left:to_table())
      local worst = 0
      for k, example in ipairs(curves) do
         local pixels = example.curve:prepare():to_tensor()
         for j = 1, 10000 do worst = math.max(worst, math.abs(pixels[j] - images[(k - 1) * 10000 + j])) end
      end
      assert.is_true(worst < 2e-3) -- the curves' models pass through float32
   end)
end)

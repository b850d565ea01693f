local totality = require "totality"
local calibration, metrics = totality.calibration, totality.metrics

-- Labels drawn with known probabilities, and what an overconfident network would say.
local function examples(count, slope, intercept)
   local rng, labels, outputs = totality.rng(11), {}, {}
   for k = 1, count do
      local x = rng:normal(-1, 2)
      labels[k] = rng:uniform() < 1 / (1 + math.exp(-(slope * x + intercept))) and 1 or 0
      outputs[k] = 1 / (1 + math.exp(-x))
   end
   return labels, outputs
end

describe("calibration", function()
   it("finds the coefficients", function()
      local labels, outputs = examples(20000, 0.5, 0.7)
      local fitted = calibration.fit(labels, outputs)
      assert.near(0.5, fitted.slope, 0.02) -- three standard errors
      assert.near(0.7, fitted.intercept, 0.06)
      local calibrated = {}
      for k, p in ipairs(outputs) do calibrated[k] = fitted:apply(p) end
      assert.is_true(metrics.calibration_error(labels, outputs) > 0.1)
      assert.is_true(metrics.calibration_error(labels, calibrated) < 0.012)
      assert.equal("totality.Calibration(log-odds 0.", tostring(fitted):sub(1, 32))
   end)

   it("satisfies the likelihood equations, with Platt's targets", function()
      local labels, outputs = examples(500, 0.5, 0.7)
      local fitted, positives = calibration.fit(labels, outputs), 0
      for _, label in ipairs(labels) do positives = positives + label end
      local sum, moment = 0, 0
      for k, p in ipairs(outputs) do
         local target = labels[k] == 1 and (positives + 1) / (positives + 2) or 1 / (500 - positives + 2)
         local difference = fitted:apply(p) - target
         sum, moment = sum + difference, moment + difference * math.log(p / (1 - p))
      end
      assert.near(0, sum, 1e-5)
      assert.near(0, moment, 1e-5)
   end)

   it("stays finite where labels and outputs agree without exception", function()
      local fitted = calibration.fit({ 0, 0, 1, 1 }, { 0, 0.1, 0.9, 1 })
      assert.is_true(fitted.slope > 0 and fitted.slope < math.huge)
      assert.is_true(fitted:apply(1) > 0.5 and fitted:apply(1) < 1)
      assert.is_true(fitted:apply(0) < 0.5 and fitted:apply(0) > 0)
   end)

   it("does not change the order", function()
      local made = calibration.new(1.7, -0.3)
      local before = -1
      for k = 0, 100 do
         local p = made:apply(k / 100)
         assert.is_true(p > before)
         before = p
      end
   end)

   it("passes through the metadata", function()
      local made = calibration.new(1.25, -0.3)
      local read = assert(calibration.from_metadata(made:metadata()))
      assert.same({ 1.25, -0.3 }, { read.slope, read.intercept })
      assert.same({}, { calibration.from_metadata {} })
      local nothing, message = calibration.from_metadata { calibration_slope = "-1", calibration_intercept = "0" }
      assert.is_nil(nothing)
      assert.matches("must be numbers, the slope above 0", message)
   end)

   it("may be one for each survey", function()
      local metadata = calibration.new(1.25, -0.3):metadata()
      for name, value in pairs(calibration.new(0.5, 2):metadata "asas_sn") do metadata[name] = value end
      metadata.calibration_slope_kepler = "1"
      assert.equal(1.25, calibration.from_metadata(metadata).slope)
      assert.equal(0.5, calibration.from_metadata(metadata, "asas_sn").slope)
      assert.same({}, { calibration.from_metadata(metadata, "ogle") })
      assert.same({ "asas_sn", "kepler" }, calibration.surveys(metadata))
      local nothing, message = calibration.from_metadata(metadata, "kepler")
      assert.is_nil(nothing)
      assert.equal("the metadata's calibration_slope_kepler and calibration_intercept_kepler must be numbers, the "
         .. "slope above 0", message)
   end)

   it("combines what several judges say, by the mean of the log-odds", function()
      assert.equal(0.3, calibration.combine { 0.3 })
      assert.near(0.5, calibration.combine { 0.2, 0.8 }, 1e-12)
      -- odds of 1/4, 4 and 9: the cube root of 9
      assert.near(9 ^ (1 / 3) / (1 + 9 ^ (1 / 3)), calibration.combine { 0.2, 0.8, 0.9 }, 1e-12)
      assert.near(0.5, calibration.combine { 0, 1 }, 1e-9)
      assert.error_matches(function() calibration.combine {} end, "calibration.combine: probabilities is empty")
      assert.error_matches(function() calibration.combine { 0.5, 2 } end, "probabilities%[2%] must be a number")
   end)

   it("is fitted by a recipe for all its surveys and for each, in the place of earlier ones", function()
      local path = os.tmpname()
      local shipped = assert(totality.load_model(assert(totality.classifier { weights = "cnn10" }).weights))
      shipped.metadata.calibration_slope_asas3, shipped.metadata.calibration_slope_mars = "7", "1"
      assert(shipped:save(path, shipped.metadata))
      assert(totality.recipes.cnn10({ examples_per_epoch = 800 }):calibrate(path))
      local metadata = assert(totality.load_model(path)).metadata
      os.remove(path)
      assert.same({ "asas3", "asas_sn", "crts", "kepler", "linear", "ogle", "tess", "ztf" },
         calibration.surveys(metadata))
      assert.equal("400 other examples of all surveys, and as many of each", metadata.calibration)
      assert.equal(shipped.metadata.recipe, metadata.recipe)
      local asas3, kepler = calibration.from_metadata(metadata, "asas3"), calibration.from_metadata(metadata, "kepler")
      local all = calibration.from_metadata(metadata)
      assert.near(1, asas3.slope, 0.4)
      assert.near(1, all.slope, 0.4)
      assert.is_true(asas3.intercept ~= kepler.intercept and asas3.intercept ~= all.intercept)
      assert.same({ nil, "none: No such file or directory" },
         { totality.recipes.cnn10():calibrate "none" })
   end)

   it("says when examples can't calibrate", function()
      assert.same({ nil, "both labels are needed, there are 2 examples of label 1 and 0 of 0" },
         { calibration.fit({ 1, 1 }, { 0.1, 0.2 }) })
      local nothing, message = calibration.fit({ 1, 1, 0, 0 }, { 0.1, 0.2, 0.8, 0.9 })
      assert.is_nil(nothing)
      assert.matches("^the probabilities don't rise with the labels %(slope %-", message)
   end)

   it("names what is wrong", function()
      local function refused(message, f, ...)
         local done, err = pcall(f, ...)
         assert.is_false(done)
         assert.matches(message, err, 1, true)
      end
      refused("y_true has 2 values, y_prob 1", calibration.fit, { 1, 0 }, { 0.1 })
      refused("y_prob[2] must be a number at least 0 and at most 1, got 1.2", calibration.fit, { 1, 0 }, { 0.1, 1.2 })
      refused("y_true[1] is 2, a label 0 or 1 was expected", calibration.fit, { 2, 0 }, { 0.1, 0.2 })
      refused("slope must be a number above 0, got 0", calibration.new, 0, 1)
      refused("probability must be", function() calibration.new(1, 0):apply(2) end)
   end)
end)

describe("another share of total eclipses", function()
   it("follows Bayes' theorem", function()
      -- 0.5 in a balanced sample is a likelihood ratio of 1: the prior itself elsewhere
      assert.near(0.12, calibration.shift_prior(0.5, 0.5, 0.12), 1e-15)
      assert.near(0.8, calibration.shift_prior(calibration.shift_prior(0.8, 0.26, 0.12), 0.12, 0.26), 1e-15)
      assert.equal(1, calibration.shift_prior(1, 0.26, 0.12))
      assert.equal(0, calibration.shift_prior(0, 0.26, 0.12))
      assert.error_matches(function() calibration.shift_prior(0.5, 0, 0.12) end, "from must be a number above 0 and below 1, got 0")
   end)

   -- Two normal distributions, two deviations apart: the posterior at any share is known exactly.
   local function sample(count, share, trained)
      local rng, labels, probabilities = totality.rng(5), {}, {}
      for k = 1, count do
         labels[k] = rng:uniform() < share and 1 or 0
         local x = rng:normal(labels[k] == 1 and 1 or -1, 1)
         probabilities[k] = 1 / (1 + (1 - trained) / trained * math.exp(-2 * x))
      end
      return labels, probabilities
   end

   it("is found from the probabilities", function()
      for _, share in ipairs { 0.05, 0.12, 0.26, 0.6 } do
         local _, probabilities = sample(5000, share, 0.26)
         assert.near(share, calibration.estimate_prior(probabilities, 0.26), 0.02) -- three standard errors
      end
   end)

   it("calibrates when it is used", function()
      local labels, probabilities = sample(5000, 0.08, 0.5)
      local shifted = {}
      for k, p in ipairs(probabilities) do shifted[k] = calibration.shift_prior(p, 0.5, 0.08) end
      assert.is_true(metrics.calibration_error(labels, probabilities) > 0.05)
      assert.is_true(metrics.calibration_error(labels, shifted) < 0.015)
   end)

   it("stays inside (0, 1) with few stars", function()
      local share = calibration.estimate_prior({ 0, 0, 0 }, 0.26)
      assert.is_true(share > 0 and share < 0.3)
      share = calibration.estimate_prior({ 1 }, 0.26)
      assert.is_true(share > 0.5 and share < 1)
      assert.error_matches(function() calibration.estimate_prior({}, 0.26) end, "probabilities is empty")
   end)
end)

describe("the threshold for the best F1", function()
   it("is half the F1 that is expected there", function()
      -- the first two: 2 (0.9 + 0.5) / (2 + 1.7) = 0.757; the first alone 0.667, all four 0.596
      local threshold, f1 = calibration.f1_threshold { 0.1, 0.9, 0.5, 0.2 }
      assert.near(2 * 1.4 / 3.7, f1, 1e-12)
      assert.near(1.4 / 3.7, threshold, 1e-12)
   end)

   it("is the best one on labels drawn with the probabilities", function()
      local labels, probabilities = examples(20000, 1, 0)
      local function f1_at(threshold)
         local classes = {}
         for k, p in ipairs(probabilities) do classes[k] = p >= threshold and 1 or 0 end
         return metrics.f1_score(labels, classes)
      end
      local threshold, expected = calibration.f1_threshold(probabilities)
      assert.near(expected, f1_at(threshold), 0.01) -- two standard errors
      for _, other in ipairs { 0.15, 0.25, 0.5, 0.6, 0.7 } do
         assert.is_true(f1_at(threshold) > f1_at(other), other)
      end
   end)

   it("calls no star total where none can be", function()
      assert.same({ 0.5, 0 }, { calibration.f1_threshold { 0, 0 } })
      assert.same({ 0.5, 1 }, { calibration.f1_threshold { 0, 1 } })
      assert.error_matches(function() calibration.f1_threshold {} end, "probabilities is empty")
      assert.error_matches(function() calibration.f1_threshold { 0.5, 2 } end, "probabilities%[2%]")
   end)
end)

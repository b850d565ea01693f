--- Data of experiments with plain curves: regular phases, as many points as the image has columns, constant noise;
-- and the runs that several of them need: the same in all, so that in a common output folder each is made once.

local checksum = require "totality.experiment.checksum"
local shipped_weights = require("totality.classifier").shipped_weights

local plain_curves = {}

--- Sizes of images, the network for each, and the name of the shipped weights.
plain_curves.IMAGES = {
   { network = "cnn10", width = 100, height = 100, shipped = "cnn10" },
   { network = "cnn15", width = 250, height = 250, shipped = "cnn15" },
   { network = "cnn15", width = 350, height = 175, shipped = "cnn15_350x175" },
}

---@param image table
---@return string as "350x175"
function plain_curves.size_of(image) return ("%dx%d"):format(image.width, image.height) end

--- A description for `totality.experiment.kinds`.
---@param given table `image` (of IMAGES), `noises` (in equal parts), `size`, `seed`, `per_system`
---@return table description
function plain_curves.data(given)
   local observations = {}
   for k, noise in ipairs(given.noises) do observations[k] = { noise = noise, points = given.image.width } end
   return { size = given.size, seed = given.seed, spots = 0.5, width = given.image.width, height = given.image.height,
      observations = observations, observations_per_system = given.per_system }
end

--- Curves for testing, alike in all experiments: each of another system.
---@param image table
---@param noise number
---@param size integer
---@return table description
function plain_curves.test_data(image, noise, size)
   return plain_curves.data { image = image, noises = { noise }, size = size, seed = 977, per_system = 1 }
end

-- What the judge knows of an observation, options of `totality.bayes_limit`: all but the system, or no more than the
-- image shows, which is aligned and scaled by its own noisy curve.
local KNOWLEDGE = {
   all = {},
   image = { phase_error = 0.002, both_minima = true, noise_known = false },
}

---@param image table
---@param noise number
---@param what string
---@return string name of a run
function plain_curves.name(image, noise, what)
   return ("%s noise %.2f %s"):format(plain_curves.size_of(image), noise, what)
end

--- The run that judges the test set by the posterior, called `name(image, noise, "limit " .. knowledge)`.
---@param image table
---@param noise number
---@param knowledge "all"|"image"
---@param settings table `test` and `bank`, their sizes
---@return table run
function plain_curves.limit(image, noise, knowledge, settings)
   return { name = plain_curves.name(image, noise, "limit " .. knowledge), kind = "limit",
      data = plain_curves.test_data(image, noise, settings.test), bank = { size = settings.bank, seed = 1 },
      knowledge = KNOWLEDGE[knowledge] }
end

--- The checksum of the project's weights for an image: other weights, other runs.
---@param image table
---@return string
function plain_curves.weights(image) return checksum(assert(shipped_weights(image.shipped))) end

--- The run that judges the test set by the weights of the project, called `name(image, noise, "shipped")`.
---@param image table
---@param noise number
---@param settings table `test`, the size of the set
---@return table run
function plain_curves.shipped_test(image, noise, settings)
   return { name = plain_curves.name(image, noise, "shipped"), kind = "test", shipped = image.shipped,
      weights = plain_curves.weights(image), data = plain_curves.test_data(image, noise, settings.test) }
end

return plain_curves

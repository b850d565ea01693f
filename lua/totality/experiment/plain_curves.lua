--- Data of experiments with plain curves: regular phases, as many points as the image has columns, constant noise.

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

return plain_curves

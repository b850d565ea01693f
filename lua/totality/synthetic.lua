--- Data sets of synthetic curves, made when they are asked for: each epoch sees new systems, new noise,
--- new phases, and no image twice.
--
-- A synthetic data set follows the protocol of `totality.dataset`: `size()` examples an epoch, and
-- `batch(first, count, epoch)`; without an epoch it gives a fixed set. What an example is depends on the
-- seed, the epoch and its number only, not on batches or threads.

local core = require "totality.core"
local curve = require "totality.curve"
local options = require "totality.options"
local population = require "totality.population"
local system = require "totality.system"

local synthetic = {}

---@class totality.SyntheticDataset
local SyntheticDataset = {}
SyntheticDataset.__index = SyntheticDataset
SyntheticDataset.__name = "totality.SyntheticDataset"

-- Below this share of the light left of the eclipsed star an eclipse counts as total.
local TOTAL_LIGHT = 1e-4

-- An example whose amplitude is too small is drawn again, this often at most.
local MAXIMUM_ATTEMPTS = 256

local EXAMPLE = {
   noise = { 0, 1 }, points = { 10, 10000000 }, third_light = { 0, 0.99 },
}

-- A number stays itself; { a, b } is log-uniform between a and b.
local function check_range(what, name, value, limits)
   local range = type(value) == "number" and { value, value } or value
   local fits = type(range) == "table" and #range == 2
   for _, x in ipairs(fits and range or {}) do
      fits = fits and type(x) == "number" and x >= limits[1] and x <= limits[2]
   end
   if not fits or range[1] > range[2] or (range[1] ~= range[2] and range[1] <= 0) then
      options.fail(what, 4, "option '%s' must be a number from %g to %g, or a pair of positive ones, the smaller "
         .. "first", name, limits[1], limits[2])
   end
   return range
end

local function draw_range(rng, range)
   if range[1] == range[2] then return range[1] end
   return range[1] * (range[2] / range[1]) ^ rng:uniform()
end

local OBSERVATION = {
   noise = { type = "any", default = 0.02 },
   points = { type = "any", default = 100 },
   third_light = { type = "any", default = 0 },
   phases = { type = "string", default = "regular", one_of = { "regular", "random" } },
   weight = { type = "number", default = 1, above = 0 },
}

local function check_observation(what, given)
   local checked = options.check(what, given, OBSERVATION, 3)
   for name, limits in pairs(EXAMPLE) do
      checked[name] = check_range(what, name, checked[name], limits)
   end
   return checked
end

--- A data set of synthetic curves.
---@param given table `size` (examples an epoch), `seed`; `population` (default
--- `totality.population.survey()`); `observations`: how the systems are observed, a list of tables with
--- `noise` (sigma in units of the maximum flux), `points`, `third_light` (each a number, or `{ a, b }` for
--- log-uniform between), `phases` ("regular" or "random") and `weight` (share of the examples); default
--- 100 regular phases at noise 0.02; `width`, `height` of the images (default 100) and their `style` ("area",
--- "marks" or "density", see curve:to_image; default area);
--- `minimum_amplitude` (curves that vary less, as a part of the maximum flux, are left out; default 0.1);
--- `threads` (default all processors)
---@return totality.SyntheticDataset
function synthetic.new(given)
   local what = "totality.synthetic"
   local checked = options.check(what, given, {
      size = { type = "integer", required = true, minimum = 1 },
      seed = { type = "integer", required = true, minimum = 0 },
      population = { class = "totality.Population" },
      observations = { type = "table", default = { {} } },
      width = { type = "integer", default = 100, minimum = 8, maximum = 16384 },
      height = { type = "integer", default = 100, minimum = 8, maximum = 16384 },
      style = { type = "string", default = "area", one_of = { "area", "marks", "density" } },
      minimum_amplitude = { type = "number", default = 0.1, minimum = 0, below = 1 },
      threads = { type = "integer", default = core.processor_count(), minimum = 1 },
   })
   checked.population = checked.population or population.survey()
   local observations, total = {}, 0
   for k, observation in ipairs(checked.observations) do
      observations[k] = check_observation(("%s: observation %d"):format(what, k), observation)
      total = total + observations[k].weight
   end
   if #observations == 0 then options.fail(what, 2, "option 'observations' must not be empty") end
   checked.observations, checked.total_weight = observations, total
   checked.length, checked.size = checked.size, nil -- `size` is a method
   return setmetatable(checked, SyntheticDataset)
end

--- Examples in an epoch.
---@return integer
function SyntheticDataset:size() return self.length end

local function choose(self, rng)
   local left = rng:uniform() * self.total_weight
   for _, observation in ipairs(self.observations) do
      left = left - observation.weight
      if left < 0 then return observation end
   end
   return self.observations[#self.observations]
end

-- What example `index` is at its `attempt`-th drawing.
local function draw_example(self, index, attempt)
   local rng = core.rng(self.seed, index * MAXIMUM_ATTEMPTS + attempt)
   local observation = choose(self, rng)
   local parameters = self.population:draw(rng)
   parameters.third_light = draw_range(rng, observation.third_light)
   return {
      model = system.contact(parameters).model, parameters = parameters,
      points = math.floor(draw_range(rng, observation.points) + 0.5),
      random = observation.phases == "random" and 1 or 0,
      noise = draw_range(rng, observation.noise),
      seed = rng:integer(0, (1 << 53) - 1),
   }
end

local function synthesize(self, examples)
   local columns = { {}, {}, {}, {} }
   local models = {}
   for k, example in ipairs(examples) do
      models[k] = example.model
      for j, name in ipairs { "points", "random", "noise", "seed" } do
         columns[j][k] = example[name]
      end
   end
   for j = 1, 4 do columns[j] = core.series(columns[j]) end
   return core.synthesize(models, columns[1], columns[2], columns[3], columns[4],
      self.width, self.height, self.minimum_amplitude, self.threads, self.style)
end

-- Draws `count` examples from number `first` on. make(examples) gives a list (or tensor) of results and a series of
-- the light left, NaN where the amplitude is too small; those are drawn again, together, until all are there, and
-- take(place, results, number) is told where each belongs.
local function draw_all(self, first, count, epoch, make, take)
   local offset = (epoch or 0) * self.length + first - 1
   local places, attempts = {}, {}
   for k = 1, count do places[k], attempts[k] = k, 0 end
   local light_left = core.series(count)
   repeat
      local examples, again = {}, {}
      for j, k in ipairs(places) do examples[j] = draw_example(self, offset + k, attempts[k]) end
      local results, left = make(examples)
      for j, k in ipairs(places) do
         light_left[k] = left[j]
         if left[j] == left[j] then
            take(k, results, j)
         else
            attempts[k] = attempts[k] + 1
            if attempts[k] >= MAXIMUM_ATTEMPTS then
               error(("totality.synthetic: no curve with an amplitude of %g in %d attempts")
                  :format(self.minimum_amplitude, MAXIMUM_ATTEMPTS), 3)
            end
            again[#again + 1] = k
         end
      end
      places = again
   until #places == 0
   return light_left
end

--- The images and what is known about them.
---@param first integer number of the first example, from 1
---@param count integer
---@param epoch? integer nil: the fixed set
---@return totality.Tensor images count x 1 x height x width
---@return totality.Series light_left of the eclipsed star, as a part of the system's light
function SyntheticDataset:examples(first, count, epoch)
   local images
   local light_left = draw_all(self, first, count, epoch, function(examples)
      local made, left = synthesize(self, examples)
      images = images or made
      return made, left
   end, function(place, made, number)
      if made ~= images then images:set_rows(place, made:rows(number, 1)) end
   end)
   return images, light_left
end

-- Model curves are observed by interpolation between as many regular phases.
local MODEL_PHASES = 100

-- What `synthesize` draws, as points.
local function observe(self, examples)
   local models, curves = {}, {}
   for k, example in ipairs(examples) do models[k] = example.model end
   local flux, maximum, amplitude, light_left = core.model_curves(models, MODEL_PHASES, self.threads)
   for k, example in ipairs(examples) do
      if amplitude[k] < self.minimum_amplitude then
         light_left[k] = 0 / 0
      else
         local rng = core.rng(example.seed, 1)
         local sampling = example.random == 1 and "random" or "regular"
         local offset = sampling == "regular" and rng:uniform() or 0
         local phase, observed = core.observe(core.series(flux:rows(k, 1):to_table()), -0.5, example.points, sampling,
            offset, example.noise, rng)
         curves[k] = { curve = curve.new { phase = phase, flux = observed }, noise = example.noise * maximum[k],
            parameters = example.parameters }
      end
   end
   return curves, light_left
end

--- The curves that the images of the same numbers were made from, for classifiers that look at points.
---@param first integer number of the first example, from 1
---@param count integer
---@param epoch? integer nil: the fixed set
---@return table[] examples of each `curve` (totality.LightCurve; phase 0 and 0.5 are the conjunctions, star 1 behind
--- at 0; flux in units of that at phase 0.25), `noise` (sigma of a point in that unit), `parameters` (of the system,
--- as `totality.contact` takes them)
---@return totality.Series light_left of the eclipsed star, as a part of the system's light
function SyntheticDataset:curves(first, count, epoch)
   local list = {}
   local light_left = draw_all(self, first, count, epoch, function(examples) return observe(self, examples) end,
      function(place, curves, number) list[place] = curves[number] end)
   return list, light_left
end

--- A batch for the network: images and labels (1 total, 0 partial).
---@param first integer number of the first example, from 1
---@param count integer
---@param epoch? integer nil: the fixed set
---@return totality.Tensor images count x 1 x height x width
---@return totality.Tensor labels
function SyntheticDataset:batch(first, count, epoch)
   local images, light_left = self:examples(first, count, epoch)
   local labels = core.tensor(count)
   for k = 1, count do labels[k] = light_left[k] < TOTAL_LIGHT and 1 or 0 end
   return images, labels
end

--- The fixed set in memory, to be used many times.
---@return totality.Dataset
function SyntheticDataset:to_memory()
   local images, labels = self:batch(1, self.length)
   return require("totality.dataset").new { images = images, labels = labels, seed = self.seed }
end

function SyntheticDataset:__len() return self.length end

function SyntheticDataset:__tostring()
   return ("totality.SyntheticDataset(%d examples an epoch, %d x %d, seed %d, %d kind%s of observation)"):format(
      self.length, self.width, self.height, self.seed, #self.observations, #self.observations == 1 and "" or "s")
end

return synthetic

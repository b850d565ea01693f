--- Data sets of synthetic curves, made when they are asked for: each epoch sees new systems, new noise,
--- new phases, and no image twice.
--
-- A synthetic data set follows the protocol of `totality.dataset`: `size()` examples an epoch, and
-- `batch(first, count, epoch)`; without an epoch it gives a fixed set. What an example is depends on the
-- seed, the epoch and its number only, not on batches or threads.

local core = require "totality.core"
local curve = require "totality.curve"
local interruption = require "totality.interruption"
local options = require "totality.options"
local population = require "totality.population"
local surveys = require "totality.surveys"
local system = require "totality.system"

local synthetic = {}

---@class totality.SyntheticDataset
local SyntheticDataset = {}
SyntheticDataset.__index = SyntheticDataset
SyntheticDataset.__name = "totality.SyntheticDataset"

-- Below this share of the light left of the eclipsed star an eclipse counts as total.
local TOTAL_LIGHT = 1e-4

-- A system whose amplitude is too small is drawn again, and so is an observation that makes no image, this often at
-- most.
local MAXIMUM_ATTEMPTS = 256

-- With several observations a system, the systems come in groups of so many, and each group goes through all its
-- observations before the next one: two images of a system are at least half a group apart. In small
-- groups, a network learns the group's systems by heart.
local GROUP = 2048

-- Of a model curve, as the core makes them.
local MODEL_PHASES = 100

-- Points of a continuous survey: columns of an image are means of many, so that more change nothing that is seen
-- (docs/surveys.md).
local POINT_LIMIT = 2048

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

-- What the systems are observed with, by pass band, since a system is seen in one: a list of tables with name,
-- weight, observations (plain ones and { survey =, weight = }) and surveys (whether there is one).
local function bands_of(what, given)
   local bands, by_name = {}, {}
   local function add(name, observation)
      local band = by_name[name] or { name = name, weight = 0, observations = {} }
      if not by_name[name] then
         by_name[name] = band
         bands[#bands + 1] = band
      end
      band.weight = band.weight + observation.weight
      band.surveys = band.surveys or observation.survey ~= nil
      table.insert(band.observations, observation)
   end
   for k, observation in ipairs(given.observations or (given.surveys and {} or { {} })) do
      add("V", check_observation(("%s: observation %d"):format(what, k), observation))
   end
   local names = {}
   for name in pairs(given.surveys or {}) do names[#names + 1] = tostring(name) end
   table.sort(names)
   for _, name in ipairs(names) do
      local found, survey = interruption.attempt(function() return surveys[name] end)
      if not found then options.fail(what, 3, "option 'surveys': %s", (survey:gsub("^.-surveys: ", ""))) end
      local weight = options.check_value(what, "the weight of survey '" .. name .. "'", given.surveys[name],
         { type = "number", above = 0 }, 3)
      add(survey.band, { survey = survey, weight = weight })
   end
   if #bands == 0 then
      options.fail(what, 3, "option '%s' must not be empty", given.surveys and "surveys" or "observations")
   end
   return bands
end

--- A data set of synthetic curves.
---@param given table `size` (examples an epoch), `seed`; `population` (default
--- `totality.population.survey()`); how the systems are observed: `observations`, a list of tables with
--- `noise` (sigma in units of the maximum flux), `points`, `third_light` (each a number, or `{ a, b }` for
--- log-uniform between), `phases` ("regular" or "random") and `weight` (share of the examples; default 1); or
--- `surveys`, a table of weights by name (`{ asas3 = 1, kepler = 0.5 }`, as in `totality.surveys`) whose curves pass
--- through the same steps as real ones, period refinement included; or both; default
--- 100 regular phases at noise 0.02; `observations_per_system` (default 1): images made of each system, with other
--- noise, phases, third light and survey, half of them as in a mirror, and never close to each other; `width`,
--- `height` of the images (default 100) and their `style` ("area" or "marks", see curve:to_image;
--- default area);
--- `hidden_depth` (share of the images that don't tell how deep the curve is, as those of flux without a zero
--- point; default 0);
--- `minimum_amplitude` (curves that vary less, as a part of the maximum flux, are left out; default 0.1);
--- `point_limit` (of a continuous survey with more exposures only one in k is made, with the noise of the mean of k;
--- default 2048);
--- `threads` (default all processors)
---@return totality.SyntheticDataset
function synthetic.new(given)
   local what = "totality.synthetic"
   local checked = options.check(what, given, {
      size = { type = "integer", required = true, minimum = 1 },
      seed = { type = "integer", required = true, minimum = 0 },
      population = { class = "totality.Population" },
      observations = { type = "table" },
      surveys = { type = "table" },
      observations_per_system = { type = "integer", default = 1, minimum = 1, maximum = 1000 },
      width = { type = "integer", default = 100, minimum = 8, maximum = 16384 },
      height = { type = "integer", default = 100, minimum = 8, maximum = 16384 },
      style = { type = "string", default = "area", one_of = { "area", "marks" } },
      hidden_depth = { type = "number", default = 0, minimum = 0, maximum = 1 },
      minimum_amplitude = { type = "number", default = 0.1, minimum = 0, below = 1 },
      point_limit = { type = "integer", default = POINT_LIMIT, minimum = 100 },
      threads = { type = "integer", default = core.processor_count(), minimum = 1 },
   })
   checked.population = checked.population or population.survey()
   checked.bands, checked.kinds = bands_of(what, checked), 0
   for _, band in ipairs(checked.bands) do checked.kinds = checked.kinds + #band.observations end
   checked.length, checked.size = checked.size, nil -- `size` is a method
   checked.known = {}
   return setmetatable(checked, SyntheticDataset)
end

--- Examples in an epoch.
---@return integer
function SyntheticDataset:size() return self.length end

local function choose(rng, list)
   local total = 0
   for _, item in ipairs(list) do total = total + item.weight end
   local left = rng:uniform() * total
   for _, item in ipairs(list) do
      left = left - item.weight
      if left < 0 then return item end
   end
   return list[#list]
end

-- Which system of an epoch, and which observation of it (both from 0), stands at a place (from 0).
local function place_of(self, place, epoch)
   local each = self.observations_per_system
   if each == 1 then return place, 0 end
   local group = place // (GROUP * each)
   local first = group * GROUP * each
   local systems = math.min(GROUP, math.ceil((self.length - first) / each))
   local round, slot = (place - first) // systems, (place - first) % systems
   local half = systems // 2
   local key = ("%d %d %d"):format(epoch, group, round)
   if self.order_key ~= key then
      local rng, order = core.rng(self.seed, 3 * ((epoch * self.length + first) * each + round) + 2), {}
      for k = 0, systems - 1 do order[k] = k end
      for _, part in ipairs { { 0, half }, { half, systems } } do -- each half by itself
         for k = part[2] - 1, part[1] + 1, -1 do
            local j = rng:integer(part[1], k)
            order[k], order[j] = order[j], order[k]
         end
      end
      self.order_key, self.order = key, order
   end
   return group * GROUP + self.order[slot], round
end

-- The system of this number at its `attempt`-th drawing.
local function draw_star(self, number, attempt)
   local rng = core.rng(self.seed, 3 * (number * MAXIMUM_ATTEMPTS + attempt))
   local band = choose(rng, self.bands)
   local parameters, period = self.population:draw(rng)
   parameters.band = band.name
   local star = {
      band = band, period = period, parameters = parameters, states = { system.contact(parameters).model },
   }
   if band.surveys then
      star.history = population.history(rng)
      if parameters.spots then
         star.states[2] = system.contact(population.later(rng, parameters)).model
      end
   end
   return star
end

-- Makes the stars of these numbers; those that vary too little are drawn again, together, until all are there.
local function make_stars(self, numbers)
   local made, attempts = {}, {}
   for _, number in ipairs(numbers) do attempts[number] = 0 end
   while #numbers > 0 do
      local stars, states, again = {}, {}, {}
      for k, number in ipairs(numbers) do
         stars[k] = draw_star(self, number, attempts[number])
         states[k] = stars[k].states
      end
      local curves, light_left, minimum, maximum = core.make_models(states, MODEL_PHASES, self.minimum_amplitude,
         self.threads)
      for k, number in ipairs(numbers) do
         local star = stars[k]
         if light_left[k] == light_left[k] then
            star.flux, star.states = curves[k], nil
            star.light_left, star.minimum, star.maximum = light_left[k], minimum[k], maximum[k]
            made[number] = star
         else
            attempts[number] = attempts[number] + 1
            if attempts[number] >= MAXIMUM_ATTEMPTS then
               error(("totality.synthetic: no curve with an amplitude of %g in %d attempts")
                  :format(self.minimum_amplitude, MAXIMUM_ATTEMPTS), 3)
            end
            again[#again + 1] = number
         end
      end
      numbers = again
   end
   return made
end

-- The stars of these numbers, by number. Those that will be observed again are kept, for as long as their group
-- lasts; `groups` has the group of each number.
local function stars_of(self, numbers, groups)
   local missing, group_of, lasting = {}, {}, {}
   for k, number in ipairs(numbers) do
      if not self.known[number] and not group_of[number] then missing[#missing + 1] = number end
      group_of[number], lasting[groups[k]] = groups[k], true
   end
   local made = make_stars(self, missing)
   if self.observations_per_system == 1 then return made end
   for number, star in pairs(made) do star.group = group_of[number] end
   local kept = {}
   for _, stars in ipairs { self.known, made } do
      for number, star in pairs(stars) do
         if lasting[star.group] then kept[number] = star end
      end
   end
   self.known = kept
   return kept
end

-- Third light under which the star would still be found, or none after some trials.
local function draw_third_light(self, rng, star, draw)
   for _ = 1, 16 do
      local third_light = draw(rng)
      local maximum = (1 - third_light) * star.maximum + third_light
      if (1 - third_light) * (star.maximum - star.minimum) >= self.minimum_amplitude * maximum then
         return third_light
      end
   end
   return 0
end

-- How a star is observed in the example of this number, at the `attempt`-th drawing.
local function draw_observation(self, number, attempt, star)
   local rng = core.rng(self.seed, 3 * (number * MAXIMUM_ATTEMPTS + attempt) + 1)
   local observation = choose(rng, star.band.observations)
   local example = {
      flux = star.flux, seed = rng:integer(0, (1 << 53) - 1),
      mirrored = self.observations_per_system > 1 and rng:integer(0, 1) or 0,
      hide_depth = self.hidden_depth > 0 and rng:uniform() < self.hidden_depth and 1 or 0,
      minimum_amplitude = self.minimum_amplitude,
   }
   if observation.survey then
      example.survey, example.limit, example.period = observation.survey.record, self.point_limit, star.period
      for name, value in pairs(star.history) do example[name] = value end
      example.third_light = draw_third_light(self, rng, star, function() return star.history.third_light end)
   else
      example.points = math.floor(draw_range(rng, observation.points) + 0.5)
      example.noise = draw_range(rng, observation.noise)
      example.random = observation.phases == "random" and 1 or 0
      example.third_light = draw_third_light(self, rng, star, function(generator)
         return draw_range(generator, observation.third_light)
      end)
   end
   return example
end

-- The stars of these examples, the number of each one's observation, and a series of the light left.
local function stars_of_examples(self, first, count, epoch)
   epoch = epoch or 0
   local each = self.observations_per_system
   local systems_per_epoch = math.ceil(self.length / each)
   local groups_per_epoch = math.ceil(systems_per_epoch / GROUP)
   local systems, groups, observations, stars, light_left = {}, {}, {}, {}, core.series(count)
   for k = 1, count do
      local number, round = place_of(self, first + k - 2, epoch)
      systems[k] = epoch * systems_per_epoch + number
      groups[k] = epoch * groups_per_epoch + number // GROUP
      observations[k] = systems[k] * each + round
   end
   local known = stars_of(self, systems, groups)
   for k = 1, count do
      stars[k] = known[systems[k]]
      light_left[k] = stars[k].light_left
   end
   return stars, observations, light_left
end

--- The images and what is known about them.
---@param first integer number of the first example, from 1
---@param count integer
---@param epoch? integer nil: the fixed set
---@return totality.Tensor images count x 1 x height x width
---@return totality.Series light_left of the eclipsed star, as a part of the system's light
function SyntheticDataset:examples(first, count, epoch)
   local stars, observations, light_left = stars_of_examples(self, first, count, epoch)
   local places, images = {}, nil
   for k = 1, count do places[k] = k end
   for attempt = 0, MAXIMUM_ATTEMPTS - 1 do
      local examples, again = {}, {}
      for j, k in ipairs(places) do
         examples[j] = draw_observation(self, observations[k], attempt, stars[k])
      end
      local drawn, there = core.draw_examples(examples, self.width, self.height, self.threads, self.style)
      for j, k in ipairs(places) do
         if not there[j] then
            again[#again + 1] = k
         elseif images then
            images:set_rows(k, drawn:rows(j, 1))
         end
      end
      images, places = images or drawn, again
      if #places == 0 then return images, light_left end
   end
   error(("totality.synthetic: no observation that makes an image in %d attempts"):format(MAXIMUM_ATTEMPTS), 2)
end

-- What draw_examples draws of a plain observation, as points.
local function observe_in_phase(example)
   local rng, model = core.rng(example.seed, 1), {}
   for k = 1, MODEL_PHASES do -- the first state
      model[k] = example.third_light + (1 - example.third_light) * example.flux[k]
   end
   local sampling = example.random == 1 and "random" or "regular"
   local offset = sampling == "regular" and rng:uniform() or 0
   local phase, flux = core.observe(core.series(model), -0.5, example.points, sampling, offset, example.noise, rng)
   if example.mirrored == 1 then
      for k = 1, #phase do phase[k] = -phase[k] end
   end
   return curve.new { phase = phase, flux = flux }
end

-- The same of a survey's.
local function observe_with_survey(example, states)
   local target = { states = states, first_phase = -0.5, magnitude = 0 / 0 }
   for name, value in pairs(example) do target[name] = value end
   local time, flux, errors, segment, truth = core.observe_survey(example.survey, example.flux, target, example.limit,
      core.rng(example.seed, 1))
   return curve.new { time = time, flux = flux, error = errors, segment = segment, period = truth.catalogue_period,
      epoch = truth.catalogue_epoch }, truth.noise
end

--- The curves that the images of the same numbers were made from, for classifiers that look at points.
---@param first integer number of the first example, from 1
---@param count integer
---@param epoch? integer nil: the fixed set
---@return table[] examples of each `curve` (totality.LightCurve; without a survey phase 0 and 0.5 are the
--- conjunctions, star 1 behind at 0, and the flux is in units of that at phase 0.25; with one it has times, and
--- period and epoch as a catalogue gives them), `noise` (sigma of a point in the unit of the flux, with a survey at
--- the maximum), `parameters` (of the system, as `totality.contact` takes them)
---@return totality.Series light_left of the eclipsed star, as a part of the system's light
function SyntheticDataset:curves(first, count, epoch)
   local stars, observations, light_left = stars_of_examples(self, first, count, epoch)
   local list = {}
   for k, star in ipairs(stars) do
      local example = draw_observation(self, observations[k], 0, star)
      local seen, noise
      if example.survey then
         seen, noise = observe_with_survey(example, #example.flux // MODEL_PHASES)
      else
         seen = observe_in_phase(example)
         noise = example.noise * (example.third_light + (1 - example.third_light) * star.maximum)
      end
      local parameters = {}
      for name, value in pairs(star.parameters) do parameters[name] = value end
      parameters.third_light = example.third_light
      list[k] = { curve = seen, noise = noise, parameters = parameters }
   end
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
      self.length, self.width, self.height, self.seed, self.kinds, self.kinds == 1 and "" or "s")
end

return synthetic

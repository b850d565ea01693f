--- Populations of contact binaries: parameters drawn from the observed distributions, with their
--- correlations (fillout given the mass ratio, temperature given the period, temperature ratio by subtype).
--
-- The numbers, with their sources, are the data at the top of the file; `population.parameters` shows them.

local options = require "totality.options"

local population = {}

---@class totality.Population
local Population = {}
Population.__index = Population
Population.__name = "totality.Population"

-- Fitted to WUMaCat (Latkovic, Ceki & Lazarevic 2021, ApJS 254, 10), 688 contact binaries, and there to
-- the 411 "reliable" ones (spectroscopic mass ratio or total eclipses) where that is said.
local PARAMETERS = {
   -- q = M2/M1 <= 1: beta distribution by moments, reliable sample
   mass_ratio = { a = 2.11, b = 4.47, minimum = 0.05, maximum = 1 },
   -- medians of the fillout in bins of q, joined by straight lines; scatter in dex about them
   fillout = {
      medians = { { 0.07, 0.59 }, { 0.15, 0.56 }, { 0.25, 0.31 }, { 0.35, 0.19 }, { 0.45, 0.17 },
         { 0.55, 0.15 }, { 0.70, 0.13 }, { 0.85, 0.11 }, { 0.95, 0.09 } },
      scatter = 0.25, minimum = 0.005, maximum = 0.995,
   },
   -- ln(period/day): normal, all systems
   period = { mean = -1.016, deviation = 0.341, minimum = 0.2, maximum = 1.2 },
   -- log10 T1 = intercept + slope log10(period), scatter in dex, all systems with P < 0.55 d
   temperature = { intercept = 3.967, slope = 0.464, scatter = 0.042, minimum = 3600, maximum = 9600 },
   -- share of A subtypes (hotter primary) below each upper bound of q
   a_subtype = { { 0.1, 0.79 }, { 0.2, 0.64 }, { 0.3, 0.50 }, { 0.5, 0.40 }, { 0.8, 0.46 }, { 0.9, 0.76 },
      { 1.0, 0.61 } },
   -- |T2/T1 - 1|: exponential with median 0.030 (A), half-normal with median 0.039 (W)
   temperature_ratio = { a_scale = 0.0433, w_deviation = 0.0578, maximum = 0.35 },
   -- p(i) ~ sin i above a limit: orbits are oriented at random, and below it the variation goes unnoticed
   inclination = { minimum = 40 },
   -- half of the published solutions need a spot (WUMaCat 343 of 688); sizes and factors as customary in
   -- them, cool ones anywhere on the star, hot ones near the neck (Kouzuma 2019, PASJ 71, 21)
   spots = { share = 0.5, cool = 0.8, on_star_1 = 0.7, radius = { 8, 30 }, cool_factor = { 0.75, 0.97 },
      hot_factor = { 1.03, 1.2 }, hot_distance = 40 },
   -- linear coefficient in optical bands for T = 4500 to 7000 K (Rucinski 1993, PASP 105, 1433: 0.57 to
   -- 0.61 in V; lower in red bands)
   limb_darkening = { 0.5, 0.7 },
}

--- The parameters of the distributions, with the meaning of each in the comments of the source.
---@return table
function population.parameters()
   return PARAMETERS
end

local function interpolate(points, x)
   if x <= points[1][1] then return points[1][2] end
   for k = 2, #points do
      local a, b = points[k - 1], points[k]
      if x <= b[1] then return a[2] + (b[2] - a[2]) * (x - a[1]) / (b[1] - a[1]) end
   end
   return points[#points][2]
end

-- Draws until the value lies within the limits of `range`.
local function truncated(range, draw)
   local value
   repeat value = draw() until value >= range.minimum and value <= range.maximum
   return value
end

--- The median of the fillouts at a mass ratio.
---@param mass_ratio number M2/M1, 0 to 1
---@return number
function population.median_fillout(mass_ratio)
   return interpolate(PARAMETERS.fillout.medians, mass_ratio)
end

--- The share of A subtypes, whose heavier star is the hotter, at a mass ratio.
---@param mass_ratio number M2/M1, 0 to 1
---@return number
function population.a_subtype_share(mass_ratio)
   for _, bin in ipairs(PARAMETERS.a_subtype) do
      if mass_ratio < bin[1] then return bin[2] end
   end
   return PARAMETERS.a_subtype[#PARAMETERS.a_subtype][2]
end

local function draw_temperature_ratio(rng, mass_ratio)
   local share = population.a_subtype_share(mass_ratio)
   local range = { minimum = 0, maximum = PARAMETERS.temperature_ratio.maximum }
   if rng:uniform() < share then
      return 1 - truncated(range, function()
         return -PARAMETERS.temperature_ratio.a_scale * math.log(1 - rng:uniform())
      end)
   end
   return 1 + truncated(range, function()
      return math.abs(rng:normal(0, PARAMETERS.temperature_ratio.w_deviation))
   end)
end

local function draw_spot(rng)
   local p = PARAMETERS.spots
   if rng:uniform() < p.cool then
      return {
         star = rng:uniform() < p.on_star_1 and 1 or 2,
         colatitude = math.deg(math.acos(rng:uniform(-1, 1))),
         longitude = rng:uniform(0, 360),
         radius = rng:uniform(p.radius[1], p.radius[2]),
         temperature_factor = rng:uniform(p.cool_factor[1], p.cool_factor[2]),
      }
   end
   return {
      star = rng:uniform() < p.on_star_1 and 1 or 2,
      colatitude = 90 + rng:uniform(-p.hot_distance, p.hot_distance),
      longitude = rng:uniform(-p.hot_distance, p.hot_distance),
      radius = rng:uniform(p.radius[1], p.radius[2]),
      temperature_factor = rng:uniform(p.hot_factor[1], p.hot_factor[2]),
   }
end

--- A population as a survey would meet it: inclinations at random.
---@param given? table `spots` (share of systems with a spot, 0 to 1, default 0.5), `minimum_inclination`
--- (degrees, default 40), `resolution` of the binary model (default 8: errors below 6e-4)
---@return totality.Population
function population.survey(given)
   local checked = options.check("totality.population.survey", given, {
      spots = { type = "number", default = PARAMETERS.spots.share, minimum = 0, maximum = 1 },
      minimum_inclination = { type = "number", default = PARAMETERS.inclination.minimum, minimum = 0, below = 90 },
      resolution = { type = "integer", default = 8, minimum = 4, maximum = 512 },
   })
   return setmetatable(checked, Population)
end

--- The parameters of one system, as `totality.contact` takes them.
---@param rng totality.Rng
---@return table parameters
---@return number period days
function Population:draw(rng)
   local q = truncated(PARAMETERS.mass_ratio, function()
      return rng:beta(PARAMETERS.mass_ratio.a, PARAMETERS.mass_ratio.b)
   end)
   local median = population.median_fillout(q)
   local fillout = truncated(PARAMETERS.fillout, function()
      return median * 10 ^ rng:normal(0, PARAMETERS.fillout.scatter)
   end)
   local period = truncated(PARAMETERS.period, function()
      return math.exp(rng:normal(PARAMETERS.period.mean, PARAMETERS.period.deviation))
   end)
   local t = PARAMETERS.temperature
   local t1 = truncated(t, function()
      return 10 ^ (t.intercept + t.slope * math.log(period, 10) + rng:normal(0, t.scatter))
   end)
   local t2 = t1 * draw_temperature_ratio(rng, q)
   -- cos i is uniform where orbits are oriented at random
   local cosine = rng:uniform(0, math.cos(math.rad(self.minimum_inclination)))
   local limb = { law = "linear", x = rng:uniform(PARAMETERS.limb_darkening[1], PARAMETERS.limb_darkening[2]) }
   local parameters = {
      mass_ratio = q, fillout = fillout, inclination = math.deg(math.acos(cosine)), t1 = t1, t2 = t2,
      limb_darkening = limb, resolution = self.resolution,
   }
   if rng:uniform() < self.spots then parameters.spots = { draw_spot(rng) } end
   return parameters, period
end

function Population:__tostring()
   return ("totality.Population(survey, %g %% with a spot, inclination at random above %g degrees)")
      :format(100 * self.spots, self.minimum_inclination)
end

return population

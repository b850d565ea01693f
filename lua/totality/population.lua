--- Populations of contact binaries: parameters drawn from the observed distributions, with their
--- correlations (fillout given the mass ratio, temperature given the period, temperature ratio by subtype).
--
-- The numbers, with their sources, are the data at the top of the file; `population.parameters` shows them.

local core = require "totality.core"
local options = require "totality.options"

local population = {}

--- Share of total eclipses in `population.survey`, among the systems that vary by a tenth of the maximum flux at
--- least: 0.2688 +- 0.0005 of 967,437, half of them with a spot.
population.TOTAL_SHARE = 0.27

---@class totality.Population
local Population = {}
Population.__index = Population
Population.__name = "totality.Population"

-- Fitted to WUMaCat (Latkovic, Ceki & Lazarevic 2021, ApJS 254, 10), 688 contact binaries, and there to
-- the 411 "reliable" ones (spectroscopic mass ratio or total eclipses) where that is said.
local PARAMETERS = {
   -- q = M2/M1 <= 1: beta distribution by moments, reliable sample
   mass_ratio = { a = 2.11, b = 4.47, minimum = 0.05, maximum = 1 },
   -- all systems, and the deviation of 90 degrees - i in them: what studied systems are like
   studied_mass_ratio = { a = 1.41, b = 1.87, minimum = 0.05, maximum = 1 },
   studied_inclination = 18.3,
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
   -- |T2/T1 - 1|: quantiles of all A subtypes; half-normal with median 0.039 (W)
   temperature_ratio = { a_quantiles = { { 0, 0 }, { 0.5, 0.030 }, { 0.84, 0.08 }, { 0.95, 0.222 }, { 1, 0.35 } },
      w_deviation = 0.0578, maximum = 0.35 },
   -- p(i) ~ sin i above a limit: orbits are oriented at random, and below it the variation goes unnoticed
   inclination = { minimum = 40 },
   -- half of the published solutions need a spot (WUMaCat 343 of 688); sizes and factors as customary in
   -- them, cool ones anywhere on the star, hot ones near the neck (Kouzuma 2019, PASJ 71, 21)
   spots = { share = 0.5, cool = 0.8, on_star_1 = 0.7, radius = { 8, 30 }, cool_factor = { 0.75, 0.97 },
      hot_factor = { 1.03, 1.2 }, hot_distance = 40,
      -- share with the brighter maximum after the deeper minimum: most of the Kepler binaries with unequal maxima
      -- (Knote et al. 2022, ApJS 262, 10); the number fits 329 ASAS-3 curves
      brighter_after = 0.85 },
   -- How spots are later on: seasons of a year or two; assumed, so that the maxima of a curve change by 0.5 to 2 %
   -- (Kepler: Tran et al. 2013, ApJ 774, 81).
   spot_evolution = { longitude = 60, radius = 0.3, vanish = 0.2, days = { 200, 1000 } },
   -- 42 of 100 bright contact binaries have a companion (Pribulla & Rucinski 2006, AJ 131, 2986); its share of the
   -- light log-uniform (D'Angelo et al. 2006, AJ 132, 650: from 0.8 %), upper end assumed
   companion = { share = 0.42, third_light = { 0.01, 0.5 } },
   -- half amplitude of the light-time effect in days and outer period in days, log-uniform, for 3 stars in 4 that
   -- have a companion; assumed
   light_time = { share = 0.75, delay = { 0.001, 0.02 }, outer_period = { 1000, 20000 } },
   -- |dP/dt| in days a year: deciles 10, 25, 50, 75, 90 of the 218 systems of WUMaCat that have one, 55 % positive;
   -- the others are assumed to have none
   period_change = { share = 218 / 688, positive = 0.55,
      deciles = { { 0, 1e-8 }, { 0.1, 2.9e-8 }, { 0.25, 6.6e-8 }, { 0.5, 2.0e-7 }, { 0.75, 4.5e-7 }, { 0.9, 1.1e-6 },
         { 1, 3e-6 } } },
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

--- On which side of the line of centres a spot makes the maximum after the deeper minimum the brighter one.
---@param spot table as `totality.contact` takes it
---@param temperature_ratio number T2/T1
---@return boolean brighter_after
function population.brighter_after(spot, temperature_ratio)
   return math.sin(math.rad(spot.longitude)) * (spot.star == 1 and 1 or -1)
      * (spot.temperature_factor < 1 and 1 or -1) * (temperature_ratio < 1 and 1 or -1) > 0
end

local function draw_temperature_ratio(rng, mass_ratio)
   if rng:uniform() < population.a_subtype_share(mass_ratio) then
      return 1 - interpolate(PARAMETERS.temperature_ratio.a_quantiles, rng:uniform())
   end
   local range = { minimum = 0, maximum = PARAMETERS.temperature_ratio.maximum }
   return 1 + truncated(range, function()
      return math.abs(rng:normal(0, PARAMETERS.temperature_ratio.w_deviation))
   end)
end

-- The spot, or its mirror image, so that the maximum after the deeper minimum is the brighter one in most systems.
local function choose_side(rng, spot, temperature_ratio)
   local after = population.brighter_after(spot, temperature_ratio)
   if after ~= (rng:uniform() < PARAMETERS.spots.brighter_after) then spot.longitude = -spot.longitude end
   return spot
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

local function check_common(what, given)
   return options.check(what, given, {
      spots = { type = "number", default = PARAMETERS.spots.share, minimum = 0, maximum = 1 },
      minimum_inclination = { type = "number", default = PARAMETERS.inclination.minimum, minimum = 0, below = 90 },
      resolution = { type = "integer", default = 8, minimum = 4, maximum = 512 },
   }, 3)
end

--- A population as a survey would meet it: inclinations at random.
---@param given? table `spots` (share of systems with a spot, 0 to 1, default 0.5), `minimum_inclination`
--- (degrees, default 40), `resolution` of the binary model (default 8: errors below 6e-4)
---@return totality.Population
function population.survey(given)
   local checked = check_common("totality.population.survey", given)
   checked.name, checked.mass_ratio = "survey", PARAMETERS.mass_ratio
   checked.draw_inclination = function(rng) -- cos i is uniform where orbits are oriented at random
      return math.deg(math.acos(rng:uniform(0, math.cos(math.rad(checked.minimum_inclination)))))
   end
   return setmetatable(checked, Population)
end

--- A population as it is found in the literature, where systems were chosen for being studied: nearly half of
--- the eclipses are total.
---@param given? table as for `survey`
---@return totality.Population
function population.talk(given)
   local checked = check_common("totality.population.talk", given)
   checked.name, checked.mass_ratio = "talk", PARAMETERS.studied_mass_ratio
   checked.draw_inclination = function(rng)
      local range = { minimum = checked.minimum_inclination, maximum = 90 }
      return truncated(range, function() return 90 - math.abs(rng:normal(0, PARAMETERS.studied_inclination)) end)
   end
   return setmetatable(checked, Population)
end

-- What may stand in a row of a table, and how it is jittered with a jitter of 1: relatively or in its unit.
local ROW = {
   mass_ratio = { relative = 0.08, minimum = 0.02, maximum = 1 },
   fillout = { absolute = 0.05, minimum = 0.005, maximum = 0.995 },
   inclination = { absolute = 2, minimum = 0, maximum = 90 },
   t1 = { relative = 0.02, minimum = 2000, maximum = 50000 },
   t2 = { relative = 0.01, minimum = 2000, maximum = 50000 },
   period = { relative = 0.02, minimum = 0.1, maximum = 10 },
}

--- A population like a table of known systems: a row at random, jittered. Correlations stay as they are in the
--- table.
---@param rows table[] each with mass_ratio (M2/M1, up to 1), fillout, inclination (degrees), t1, t2 (K); period
--- (days) may be missing, and is then drawn from the period distribution
---@param given? table `jitter` (1, the default: 8 % in the mass ratio, 0.05 in the fillout, 2 degrees, 2 % in t1 and
--- in the period, 1 % in t2/t1; 0: none), `spots`, `minimum_inclination` (default 0), `resolution` as for `survey`
---@return totality.Population
function population.from_table(rows, given)
   local what = "totality.population.from_table"
   options.check_value(what, "rows", rows, { type = "table" })
   if #rows == 0 then options.fail(what, 2, "rows must not be empty") end
   for k, row in ipairs(rows) do
      for name, rule in pairs(ROW) do
         if row[name] ~= nil or name ~= "period" then
            options.check_value(what, ("row %d: %s"):format(k, name), row[name],
               { type = "number", minimum = rule.minimum, maximum = rule.maximum })
         end
      end
   end
   local own = {}
   for name, value in pairs(given or {}) do own[name] = value end
   local jitter = options.check_value(what, "option 'jitter'", own.jitter or 1,
      { type = "number", minimum = 0, maximum = 10 })
   own.jitter, own.minimum_inclination = nil, own.minimum_inclination or 0
   local checked = check_common(what, own)
   checked.name, checked.rows = ("table of %d systems"):format(#rows), rows
   checked.jitter = jitter
   return setmetatable(checked, Population)
end

local function draw_temperature(rng, period)
   local t = PARAMETERS.temperature
   return truncated(t, function()
      return 10 ^ (t.intercept + t.slope * math.log(period, 10) + rng:normal(0, t.scatter))
   end)
end

local function draw_period(rng)
   return truncated(PARAMETERS.period, function()
      return math.exp(rng:normal(PARAMETERS.period.mean, PARAMETERS.period.deviation))
   end)
end

-- Mass ratio, fillout, temperatures, inclination and period from the distributions.
local function draw_system(self, rng)
   local q = truncated(self.mass_ratio, function() return rng:beta(self.mass_ratio.a, self.mass_ratio.b) end)
   local median = population.median_fillout(q)
   local fillout = truncated(PARAMETERS.fillout, function()
      return median * 10 ^ rng:normal(0, PARAMETERS.fillout.scatter)
   end)
   local period = draw_period(rng)
   local t1 = draw_temperature(rng, period)
   local t2 = t1 * draw_temperature_ratio(rng, q)
   return { mass_ratio = q, fillout = fillout, inclination = self.draw_inclination(rng), t1 = t1, t2 = t2 }, period
end

-- The same from a row of the table.
local function jitter_row(self, rng)
   local row, drawn = self.rows[rng:integer(1, #self.rows)], {}
   local function jittered(name, value)
      local rule = ROW[name]
      local scatter = self.jitter * rng:normal()
      local moved = rule.relative and value * math.exp(rule.relative * scatter) or value + rule.absolute * scatter
      -- An inclination above 90 degrees is the same as its supplement.
      if name == "inclination" and moved > 90 then moved = 180 - moved end
      return math.max(rule.minimum, math.min(rule.maximum, moved))
   end
   for _, name in ipairs { "mass_ratio", "fillout", "inclination", "t1" } do
      drawn[name] = jittered(name, row[name])
   end
   drawn.inclination = math.max(self.minimum_inclination, drawn.inclination)
   drawn.t2 = jittered("t2", row.t2 * drawn.t1 / row.t1)
   return drawn, row.period and jittered("period", row.period) or draw_period(rng)
end

--- The parameters of one system, as `totality.contact` takes them.
---@param rng totality.Rng
---@return table parameters
---@return number period days
function Population:draw(rng)
   local parameters, period = (self.rows and jitter_row or draw_system)(self, rng)
   parameters.resolution = self.resolution
   parameters.limb_darkening =
      { law = "linear", x = rng:uniform(PARAMETERS.limb_darkening[1], PARAMETERS.limb_darkening[2]) }
   if rng:uniform() < self.spots then
      parameters.spots = { choose_side(rng, draw_spot(rng), parameters.t2 / parameters.t1) }
   end
   return parameters, period
end

local function log_uniform(rng, range)
   return range[1] * (range[2] / range[1]) ^ rng:uniform()
end

--- What happens to a system in the years of a survey, as `system:observe` and `curve:observe` take it.
---@param rng totality.Rng
---@return table history third_light, period_change, light_time, outer_period, state_duration
function population.history(rng)
   local companion, light_time, change = PARAMETERS.companion, PARAMETERS.light_time, PARAMETERS.period_change
   local history = {
      third_light = 0, light_time = 0, outer_period = log_uniform(rng, light_time.outer_period), period_change = 0,
      state_duration = log_uniform(rng, PARAMETERS.spot_evolution.days),
   }
   if rng:uniform() < companion.share then
      history.third_light = log_uniform(rng, companion.third_light)
      if rng:uniform() < light_time.share then history.light_time = log_uniform(rng, light_time.delay) end
   end
   if rng:uniform() < change.share then
      local size = interpolate(change.deciles, rng:uniform()) / 365.25
      history.period_change = rng:uniform() < change.positive and size or -size
   end
   return history
end

local THIRD_LIGHT_DRAWN = 10000

--- How much third light the stars of a survey have, by companions and by stars that its pixels blend with them: what
--- `totality.posterior` takes as `third_light` and `third_light_mean`.
---@param survey totality.Survey as in totality.surveys
---@return number share of the stars that have third light
---@return number mean of it in these, as a part of all light
function population.third_light(survey)
   survey = options.check_value("totality.population.third_light", "survey", survey, { class = "totality.Survey" })
   local rng, some, sum, blends = core.rng(1, 0), 0, 0, survey.third_light
   for _ = 1, THIRD_LIGHT_DRAWN do
      local place = 1 + rng:uniform() * (#blends - 1) -- among quantiles, equally far apart
      local k = place // 1 | 0
      local blend = blends[k] + (place - k) * ((blends[k + 1] or blends[k]) - blends[k])
      local third_light = 1 - (1 - population.history(rng).third_light) * (1 - blend)
      if third_light > 0 then some, sum = some + 1, sum + third_light end
   end
   return some / THIRD_LIGHT_DRAWN, sum / some
end

--- The same system later, its spots elsewhere, larger or smaller, or gone.
---@param rng totality.Rng
---@param parameters table as from `draw`
---@return table parameters
function population.later(rng, parameters)
   local p, later, spots = PARAMETERS.spot_evolution, {}, {}
   for name, value in pairs(parameters) do later[name] = value end
   for _, spot in ipairs(parameters.spots or {}) do
      local moved = {}
      for name, value in pairs(spot) do moved[name] = value end
      moved.longitude = (spot.longitude + rng:normal(0, p.longitude)) % 360
      moved.radius = math.min(45, spot.radius * math.exp(rng:normal(0, p.radius)))
      if rng:uniform() >= p.vanish then spots[#spots + 1] = moved end
   end
   later.spots = #spots > 0 and spots or nil
   return later
end

function Population:__tostring()
   return ("totality.Population(%s, %g %% with a spot, inclination %s above %g degrees)"):format(self.name,
      100 * self.spots, self.name == "survey" and "at random" or "as found", self.minimum_inclination)
end

return population

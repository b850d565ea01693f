--- The binary model: systems, their light curves, and whether their eclipses are total.

local attempt = require("totality.interruption").attempt
local class = require "totality.system.class"
local core = require "totality.core"
local limb_darkening = require "totality.limb_darkening"
local observation = require "totality.observation"
local options = require "totality.options"
local passbands = require "totality.passbands"
require "totality.system.views"

local system = {}

---@class totality.BinarySystem
---@field parameters table the options it was made from, defaults filled in
local System = class.System

-- Of the model curve that a survey observes: the same as for training.
local STATE_PHASES = 100

local SPOT = {
   star = { type = "integer", required = true, one_of = { 1, 2 } },
   colatitude = { type = "number", default = 90, minimum = 0, maximum = 180 },
   longitude = { type = "number", required = true, minimum = -360, maximum = 360 },
   radius = { type = "number", required = true, minimum = 0, maximum = 180 },
   temperature_factor = { type = "number", required = true, minimum = 0.1, maximum = 10 },
}

local LAW = { type = "string", one_of = limb_darkening.laws }
local LIMB = {
   law = LAW,
   x = { type = "number", minimum = -2, maximum = 2 },
   y = { type = "number", minimum = -2, maximum = 2 },
}
local DEFAULT_LAW = "logarithmic"

-- Envelopes are convective below (Lucy 1967, ZAp 65, 89; Rucinski 1969, AcA 19, 245), radiative above (von Zeipel
-- 1924, MNRAS 84, 665). K
local CONVECTIVE_LIMIT = 7200
local CONVECTIVE = { gravity_darkening = 0.32, albedo = 0.5 }
local RADIATIVE = { gravity_darkening = 1.0, albedo = 1.0 }

-- Options of every kind of binary.
local COMMON = {
   mass_ratio = { type = "number", required = true, minimum = 0.001, maximum = 1000 },
   inclination = { type = "number", required = true, minimum = -360, maximum = 360 },
   t1 = { type = "number", default = 5800, minimum = 1000, maximum = 100000 },
   t2 = { type = "number", default = 5800, minimum = 1000, maximum = 100000 },
   gravity_darkening_1 = { type = "number", minimum = 0, maximum = 2 },
   gravity_darkening_2 = { type = "number", minimum = 0, maximum = 2 },
   reflection = { type = "boolean", default = false },
   albedo_1 = { type = "number", minimum = 0, maximum = 1 },
   albedo_2 = { type = "number", minimum = 0, maximum = 1 },
   limb_darkening = { type = "any" },
   limb_darkening_1 = { type = "any" },
   limb_darkening_2 = { type = "any" },
   band = { type = "string" },
   wavelength = { type = "number", minimum = 100, maximum = 100000 },
   spots = { type = "table" },
   third_light = { type = "number", default = 0, minimum = 0, below = 1 },
   resolution = { type = "integer", default = core.default_resolution, minimum = 4, maximum = 512 },
}

local RADIUS = { type = "number", above = 0, below = 1 }
local POTENTIAL = { type = "number", above = 0 }

local function with_common(own)
   for name, rule in pairs(COMMON) do own[name] = rule end
   return own
end

local CONTACT = with_common { fillout = { type = "number", required = true, minimum = 0, maximum = 1 } }
local SEMI_DETACHED = with_common {
   lobe_filling = { type = "integer", default = 2, one_of = { 1, 2 } }, radius = RADIUS, potential = POTENTIAL,
}
local DETACHED = with_common {
   radius_1 = RADIUS, radius_2 = RADIUS, potential_1 = POTENTIAL, potential_2 = POTENTIAL,
}

local function band_names()
   local names = {}
   for name in pairs(passbands) do names[#names + 1] = name end
   table.sort(names)
   return names
end

-- A pass band as the core takes it, wavelengths and weights: two nodes of Gauss's rule between each two rows.
local function nodes_of(what, name, passband)
   local rows, flat = passband.transmission, {}
   for k = 2, #rows do
      local from, to = rows[k - 1], rows[k]
      local step = to[1] - from[1]
      if step <= 0 then options.fail(what, 4, "pass band '%s': wavelengths must ascend", name) end
      for _, part in ipairs { 0.5 - math.sqrt(1 / 12), 0.5 + math.sqrt(1 / 12) } do
         local wavelength = from[1] + part * step
         local counted = passband.counts == "photons" and wavelength or 1
         flat[#flat + 1] = wavelength
         flat[#flat + 1] = (from[2] + part * (to[2] - from[2])) * counted * step / 2
      end
   end
   return core.series(flat)
end

-- Completes `band` or `wavelength`. Returns the nodes of the band (nil for a wavelength), and where default limb
-- darkening is looked up.
local function check_band(what, given)
   if given.wavelength and given.band then
      options.fail(what, 3, "give either 'band' or 'wavelength', not both")
   end
   if given.wavelength then return nil, given.wavelength end
   given.band = options.check_value(what, "option 'band'", given.band or "V",
      { type = "string", one_of = band_names() }, 3)
   local passband = passbands[given.band]
   return nodes_of(what, given.band, passband), passband.limb_darkening or passband.wavelength
end

-- A law with its coefficients from what was given: nothing, a law's name, or a table.
local function check_limb_darkening(what, name, limb, temperature, where)
   if type(limb) == "string" then
      limb = { law = options.check_value(what, "option '" .. name .. "'", limb, LAW, 4) }
   elseif limb ~= nil and type(limb) ~= "table" then
      options.fail(what, 4, "option '%s' must be the name of a law, or a table, got %s", name, tostring(limb))
   end
   local checked = options.check(what .. ": " .. name, limb, LIMB, 4)
   if checked.x then
      return { law = checked.law or "linear", x = checked.x, y = checked.y or 0 }
   end
   if checked.y then options.fail(what, 4, "%s: give 'x' with 'y', or neither", name) end
   local law = checked.law or DEFAULT_LAW
   local x, y = limb_darkening.coefficients(law, temperature, where)
   return { law = law, x = x, y = y }
end

-- What depends on the temperature of a star, unless it is given.
local function complete_star(what, given, star, where)
   local temperature = given["t" .. star]
   for name, value in pairs(temperature < CONVECTIVE_LIMIT and CONVECTIVE or RADIATIVE) do
      local key = name .. "_" .. star
      given[key] = given[key] or value
   end
   local name = "limb_darkening_" .. star
   local limb = given[name]
   if limb == nil then name, limb = "limb_darkening", given.limb_darkening end
   given["limb_darkening_" .. star] = check_limb_darkening(what, name, limb, temperature, where)
end

local function flat_spots(what, spots)
   local flat = {}
   for k, spot in ipairs(spots) do
      local s = options.check(("%s: spot %d"):format(what, k), spot, SPOT, 3)
      for _, value in ipairs { s.star, s.colatitude, s.longitude, s.radius, s.temperature_factor } do
         flat[#flat + 1] = value
      end
   end
   return core.series(flat)
end

-- Completes the checked options and hands them to the core; errors point at the caller of the constructor.
local function build(what, configuration, given)
   given.configuration = configuration
   local band, where = check_band(what, given)
   for star = 1, 2 do complete_star(what, given, star, where) end
   local ok, model = attempt(core.binary, given, given.spots and flat_spots(what, given.spots), band)
   if not ok then options.fail(what, 2, "%s", model) end
   return setmetatable({ parameters = given, model = model }, System)
end

-- The potential of a star from its radius or potential, of which one must be given.
local function potential_of(what, given, star, radius_name, potential_name)
   local radius, potential = given[radius_name], given[potential_name]
   if (radius == nil) == (potential == nil) then
      options.fail(what, 3, "give one of '%s' and '%s'", radius_name, potential_name)
   end
   if potential then return potential end
   local ok, result = attempt(core.potential_of_radius, given.mass_ratio, star, radius)
   if not ok then options.fail(what, 3, "%s", result) end
   return result
end

--- A contact binary: both stars fill one common equipotential of the Roche model, on a circular,
--- synchronous orbit. At phase 0 star 1 is eclipsed, at phase 0.5 star 2.
--
-- Options: `mass_ratio` M2/M1 (0.001 to 1000), `fillout` (0 to 1), `inclination` (degrees), `t1`, `t2`
-- (effective temperatures, K, default 5800), `resolution` (cells along a quarter of a star's circumference,
-- default 10; the error falls with its square).
--
-- Light: `band` ("B", "V", "R", "I", "Kepler", "TESS", "ASAS_V", see `totality.passbands`; default "V") or
-- `wavelength` (nm); `spots` (a list of `{ star =, colatitude = 90, longitude =, radius =,
-- temperature_factor = }`, degrees; longitude 0 faces the companion); `third_light`, the share of all light at
-- phase 0.25 that is not the binary's (0 to below 1, default 0).
--
-- Surfaces: `reflection`, whether the stars heat each other (default false); for each star
-- `gravity_darkening_1`, `_2` (exponent of T^4 ~ g^beta) and `albedo_1`, `_2` (bolometric), by default 0.32 and
-- 0.5 below 7200 K (convective), 1 and 1 above (radiative); `limb_darkening_1`, `_2`, or `limb_darkening` for
-- both: a law, "linear", "logarithmic" (the default), "square_root" or "quadratic", with coefficients by
-- temperature and band from the table of Van Hamme, or `{ law = "linear", x =, y = }` with given ones.
-- `parameters` of the result shows what was taken.
---@param parameters table
---@return totality.BinarySystem
function system.contact(parameters)
   local what = "totality.contact"
   return build(what, "contact", options.check(what, parameters, CONTACT))
end

--- A semi-detached binary: one star fills its Roche lobe, the other is smaller than its own.
--
-- Options: those of `totality.contact` but `fillout`; `lobe_filling` (1 or 2, default 2), and of the other
-- star either `radius` (of the sphere of the same volume, in units of the separation) or `potential` (in
-- the frame of star 1).
---@param parameters table
---@return totality.BinarySystem
function system.semi_detached(parameters)
   local what = "totality.semi_detached"
   local given = options.check(what, parameters, SEMI_DETACHED)
   local smaller = 3 - given.lobe_filling
   given["potential_" .. smaller] = potential_of(what, given, smaller, "radius", "potential")
   given["potential_" .. given.lobe_filling] = core.lobe_potential(given.mass_ratio)
   return build(what, "semi_detached", given)
end

--- A detached binary: both stars are smaller than their Roche lobes.
--
-- Options: those of `totality.contact` but `fillout`; for each star either `radius_1`, `radius_2` (of the
-- sphere of the same volume, in units of the separation) or `potential_1`, `potential_2` (both in the
-- frame of star 1).
---@param parameters table
---@return totality.BinarySystem
function system.detached(parameters)
   local what = "totality.detached"
   local given = options.check(what, parameters, DETACHED)
   local potential_1 = potential_of(what, given, 1, "radius_1", "potential_1")
   given.potential_2 = potential_of(what, given, 2, "radius_2", "potential_2")
   given.potential_1 = potential_1
   return build(what, "detached", given)
end

--- The light curve without noise: flux at regular phases from -0.5 to 0.5 (both ends included) in units
--- of the flux at phase 0.25.
--
-- Options: `phases`, how many (default 101), or a list of phases; `exposure` in units of the period (0 to 0.5,
-- default 0): each flux is then the mean over an exposure that long, centred on its phase.
---@param given? table
---@return totality.LightCurve
function System:light_curve(given)
   local checked = options.check("light_curve", given, {
      phases = { type = "any", default = 101 },
      exposure = { type = "number", default = 0, minimum = 0, maximum = 0.5 },
   })
   local phase = class.phases_of("light_curve", checked.phases)
   return require("totality.curve").new { phase = phase, flux = self.model:light_curve(phase, checked.exposure) }
end

--- What a survey delivers of this star: `system:light_curve():observe(survey, ...)` with spots that change over the
--- years, and with the truth about the eclipses.
---@param survey totality.Survey
---@param given table the options of curve:observe for a survey; `later`: a list of systems that differ from this
--- one in their spots; the star turns from one into the next every `state_duration` days (default 500) and after
--- the last into the first
---@return totality.LightCurve curve `truth` as for curve:observe, and `total`, `light_left`, `duration` (as
--- system:totality says)
function System:observe(survey, given)
   local what = "system:observe"
   options.check_value(what, "survey", survey, { class = "totality.Survey" })
   local own, later = {}, {}
   for name, value in pairs(given or {}) do own[name] = value end
   later, own.later = options.check_value(what, "option 'later'", own.later or later, { type = "table" }), nil
   local checked = observation.check(what, own, 2)
   local grid, flux = {}, {}
   for k = 1, STATE_PHASES do grid[k] = (k - 1) / STATE_PHASES - 0.5 end
   grid = core.series(grid)
   for state = 0, #later do
      local one = state == 0 and self or options.check_value(what, "option 'later'", later[state],
         { class = "totality.BinarySystem" })
      local values = one.model:light_curve(grid, 0)
      for k = 1, STATE_PHASES do flux[#flux + 1] = values[k] end
   end
   local curve = observation.observe(what, survey, core.series(flux), #later + 1, -0.5, checked)
   local found = self.model:totality()
   local darkest = found[found.darkest]
   local truth = curve.truth
   truth.total, truth.light_left, truth.duration = found.total, darkest.light_left, darkest.duration
   return curve
end

--- Ratio of the radii (of the spheres of the same volume) R2/R1 of two stars in contact. It depends on the
--- mass ratio and the fillout alone, which is why the radii of a total eclipse give the mass ratio.
---@param given { mass_ratio: number, fillout: number } mass_ratio 0.001 to 1000, fillout 0 to 1
---@return number
function system.radius_ratio(given)
   local checked = options.check("totality.radius_ratio", given, {
      mass_ratio = { type = "number", required = true, minimum = 0.001, maximum = 1000 },
      fillout = { type = "number", required = true, minimum = 0, maximum = 1 },
   })
   local first, second = core.contact_volume_radii(checked.mass_ratio, checked.fillout)
   return second / first
end

function System:__tostring()
   local p = self.parameters
   local spots = p.spots and #p.spots or 0
   local shape = p.fillout and ("fillout %g"):format(p.fillout)
      or ("potentials %.5g and %.5g"):format(p.potential_1, p.potential_2)
   return ("totality.BinarySystem(%s, mass_ratio %g, %s, inclination %g, t1 %g K, t2 %g K, %s)")
      :format(p.configuration, p.mass_ratio, shape, p.inclination, p.t1, p.t2,
         spots == 0 and "no spots" or spots == 1 and "1 spot" or spots .. " spots")
end

return system

--- The binary model: systems, their light curves, and whether their eclipses are total.

local core = require "totality.core"
local options = require "totality.options"
local passbands = require "totality.passbands"

local system = {}

---@class totality.BinarySystem
---@field parameters table the options it was made from, defaults filled in
local System = {}
System.__index = System
System.__name = "totality.BinarySystem"

local LIMB_LAWS = { "linear", "logarithmic", "square_root", "quadratic" }

local SPOT = {
   star = { type = "integer", required = true, one_of = { 1, 2 } },
   colatitude = { type = "number", default = 90, minimum = 0, maximum = 180 },
   longitude = { type = "number", required = true, minimum = -360, maximum = 360 },
   radius = { type = "number", required = true, minimum = 0, maximum = 180 },
   temperature_factor = { type = "number", required = true, minimum = 0.1, maximum = 10 },
}

local LIMB = {
   law = { type = "string", default = "linear", one_of = LIMB_LAWS },
   x = { type = "number", required = true, minimum = -2, maximum = 2 },
   y = { type = "number", default = 0, minimum = -2, maximum = 2 },
}

local DEFAULT_LIMB = { law = "linear", x = 0.6, y = 0 }

-- Options of every kind of binary.
local COMMON = {
   mass_ratio = { type = "number", required = true, minimum = 0.001, maximum = 1000 },
   inclination = { type = "number", required = true, minimum = -360, maximum = 360 },
   t1 = { type = "number", default = 5800, minimum = 1000, maximum = 100000 },
   t2 = { type = "number", default = 5800, minimum = 1000, maximum = 100000 },
   gravity_darkening_1 = { type = "number", default = 0.32, minimum = 0, maximum = 2 },
   gravity_darkening_2 = { type = "number", default = 0.32, minimum = 0, maximum = 2 },
   limb_darkening_1 = { type = "table" },
   limb_darkening_2 = { type = "table" },
   band = { type = "string" },
   wavelength = { type = "number", minimum = 100, maximum = 100000 },
   spots = { type = "table" },
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

local function wavelength_of(what, given)
   if given.wavelength and given.band then
      options.fail(what, 3, "give either 'band' or 'wavelength', not both")
   end
   if given.band then
      options.check_value(what, "option 'band'", given.band, { type = "string", one_of = band_names() }, 3)
   end
   return given.wavelength or passbands[given.band or "V"]
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
   for _, name in ipairs { "limb_darkening_1", "limb_darkening_2" } do
      given[name] = given[name] and options.check(what .. ": " .. name, given[name], LIMB, 3) or DEFAULT_LIMB
   end
   given.wavelength = wavelength_of(what, given)
   local ok, model = pcall(core.binary, given, given.spots and flat_spots(what, given.spots))
   if not ok then options.fail(what, 3, "%s", model) end
   return setmetatable({ parameters = given, model = model }, System)
end

-- The potential of a star from its radius or potential, of which one must be given.
local function potential_of(what, given, star, radius_name, potential_name)
   local radius, potential = given[radius_name], given[potential_name]
   if (radius == nil) == (potential == nil) then
      options.fail(what, 3, "give one of '%s' and '%s'", radius_name, potential_name)
   end
   if potential then return potential end
   local ok, result = pcall(core.potential_of_radius, given.mass_ratio, star, radius)
   if not ok then options.fail(what, 3, "%s", result) end
   return result
end

--- A contact binary: both stars fill one common equipotential of the Roche model, on a circular,
--- synchronous orbit. At phase 0 star 1 is eclipsed, at phase 0.5 star 2.
--
-- Options: `mass_ratio` M2/M1 (0.001 to 1000), `fillout` (0 to 1), `inclination` (degrees), `t1`, `t2`
-- (effective temperatures, K, default 5800), `gravity_darkening_1`, `_2` (exponent of T^4 ~ g^beta;
-- default 0.32, Lucy 1967), `limb_darkening_1`, `_2` (`{ law = "linear"|"logarithmic"|"square_root"|
-- "quadratic", x =, y = }`, default linear 0.6), `band` ("B", "V", "R", "I", "Kepler", "TESS"; default
-- "V") or `wavelength` (nm), `spots` (a list of `{ star =, colatitude = 90, longitude =, radius =,
-- temperature_factor = }`, degrees; longitude 0 faces the companion), `resolution` (cells along a quarter
-- of a star's circumference, default 10; the error falls with its square).
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
-- Options: `phases`, how many (default 101), or a list of phases.
---@param given? table
---@return totality.LightCurve
function System:light_curve(given)
   local checked = options.check("light_curve", given, { phases = { type = "any", default = 101 } })
   local phases = checked.phases
   if type(phases) == "number" then
      local count = options.check_value("light_curve", "option 'phases'", phases,
         { type = "integer", minimum = 2, maximum = 10000000 })
      local grid = {}
      for k = 1, count do grid[k] = -0.5 + (k - 1) / (count - 1) end
      phases = grid
   end
   local phase = type(phases) == "table" and core.series(phases) or phases
   return require("totality.curve").new { phase = phase, flux = self.model:light_curve(phase) }
end

--- What is left of the eclipsed star at each conjunction.
--
-- Returns a table: `total` (less than 1e-4 of the system's light comes from the star behind), `grazing`
-- (not total, but less than 1e-2), `light_left` (the smaller of the two conjunctions), `eclipse`
-- ("primary" where the deeper minimum is the one meant, else "secondary"), `duration` of totality in
-- phase (0 when partial), `eclipsed_star`, and `conjunctions`, a list of both (phase 0 and 0.5), each
-- with phase, eclipsed_star, light_left, clearance (least depth behind the other's limb in units of the
-- separation, positive when total), duration and depth.
---@return table
function System:totality()
   local found = self.model:totality()
   local darkest, other = found[found.darkest], found[3 - found.darkest]
   return {
      total = found.total,
      grazing = found.grazing,
      light_left = darkest.light_left,
      eclipse = darkest.depth >= other.depth and "primary" or "secondary",
      duration = darkest.duration,
      eclipsed_star = darkest.eclipsed_star,
      conjunctions = { found[1], found[2] },
   }
end

--- The light of star 1 and of star 2 that reaches the observer at an orbital phase, in units of the
--- system's flux at phase 0.25.
---@param phase number
---@return number star_1
---@return number star_2
function System:light_contributions(phase)
   options.check_value("light_contributions", "phase", phase, { type = "number" })
   return self.model:light_contributions(phase)
end

--- Potentials, critical points and radii (of the sphere of the same area, and polar) in units of the
--- separation. The critical points are those with the heavier star at the origin.
---@return table
function System:geometry()
   return self.model:geometry()
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

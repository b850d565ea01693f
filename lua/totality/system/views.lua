--- What is seen of a system beside its light curve: whether an eclipse is total, radial velocities, shapes, pictures.

local class = require "totality.system.class"
local core = require "totality.core"
local image = require "totality.image"
local options = require "totality.options"
local printable = require "totality.printable"

---@class totality.BinarySystem
local System = class.System

-- Nominal radius of the Sun, km (IAU 2015 resolution B3), and a day, s.
local SOLAR_RADIUS, DAY = 6.957e5, 86400

--- A conjunction, of `system:totality`.
---@class totality.Conjunction
---@field phase number 0 or 0.5
---@field eclipsed_star integer the star behind
---@field light_left number its light in units of that of both stars
---@field clearance number least depth behind the other's limb in units of the separation, positive when total
---@field duration number of totality in phase, 0 when partial
---@field begins number? phase of the beginning of totality; nil when partial
---@field ends number? of its end
---@field depth number 1 - flux / flux at phase 0.25
local Conjunction = printable.metatable("totality.Conjunction",
   { "phase", "eclipsed_star", "light_left", "clearance", "duration", "depth" })

--- Whether an eclipse is total, of `system:totality`.
---@class totality.Totality
---@field total boolean less than 1e-4 of the light of both stars comes from the one behind
---@field grazing boolean not total, but less than 1e-2
---@field light_left number the smaller of the two conjunctions
---@field eclipse "primary"|"secondary" where the deeper minimum is the one meant, or the other
---@field eclipsed_star integer
---@field duration number of totality in phase, 0 when partial
---@field amplitude number of the light curve, (maximum - minimum)/maximum; third light counts in it only
---@field conjunctions totality.Conjunction[] both, at phase 0 and 0.5
local Totality = printable.metatable("totality.Totality",
   { "total", "eclipse", "eclipsed_star", "light_left", "duration", "amplitude" })

--- What is left of the eclipsed star at each conjunction.
---@return totality.Totality
function System:totality()
   local found = self.model:totality()
   local darkest, other = found[found.darkest], found[3 - found.darkest]
   for k = 1, 2 do
      local half = found[k].duration / 2
      if half > 0 then found[k].begins, found[k].ends = found[k].phase - half, found[k].phase + half end
   end
   local faintest, brightest = self:light_curve().flux:min_max()
   return setmetatable({
      amplitude = 1 - faintest / brightest,
      total = found.total,
      grazing = found.grazing,
      light_left = darkest.light_left,
      eclipse = darkest.depth >= other.depth and "primary" or "secondary",
      duration = darkest.duration,
      eclipsed_star = darkest.eclipsed_star,
      conjunctions = { setmetatable(found[1], Conjunction), setmetatable(found[2], Conjunction) },
   }, Totality)
end

--- The light of star 1 and of star 2 that reaches the observer at an orbital phase, in units of the light of
--- both at phase 0.25: third light is left out.
---@param phase number
---@return number star_1
---@return number star_2
function System:light_contributions(phase)
   options.check_value("light_contributions", "phase", phase, { type = "number" })
   return self.model:light_contributions(phase)
end

-- Speed of one star relative to the other, km/s: 2 pi a/P, or (k1 + k2)/sin i.
local function orbital_speed(what, given, parameters)
   local q, inclination = parameters.mass_ratio, math.rad(parameters.inclination)
   local k1, k2 = given.k1, given.k2
   if (k1 or k2) and (given.period or given.semi_major_axis) then
      options.fail(what, 3, "give either 'period' and 'semi_major_axis' or 'k1', 'k2', not both")
   end
   if not (k1 or k2) then
      if not (given.period and given.semi_major_axis) then
         options.fail(what, 3, "give 'period' (days) and 'semi_major_axis' (solar radii), or 'k1' or 'k2' (km/s)")
      end
      return 2 * math.pi * given.semi_major_axis * SOLAR_RADIUS / (given.period * DAY)
   end
   if k1 and k2 and math.abs(k1 / (k2 * q) - 1) > 0.02 then
      options.fail(what, 3, "k1/k2 = %.4g differs from the mass ratio %.4g by more than 2 %%", k1 / k2, q)
   end
   local projection = math.abs(math.sin(inclination))
   if projection < 1e-6 then options.fail(what, 3, "the orbit is seen from above: no 'k1' or 'k2' fits") end
   return (k1 and k2 and k1 + k2 or k1 and k1 * (1 + 1 / q) or k2 * (1 + q)) / projection
end

--- Radial velocities of both stars, of `system:radial_velocities`.
---@class totality.RadialVelocities
---@field phase totality.Series
---@field velocity_1 totality.Series km/s, positive when receding, NaN while the star is completely hidden
---@field velocity_2 totality.Series
---@field k1 number semi-amplitude of the centre of mass, km/s
---@field k2 number
local RadialVelocities = printable.metatable("totality.RadialVelocities", { "k1", "k2" })

--- Radial velocities of both stars: means over what is seen of each, weighted by its light, so that the
--- stars' shapes, spots and eclipses (Rossiter-McLaughlin) are in them. The stars turn with the orbit.
--
-- Options: `period` (days) and `semi_major_axis` (of the relative orbit, solar radii), or instead of both
-- `k1`, `k2` (semi-amplitudes of the centres of mass, km/s; one is enough); `systemic_velocity` (km/s,
-- default 0); `phases`, how many (default 101) or a list.
---@param given table
---@return totality.RadialVelocities
function System:radial_velocities(given)
   local what = "radial_velocities"
   local checked = options.check(what, given, {
      phases = { type = "any", default = 101 },
      period = { type = "number", above = 0 }, semi_major_axis = { type = "number", above = 0 },
      k1 = { type = "number", above = 0 }, k2 = { type = "number", above = 0 },
      systemic_velocity = { type = "number", default = 0 },
   })
   local speed = orbital_speed(what, checked, self.parameters)
   local phase = class.phases_of(what, checked.phases)
   local first, second = core.radial_velocities(self.model, phase, speed)
   for k = 1, #phase do
      first[k] = first[k] + checked.systemic_velocity
      second[k] = second[k] + checked.systemic_velocity
   end
   local q = self.parameters.mass_ratio
   local projected = speed * math.abs(math.sin(math.rad(self.parameters.inclination)))
   return setmetatable({
      phase = phase, velocity_1 = first, velocity_2 = second,
      k1 = projected * q / (1 + q), k2 = projected / (1 + q),
   }, RadialVelocities)
end

--- Sizes and shapes, in units of the separation, of `system:geometry`; a name ends in _1 or _2 for the star.
--
-- `volume`, `volume_radius` (of the sphere of that volume), `area`, `mean_radius` (of the sphere of that
-- area); from the star's centre `polar_radius` (to the pole), `side_radius` (along the orbit),
-- `back_radius` (away from the companion), `point_radius` (towards it; NaN in contact); `omega`, the
-- potential in the frame of star 1. With the heavier star at the origin: `x_l1`, `x_l2`, `omega_l1`,
-- `omega_l2`, and `x_neck`, where two stars in contact divide (NaN for separate stars).
---@class totality.Geometry
local Geometry = printable.metatable("totality.Geometry",
   { "volume_radius_1", "volume_radius_2", "omega_1", "omega_2", "x_l1", "x_neck" })

--- Sizes and shapes of the stars.
---@return totality.Geometry
function System:geometry()
   return setmetatable(core.system_geometry(self.model), Geometry)
end

--- The surface of both stars, of `system:mesh`, as Series. Star 1 is at the origin, star 2 at x = 1, z the axis of
--- rotation.
--
-- `x`, `y`, `z` of each vertex; of each face `star` (1 or 2), `temperature` (effective, K, with spots), `intensity`
-- (along the normal, 1 where the system is brightest) and `area`; `corners`, four vertices (counted from 1,
-- counter-clockwise from outside) of each face in turn, two of them the same where a star ends on the x axis; and the
-- numbers `vertices` and `faces`.
---@class totality.Mesh
local Mesh = printable.metatable("totality.Mesh", { "vertices", "faces" })

--- The whole surface of both stars for drawing.
---@param given? { resolution: integer } `resolution`: cells along a quarter of a star's circumference (4 to
--- 512, default the system's)
---@return totality.Mesh
function System:mesh(given)
   local checked = options.check("mesh", given, { resolution = { type = "integer", minimum = 4, maximum = 512 } })
   local model = checked.resolution and self.model:at_resolution(checked.resolution) or self.model
   local mesh = core.system_mesh(model)
   mesh.vertices, mesh.faces = #mesh.x, #mesh.star
   return setmetatable(mesh, Mesh)
end

-- Meshes finer than the light curve's, which pictures need: a spot's edge is as sharp as a cell. Per model,
-- since many pictures are made of one (an animation).
local fine_models = setmetatable({}, { __mode = "k" })

local function fine_model(model, resolution)
   local known = fine_models[model]
   if not known or known.resolution ~= resolution then
      known = { resolution = resolution, model = model:at_resolution(resolution) }
      fine_models[model] = known
   end
   return known.model
end

--- A picture of the system as the observer sees it: the axis of rotation points up, limb darkening, gravity
--- darkening and spots are seen, hidden parts are not. All phases have one scale and one brightness.
--
-- Options: `phase` (default 0.25), `width` and `height` (pixels, default 400 and 300, at most 8192), `gamma`
-- (default 2.2: a pixel is (intensity/largest)^(1/gamma), as a screen expects; with 1 the sum of all
-- pixels is proportional to the flux, third light aside).
---@param given? table
---@return table image totality.Image
function System:picture(given)
   local checked = options.check("picture", given, {
      phase = { type = "number", default = 0.25, above = -math.huge, below = math.huge },
      width = { type = "integer", default = 400, minimum = 1, maximum = 8192 },
      height = { type = "integer", default = 300, minimum = 1, maximum = 8192 },
      gamma = { type = "number", default = 2.2, minimum = 0.1, maximum = 10 },
   })
   -- About two pixels a cell.
   local cells = math.max(48, math.min(192, math.max(checked.width, checked.height) // 4))
   local model = fine_model(self.model, math.max(cells, self.parameters.resolution))
   return image.new(core.system_picture(model, checked.phase, checked.width, checked.height, checked.gamma))
end

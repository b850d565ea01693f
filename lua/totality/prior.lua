--- The survey population as a density: what importance sampling needs of it beside draws.
--
-- A system is a class (no spot, or a cool or hot one on star 1 or 2) and a list of coordinates: ln q, log10
-- fillout, cos i, T2/T1, log10 T1, the limb darkening's coefficient; with a spot also the cosine of its colatitude,
-- its longitude and radius (degrees) and temperature factor. Densities are those of the coordinates, up to one
-- factor for all.

local population = require "totality.population"

local prior = {}

local P = population.parameters()

local LOG10 = math.log(10)

local function within(x, low, high) return x >= low and x <= high end

local function log_normal(x, mean, deviation)
   return -0.5 * ((x - mean) / deviation) ^ 2 - math.log(deviation)
end

-- Integral of exp(-z^2/2) from a to b, Simpson's rule.
local function normal_integral(a, b)
   local steps, sum = 64, 0
   a, b = math.max(a, -8), math.min(b, 8)
   if a >= b then return 0 end
   for k = 0, steps do
      local z = a + (b - a) * k / steps
      sum = sum + (k % steps == 0 and 1 or k % 2 == 1 and 4 or 2) * math.exp(-z * z / 2)
   end
   return sum * (b - a) / steps / 3
end

-- The density of log10 T1: that of a normal about a line in log period, itself a truncated normal, integrated over
-- the periods; tabulated between the limits of T1.
local TEMPERATURE_STEPS = 200
local temperature_table

local function log_temperature_density(x)
   local t, period = P.temperature, P.period
   local low, high = math.log(t.minimum, 10), math.log(t.maximum, 10)
   if not within(x, low, high) then return -math.huge end
   if not temperature_table then
      temperature_table = {}
      local first, last = math.log(period.minimum), math.log(period.maximum)
      for j = 0, TEMPERATURE_STEPS do
         local sum, at = 0, low + (high - low) * j / TEMPERATURE_STEPS
         for k = 0, TEMPERATURE_STEPS do
            local ln_p = first + (last - first) * k / TEMPERATURE_STEPS
            local mean = t.intercept + t.slope * ln_p / LOG10
            -- a temperature out of range is drawn again with the same period
            local norm = normal_integral((low - mean) / t.scatter, (high - mean) / t.scatter)
            local share = math.exp(log_normal(ln_p, period.mean, period.deviation)
               + log_normal(at, mean, t.scatter)) / norm
            sum = sum + (k % TEMPERATURE_STEPS == 0 and 0.5 or 1) * share
         end
         temperature_table[j] = math.log(sum)
      end
   end
   local place = (x - low) / (high - low) * TEMPERATURE_STEPS
   local k = math.min(math.floor(place), TEMPERATURE_STEPS - 1)
   return temperature_table[k] + (place - k) * (temperature_table[k + 1] - temperature_table[k])
end

local function log_ratio_density(ratio, mass_ratio)
   local t, share = P.temperature_ratio, population.a_subtype_share(mass_ratio)
   if math.abs(ratio - 1) > t.maximum then return -math.huge end
   if ratio < 1 then -- uniform between quantiles
      for k = 2, #t.a_quantiles do
         local a, b = t.a_quantiles[k - 1], t.a_quantiles[k]
         if 1 - ratio <= b[2] then return math.log(share * (b[1] - a[1]) / (b[2] - a[2])) end
      end
   end
   return math.log((1 - share) * math.sqrt(2 / math.pi)) + log_normal(ratio, 1, t.w_deviation)
end

local function log_spot_density(class, x)
   local s = P.spots
   local cool = class:find "cool" ~= nil
   local factor = cool and s.cool_factor or s.hot_factor
   local star_1 = class:find "1" ~= nil
   local after = population.brighter_after({ star = star_1 and 1 or 2, longitude = x[8],
      temperature_factor = x[10] }, x[4])
   local density = math.log(star_1 and s.on_star_1 or 1 - s.on_star_1)
      + math.log(2 * (after and s.brighter_after or 1 - s.brighter_after))
      - math.log((s.radius[2] - s.radius[1]) * (factor[2] - factor[1]))
   if math.abs(x[7]) >= 1 or not within(x[9], s.radius[1], s.radius[2])
      or not within(x[10], factor[1], factor[2]) then
      return -math.huge
   end
   if cool then return density + math.log(s.cool / 2 / 360) end
   local width, colatitude = 2 * s.hot_distance, math.acos(x[7])
   if math.abs(math.deg(colatitude) - 90) > s.hot_distance or math.abs(x[8]) > s.hot_distance then
      return -math.huge
   end
   return density + math.log((1 - s.cool) / width ^ 2 * math.deg(1) / math.sin(colatitude))
end

--- The classes of systems, with how many coordinates each has.
prior.CLASSES = { plain = 6, ["1 cool"] = 10, ["1 hot"] = 10, ["2 cool"] = 10, ["2 hot"] = 10 }

--- Log of the density of a population, up to a constant; -inf outside.
---@param of totality.Population
---@param class string
---@param x number[]
---@return number
function prior.log_density(of, class, x)
   local q, limb = math.exp(x[1]), P.limb_darkening
   if not (within(q, P.mass_ratio.minimum, P.mass_ratio.maximum) and within(x[6], limb[1], limb[2])
      and within(x[3], 0, math.cos(math.rad(of.minimum_inclination)))
      and within(10 ^ x[2], P.fillout.minimum, P.fillout.maximum)) then
      return -math.huge
   end
   local median, scatter = math.log(population.median_fillout(q), 10), P.fillout.scatter
   local norm = normal_integral((math.log(P.fillout.minimum, 10) - median) / scatter,
      (math.log(P.fillout.maximum, 10) - median) / scatter)
   return P.mass_ratio.a * x[1] + (P.mass_ratio.b - 1) * math.log(1 - q) -- q^(a - 1) (1 - q)^(b - 1) dq
      + log_normal(x[2], median, scatter) - math.log(norm) + log_ratio_density(x[4], q)
      + log_temperature_density(x[5])
      + (class == "plain" and math.log(1 - of.spots) or math.log(of.spots) + log_spot_density(class, x))
end

--- Class and coordinates of a system.
---@param parameters table as `population:draw` gives them
---@return string class
---@return number[] x
function prior.coordinates(parameters)
   local x = { math.log(parameters.mass_ratio), math.log(parameters.fillout, 10),
      math.cos(math.rad(parameters.inclination)), parameters.t2 / parameters.t1, math.log(parameters.t1, 10),
      parameters.limb_darkening.x }
   local spot = parameters.spots and parameters.spots[1]
   if not spot then return "plain", x end
   local cool = spot.temperature_factor < 1
   x[7], x[8] = math.cos(math.rad(spot.colatitude)), (spot.longitude + 180) % 360 - 180
   x[9], x[10] = spot.radius, spot.temperature_factor
   return ("%d %s"):format(spot.star, cool and "cool" or "hot"), x
end

--- The system of these coordinates, which must have a density above 0.
---@param of totality.Population
---@param class string
---@param x number[]
---@return table parameters
function prior.system(of, class, x)
   local t1 = 10 ^ x[5]
   local parameters = { mass_ratio = math.exp(x[1]), fillout = 10 ^ x[2], inclination = math.deg(math.acos(x[3])),
      t1 = t1, t2 = t1 * x[4], limb_darkening = { law = "linear", x = x[6] }, resolution = of.resolution }
   if class ~= "plain" then
      parameters.spots = { { star = math.tointeger(class:sub(1, 1)), colatitude = math.deg(math.acos(x[7])),
         longitude = x[8] % 360, radius = x[9], temperature_factor = x[10] } }
   end
   return parameters
end

return prior

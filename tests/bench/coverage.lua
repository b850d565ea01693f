-- Does the posterior know how wrong its model is? Many points with little noise, as Kepler's, of systems that reflect
-- each other's light and have logarithmic limb darkening, which the curves of the bank don't: how often does the true
-- value lie within the 68 % range, and how far from the median, in units of half that range?
--
--    build/lua tests/bench/coverage.lua [SYSTEMS [POINTS [NOISE [BANK]]]]
--
-- SYSTEMS without spots (default 16), drawn from the population above an inclination of 55 degrees; BANK: how many
-- curves are drawn (default 50000).

local totality = require "totality"

local systems, points = math.tointeger(arg[1] or 16), math.tointeger(arg[2] or 20000)
local noise, size = tonumber(arg[3] or 0.002), math.tointeger(arg[4] or 50000)

local QUANTITIES = { "mass_ratio", "inclination", "fillout" }

local population = totality.population.survey { spots = 0, minimum_inclination = 55, resolution = 16 }
local bank = assert(totality.bank { size = size, seed = 1, population = totality.population.survey { spots = 0 } })
local judge = totality.posterior { bank = bank, refine = true, third_light = 0 }
local rng = totality.rng(99)

local inside, deviations = {}, {}
for _, name in ipairs(QUANTITIES) do inside[name], deviations[name] = 0, {} end
for k = 1, systems do
   local parameters = population:draw(rng)
   parameters.limb_darkening, parameters.reflection = nil, true
   local system = totality.contact(parameters)
   local curve = system:light_curve():observe { points = points, noise = noise, phases = "random", rng = rng }
   local found = assert(judge:classify(curve)).posterior
   for _, name in ipairs(QUANTITIES) do
      local middle, low, high = table.unpack(found[name])
      local off = parameters[name] - middle
      inside[name] = inside[name] + (parameters[name] >= low and parameters[name] <= high and 1 or 0)
      deviations[name][k] = math.abs(off) / math.max(1e-9, off > 0 and high - middle or middle - low)
   end
   print(("%2d light left %.3f, mass ratio %.3f, inclination %.1f, fillout %.2f: %s"):format(k,
      system:totality().light_left, parameters.mass_ratio, parameters.inclination, parameters.fillout, found))
end
for _, name in ipairs(QUANTITIES) do
   local list = deviations[name]
   table.sort(list)
   print(("%-12s %3.0f %% within the range; off by %.1f halves of it in the median, by %.1f or less in 68 %%"):format(
      name, 100 * inside[name] / systems, list[(systems + 1) // 2], list[math.ceil(0.68 * systems)]))
end

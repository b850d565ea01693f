-- How fast are the judges of real curves? Curves of ASAS-3 a second, from points to verdict, by each of the project's
-- networks and by those that judge together by default; microseconds that the posterior takes for each curve of its
-- bank, by what it integrates over. All processors, the best of REPETITIONS.
--
--    build/lua tests/bench/judges.lua [CURVES]

local core = require "totality.core"
local totality = require "totality"

local count = math.tointeger(arg[1] or 640)
local REPETITIONS, BANK = 3, 20000

-- The shortest time of work(), in seconds.
local function time_of(work)
   local shortest = math.huge
   for _ = 1, REPETITIONS do
      local began = core.monotonic_time()
      work()
      shortest = math.min(shortest, core.monotonic_time() - began)
   end
   return shortest
end

local clean = totality.population.survey { spots = 0 }
local curves = {}
for k, example in ipairs((totality.synthetic { size = count, seed = 31, population = clean,
   surveys = { asas3 = 1 } }:curves(1, count))) do
   curves[k] = example.curve
end

print(("%-50s %10s"):format(("networks, %d threads"):format(core.processor_count()), "curves/s"))
local JUDGES = { { "cnn10" }, { "cnn15" }, { "cnn15_350x175" }, totality.classifier().networks }
for _, weights in ipairs(JUDGES) do
   local names = {}
   for k, one in ipairs(weights) do names[k] = one.weights and one.weights:match "([^/]+)%.safetensors$" or one end
   local classifier = assert(totality.classifier { weights = names })
   local seconds = time_of(function()
      for _ in classifier:classify_all(curves) do end -- luacheck: ignore 542
   end)
   print(("%-50s %10.0f"):format(table.concat(names, " and "), count / seconds))
end

local OBSERVED, POINTS = 16, 300
local bank = assert(totality.bank { size = BANK, seed = 1, population = clean })
local observed = totality.synthetic { size = OBSERVED, seed = 32, population = clean,
   observations = { { noise = 0.03, points = POINTS, phases = "random" } } }:curves(1, OBSERVED)
local KINDS = {
   { about = "noise and phase known", phase_error = 0, both_minima = false, noise_known = true, third_light = 0 },
   { about = "neither known", third_light = 0 },
   { about = "nor third light (the default)" },
   { about = "nor spots", spots = 0.5 },
}
print(("\n%-50s %10s"):format(("posterior, %d points"):format(POINTS), "us/model"))
for _, kind in ipairs(KINDS) do
   local given = { bank = bank }
   for name, value in pairs(kind) do given[name] = name ~= "about" and value or nil end
   local judge = totality.posterior(given)
   local seconds = time_of(function() judge:weigh(observed) end)
   print(("%-50s %10.3f"):format(kind.about, 1e6 * seconds / (#bank * OBSERVED)))
end

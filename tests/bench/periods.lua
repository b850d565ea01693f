-- How well, and how fast, periods are refined and found, on simulated stars of known period. From the top of the
-- checkout: build/lua tests/bench/periods.lua [STARS]
local totality = require "totality"

local STARS = math.tointeger(arg[1] or 300)

local SURVEYS = { totality.surveys.asas3, totality.surveys.crts }

local population = totality.population.survey()

-- A star of a population of contact binaries as the survey sees it, with its true period and the one of a catalogue.
local function star(survey, seed)
   local rng = totality.rng(seed)
   repeat
      local system = totality.contact(population:draw(rng))
      local low, high = system:light_curve().flux:min_max()
      if (high - low) / high > 0.15 then
         local period = 0.25 * (0.8 / 0.25) ^ rng:uniform()
         local curve = system:observe(survey, { period = period, rng = rng })
         return totality.curve { time = curve.time, flux = curve.flux, segment = curve.segment }, curve.truth.period,
            curve.period
      end
   until false
end

local function percentile(values, share)
   table.sort(values)
   return values[math.max(1, math.ceil(share * #values))]
end

local function refine(survey)
   local smears, pulls, before, good, clear, good_of_clear, seconds = {}, {}, 0, 0, 0, 0, 0
   for k = 1, STARS do
      local curve, period, wrong = star(survey, k)
      local first, last = curve.time:min_max()
      local cycles = (last - first) / period
      before = before + (math.abs((last - first) / wrong - cycles) / math.sqrt(12) < 0.005 and 1 or 0)
      local clock = os.clock()
      local refined, found = assert(curve:refine_period { period = wrong })
      seconds = seconds + os.clock() - clock
      -- rms over the data of a phase that drifts linearly
      local smear = math.abs((last - first) / refined.period - cycles) / math.sqrt(12)
      local stated = found.period_error * cycles / period / math.sqrt(12)
      smears[#smears + 1], pulls[#pulls + 1] = smear, smear / stated
      good = good + (smear < 0.005 and 1 or 0)
      if stated < 0.0025 then
         clear = clear + 1
         good_of_clear = good_of_clear + (smear < 0.005 and 1 or 0)
      end
   end
   print(("%s, period of the catalogue: rms smear below 0.005 for %.1f %%; refined: for %.1f %% of %d;\n"
      .. "   of those whose stated error is below half of that (%.1f %%), for %.1f %%;\n"
      .. "   median %.5f, 99 %% %.5f, worst %.5f; error / stated error, median %.2f (0.67 expected); %.0f us")
      :format(survey.name, 100 * before / STARS, 100 * good / STARS,
         STARS, 100 * clear / STARS, 100 * good_of_clear / clear,
         percentile(smears, 0.5), percentile(smears, 0.99), percentile(smears, 1), percentile(pulls, 0.5),
         1e6 * seconds / STARS))
end

local function find(survey)
   local right, half, doubtful, wrong_and_sure, missed, seconds = 0, 0, 0, 0, {}, 0
   for k = 1, STARS do
      local curve, period = star(survey, k)
      local first, last = curve.time:min_max()
      local clock = os.clock()
      local refined, found = assert(curve:find_period())
      seconds = seconds + os.clock() - clock
      local function like(other) return math.abs((last - first) / refined.period - (last - first) / other) < 0.3 end
      if like(period) then
         right = right + 1
      elseif like(period / 2) then
         half = half + 1
      else
         missed[#missed + 1] = ("%.5f for %.5f"):format(refined.period, period)
         if found.note == "" then wrong_and_sure = wrong_and_sure + 1 end
      end
      if found.note ~= "" then doubtful = doubtful + 1 end
   end
   print(("%s, no period given: right for %.1f %% of %d, half of it for %.1f %%; with a note %.1f %%;\n"
      .. "   wrong without a note %.1f %%; %.1f ms a star; missed: %s"):format(survey.name, 100 * right / STARS,
      STARS, 100 * half / STARS, 100 * doubtful / STARS, 100 * wrong_and_sure / STARS, 1e3 * seconds / STARS,
      table.concat(missed, ", ", 1, math.min(#missed, 6))))
end

-- From times and fluxes to the image: the best of some runs, as others may use the processor.
local function chain(survey)
   local total, runs = 0, 20
   for k = 1, 20 do
      local curve, period = star(survey, k)
      local best = math.huge
      for _ = 1, runs do
         local clock = os.clock()
         assert(curve:prepare { period = period })
         best = math.min(best, os.clock() - clock)
      end
      total = total + best
   end
   print(("%s, from times to the image: %.0f us a star"):format(survey.name, 1e6 * total / 20))
end

for _, survey in ipairs(SURVEYS) do
   chain(survey)
   refine(survey)
   find(survey)
end

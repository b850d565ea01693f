--- totality simulate: light curves as a survey would deliver them, in files, and a table of what is true.

local command = require "totality.cli.command"
local files = require "totality.files"
local population = require "totality.population"
local progress_bar = require "totality.progress_bar"
local simulation = require "totality.simulation"
local survey = require "totality.survey"
local surveys = require "totality.surveys"
local verdict_file = require "totality.cli.verdict_file"

local USAGE = [[
usage: totality simulate --output DIRECTORY --number N [OPTIONS]

Writes light curves of simulated contact binaries, DIRECTORY/curves/ID.csv, and DIRECTORY/catalogue.csv, which
totality classify and totality evaluate take. A star depends on its number, the seed and the options only, the system
not even on the survey; it varies by at least 0.1 of its maximum flux.

  --output DIRECTORY   is made if it isn't there
  --number N           of stars
  --survey NAME        whose sampling, noise and defects the curves have: %s
  --points N           without a survey: points of a curve, regular in phase (default: 100)
  --noise SIGMA        without a survey: of a point, in units of the maximum flux (default: 0.02)
  --population NAME    survey: orbits at random (default); talk: as in the literature, nearly half of them total
  --total-share SHARE  share of total eclipses; total and partial ones are spread evenly over the table (default: as
                       the population has it)
  --spots SHARE        share of systems with a spot (default: 0.5)
  --seed N             default: 1
  --resume             go on after an interruption
  --help

Columns of the catalogue: id, file, period and epoch (as a catalogue would have them, with its errors), label (total
or partial), mass_ratio, fillout, inclination (degrees), t1, t2 (K), spots (how many), light_left (of the eclipsed
star at mid-eclipse, as a part of the light of both), duration (of totality, in periods), third_light, noise (sigma
of a point at maximum, in flux), n_points, true_period, true_epoch, survey.

Examples:
  totality simulate --survey asas3 --number 1000 --total-share 0.5 --output asas_like
  totality simulate --number 200 --points 300 --noise 0.01 --seed 7 --output plain

Exit status: 0 all is written, 1 a star could not be made or written, 2 the arguments or the output can't be used.
]]

local COLUMNS = { "id", "file", "period", "epoch", "label", "mass_ratio", "fillout", "inclination", "t1", "t2",
   "spots", "light_left", "duration", "third_light", "noise", "n_points", "true_period", "true_epoch", "survey" }

local SURVEYS = {}
for name in pairs(surveys) do SURVEYS[#SURVEYS + 1] = name end
table.sort(SURVEYS)

local OPTIONS = {
   output = { value = "DIRECTORY" }, number = { value = "N", integer = true, minimum = 1 },
   survey = { value = "NAME", one_of = SURVEYS }, points = { value = "N", integer = true, minimum = 10 },
   noise = { value = "SIGMA", number = true, above = 0, maximum = 1 },
   population = { value = "NAME", one_of = { "survey", "talk" } },
   ["total-share"] = { value = "SHARE", number = true, minimum = 0, maximum = 1 },
   spots = { value = "SHARE", number = true, minimum = 0, maximum = 1 },
   seed = { value = "N", integer = true, minimum = 0 }, resume = { flag = true },
}

-- Of the binary model: finer than for training, because the label comes from it.
local RESOLUTION = 16

-- Points regular in phase, with noise and nothing else.
local function plain_survey(points, noise)
   return survey.new { name = "plain", window = "cycle", unit = "constant", points = points, baseline = 30,
      magnitude = 1, noise = { { 1, noise } } }
end

local function row_of(id, file, name, curve, parameters)
   local truth = curve.truth
   local function number(value) return ("%.10g"):format(value) end
   return {
      id = id, file = file, period = number(curve.period), epoch = ("%.6f"):format(curve.epoch),
      label = truth.total and "total" or "partial", mass_ratio = ("%.5f"):format(parameters.mass_ratio),
      fillout = ("%.5f"):format(parameters.fillout), inclination = ("%.4f"):format(parameters.inclination),
      t1 = ("%.1f"):format(parameters.t1), t2 = ("%.1f"):format(parameters.t2), spots = #(parameters.spots or {}),
      light_left = ("%.3e"):format(truth.light_left), duration = ("%.5f"):format(truth.duration),
      third_light = ("%.4f"):format(truth.third_light), noise = ("%.3g"):format(truth.noise), n_points = #curve,
      true_period = number(truth.period), true_epoch = ("%.6f"):format(truth.epoch), survey = name,
   }
end

-- Writes the stars after those that are done; nil and a message at the first that can't be written.
local function write_stars(values, plan, rows, done)
   local bar <close> = progress_bar.new { total = values.number, done = done, unit = "stars" }
   for number = done + 1, values.number do
      local total
      if values["total-share"] then total = simulation.is_total(number, values["total-share"]) end
      local curve, parameters = simulation.star { seed = plan.seed, number = number, survey = plan.survey,
         population = plan.population, total = total }
      if not curve then return nil, parameters end
      local id = ("%s-%06d"):format(plan.name, number)
      local file = "curves/" .. id .. ".csv"
      local written, message = curve:write(values.output .. "/" .. file)
      if written then written, message = rows:write(row_of(id, file, plan.name, curve, parameters)) end
      if not written then return nil, message end
      bar:update(number)
   end
   return rows:close()
end

local function check(values)
   for _, name in ipairs { "output", "number" } do
      if not values[name] then return nil, ("option '--%s' is missing; see totality simulate --help"):format(name) end
   end
   if values.survey and (values.points or values.noise) then
      return nil, "--points and --noise don't go with --survey"
   end
   return true
end

local function run(values)
   local fits, message = check(values)
   if not fits then return nil, message end
   local made
   made, message = files.make_directory(values.output .. "/curves")
   if not made then return nil, message end
   local plan = {
      name = values.survey or "plain", seed = values.seed or 1,
      survey = values.survey and surveys[values.survey] or plain_survey(values.points or 100, values.noise or 0.02),
      population = population[values.population or "survey"] { spots = values.spots, resolution = RESOLUTION },
   }
   local rows
   rows, message = verdict_file.open(values.output .. "/catalogue.csv", COLUMNS, {
      survey = plan.survey:summary(), seed = plan.seed, population = tostring(plan.population),
      total_share = values["total-share"] or "natural",
   }, values.resume)
   if not rows then return nil, message end
   local done = 0
   while rows:next_done() do done = done + 1 end
   local written
   written, message = write_stars(values, plan, rows, done)
   if written then return 0 end
   io.stderr:write(("totality simulate: %s\n"):format(message))
   return 1
end

return command.new { name = "simulate", usage = USAGE:format(table.concat(SURVEYS, ", ")), options = OPTIONS,
   run = run }

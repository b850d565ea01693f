--- totality posterior: weighs light curves against a bank of model curves: whether the eclipse is total, and mass
--- ratio, inclination and fillout with their uncertainty.

local command = require "totality.cli.command"
local csv = require "totality.csv"
local files = require "totality.files"
local population = require "totality.population"
local stars = require "totality.cli.stars"
local surveys = require "totality.surveys"

local BANK_SIZE = 100000

local SURVEYS = {}
for name in pairs(surveys) do SURVEYS[#SURVEYS + 1] = name end
table.sort(SURVEYS)

local USAGE = [[
usage: totality posterior [OPTIONS] FILE...
       totality posterior [OPTIONS] --catalogue TABLE.csv

Weighs light curves of contact binaries against model curves of systems as they are found on the sky: is the eclipse
total, and what are mass ratio, inclination and fillout? Meant for the stars that totality classify has found: it
takes up to ten seconds for each, and tells more.
]] .. stars.SOURCES .. "\n" .. stars.USAGE:format "what totality classify would see" .. ([[
  --candidates TABLE  what totality classify has written: only the stars that are total or uncertain there
  --survey NAME       the survey that took the curves: its exposures round flat bottoms, its pixels hold light of
                      other stars (default: short exposures; in half of the curves light of others, 12 %% on average):
                      %s
  --prior P           share of total eclipses among these stars (default: that of the population, 0.27)
  --no-refine         weigh the model curves of the bank alone (default: where fewer than 30 come near the data, up to
                      16,000 more are made for the star)
  --bank FILE         where the model curves are kept, made when first needed (default: in ~/.cache/totality)
  --bank-size N       systems in it (default: %d; a bank that has more keeps them)
  --help

Columns of the table: id, file, p_total (probability that the eclipse is total), verdict (total, partial or
uncertain), minimum, n_points, noise and period as those of totality classify; mass_ratio, mass_ratio_low,
mass_ratio_high (of the lighter star to the other: median and the quantiles at 16 and 84 %%), likewise inclination
(degrees) and fillout; effective_size (how many model curves this rests on), misfit (chi^2 of the best one over what
noise and model error let expect, at most about 1 when it explains the data); note. totality report and totality
evaluate take the table, too.

Examples:
  totality posterior --period 0.33364 star.dat
  totality posterior --catalogue stars.csv --candidates verdicts.csv --survey asas3 --output posterior.csv

]]):format(table.concat(SURVEYS, ", "), BANK_SIZE) .. stars.STATUS:format "bank"

local OPTIONS = {
   candidates = { value = "TABLE" },
   survey = { value = "NAME", one_of = SURVEYS }, prior = { value = "P", number = true, above = 0, below = 1 },
   ["no-refine"] = { flag = true }, bank = { value = "FILE" },
   ["bank-size"] = { value = "N", integer = true, minimum = 100 },
}
for name, rule in pairs(stars.OPTIONS) do OPTIONS[name] = rule end

-- The share of systems with spots, as in the population; the bank's have none.
local SPOTS = 0.5

local QUANTITIES = { "mass_ratio", "inclination", "fillout" }
local COLUMNS = {}
for _, name in ipairs(QUANTITIES) do
   for _, column in ipairs { name, name .. "_low", name .. "_high" } do COLUMNS[#COLUMNS + 1] = column end
end
COLUMNS[#COLUMNS + 1], COLUMNS[#COLUMNS + 2] = "effective_size", "misfit"

local function columns_of(verdict)
   local result, row = verdict.posterior, {}
   for _, name in ipairs(QUANTITIES) do
      for k, column in ipairs { name, name .. "_low", name .. "_high" } do
         row[column] = ("%.4g"):format(result[name][k])
      end
   end
   row.effective_size, row.misfit = ("%.0f"):format(result.effective_size), ("%.2f"):format(result.misfit)
   return row
end

-- The file of the bank; nil and a message when there is no place for it.
local function bank_path(given)
   if given then return given end
   local home = os.getenv "HOME"
   local cache = os.getenv "XDG_CACHE_HOME" or home and home .. "/.cache"
   if not cache then return nil, "neither HOME nor XDG_CACHE_HOME is set: use --bank FILE" end
   local made, message = files.make_directory(cache .. "/totality")
   if not made then return nil, message end
   return ("%s/totality/bank-%s.safetensors"):format(cache, require("totality").version)
end

local function open_bank(values)
   local path, message = bank_path(values.bank)
   if not path then return nil, message end
   local there <close> = io.open(path, "rb")
   if not there then
      io.stderr:write(("totality posterior: model curves are made and kept in %s, once\n"):format(path))
   end
   return require("totality").bank { size = values["bank-size"] or BANK_SIZE, seed = 1, path = path, verbose = true,
      population = population.survey { spots = 0 }, threads = values.threads }
end

-- Of the stars, those that networks have found total or uncertain: how many, and a function that gives the next; or
-- nil and a message.
local function candidates_of(values)
   local verdicts, message = csv.read(values.candidates, { "id", "verdict" })
   if not verdicts then return nil, message end
   local chosen, count = {}, 0
   for _, row in ipairs(verdicts) do chosen[row.id] = row.verdict == "total" or row.verdict == "uncertain" end
   local function candidates()
      local _, next_star = stars.list(values)
      return function()
         local star
         repeat star = next_star() until not star or chosen[tostring(star.id)]
         return star
      end
   end
   for _ in candidates() do count = count + 1 end
   if count == 0 then return nil, values.candidates .. ": none of the stars is total or uncertain there" end
   return count, candidates()
end

local function run(values)
   local usable, message = stars.check(values)
   if not usable then return nil, message end
   local count, next_star = stars.list(values)
   if count and values.candidates then count, next_star = candidates_of(values) end
   if not count then return nil, next_star end
   local bank
   bank, message = open_bank(values)
   if not bank then return nil, message end
   local survey, share, mean = surveys[values.survey], nil, nil
   if survey then share, mean = population.third_light(survey) end
   local judge = require("totality").posterior { bank = bank, spots = SPOTS, third_light = share,
      third_light_mean = mean, refine = not values["no-refine"], threads = values.threads }
   return stars.judge(values, {
      command = "posterior", count = count, next_star = next_star, columns = COLUMNS, more = columns_of,
      settings = { bank = #bank, survey = values.survey, prior = values.prior or judge.prior,
         refine = judge.refine },
      judge = function(next_curve)
         local number = 0
         return function()
            local curve = next_curve()
            if curve == nil then return nil end
            number = number + 1
            if type(curve) == "string" then return number, nil, curve end
            local verdict, problem = judge:classify(curve, { prior = values.prior,
               exposure = survey and curve.period and survey.exposure or nil })
            return number, verdict, problem
         end
      end,
   })
end

return command.new { name = "posterior", usage = USAGE, options = OPTIONS, operands = true, run = run }

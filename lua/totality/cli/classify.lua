--- totality classify: tells total from partial eclipses in the light curves of a list of stars, by networks.

local command = require "totality.cli.command"
local progress_bar = require "totality.progress_bar"
local stars = require "totality.cli.stars"

local USAGE = [[
usage: totality classify [OPTIONS] FILE...
       totality classify [OPTIONS] --catalogue TABLE.csv

Tells total from partial eclipses in light curves of contact binaries.
]] .. stars.SOURCES .. "\n" .. stars.USAGE:format "what the first network saw" .. [[
  --weights NAME      weights that come with the project: cnn10, cnn15, cnn15_350x175; or a file of other ones
                      (safetensors); may be repeated: they judge together (default: cnn10 and cnn15_350x175)
  --survey NAME       the survey that took the curves, as asas3 or kepler: probabilities are calibrated for it then
                      (default: for all surveys together)
  --prior P           share of total eclipses among these stars, or "estimate": find it from all of them first, which
                      takes the time twice (default: that of the population that the weights are for, 0.27)
  --help

Columns of the table: id, file, p_total (probability that the eclipse is total), verdict (total, partial, or
uncertain: then neither is likely enough, or the curve is unlike those that the network knows), minimum (the flatter
one: primary is the deeper), n_points (used), noise (of a point, in units of the maximum flux), period (days; the one
used: refined on the data, or found), note. A star that can't be judged has no verdict and a note that says why.

]] .. stars.STATUS:format "weights"

local OPTIONS = { weights = { value = "NAME", many = true }, prior = { value = "P" }, survey = { value = "NAME" } }
for name, rule in pairs(stars.OPTIONS) do OPTIONS[name] = rule end

-- The share of total eclipses that was given, as a number, nil or "estimate"; or false and a message.
local function check_prior(text)
   if text == nil or text == "estimate" then return text end
   local prior = tonumber(text)
   if prior and prior > 0 and prior < 1 then return prior end
   return false, ("option '--prior' must be a number between 0 and 1, or estimate, got '%s'"):format(text)
end

-- The share of total eclipses among all stars; nil and a message when none can be judged.
local function estimate_prior(values, classifier, count)
   local _, next_star = stars.list(values)
   local bar <close> = progress_bar.new { total = count, done = 0, unit = "stars (prior)" }
   local done = 0
   local share, judged = classifier:estimate_prior(function()
      local star = next_star()
      if not star then return nil end
      done = done + 1
      bar:update(done)
      return stars.curve_of(star)
   end, { threads = values.threads })
   bar:clear()
   if not share then return nil, judged end
   io.stderr:write(("totality classify: share of total eclipses %.3f, estimated from %d stars\n"):format(share,
      judged))
   return share
end

local function run(values)
   local usable, message = stars.check(values)
   if not usable then return nil, message end
   local count, next_star = stars.list(values)
   if not count then return nil, next_star end
   local prior, classifier
   prior, message = check_prior(values.prior)
   if message then return nil, message end
   classifier, message = require("totality").classifier { weights = values.weights, survey = values.survey }
   if not classifier then return nil, message end
   if prior and not classifier.prior then
      return nil, ("--prior: the weights %s don't say for which share of total eclipses they are"):format(
         classifier.weights)
   end
   if prior == "estimate" then
      prior, message = estimate_prior(values, classifier, count)
      if not prior then return nil, "--prior estimate: " .. message end
   end
   return stars.judge(values, {
      command = "classify", count = count, next_star = next_star,
      settings = { weights = classifier.weights, total_from = classifier.total_from,
         partial_below = classifier.partial_below, prior = prior or classifier.prior, survey = classifier.survey },
      judge = function(next_curve)
         return classifier:classify_all(next_curve, { threads = values.threads, prior = prior })
      end,
   })
end

return command.new { name = "classify", usage = USAGE, options = OPTIONS, operands = true, run = run }

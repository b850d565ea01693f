--- totality classify: files or a catalogue in, a table of verdicts out.

local catalogue = require "totality.catalogue"
local command = require "totality.cli.command"
local files = require "totality.files"
local image_file = require "totality.cli.image_file"
local progress_bar = require "totality.progress_bar"
local verdict_file = require "totality.cli.verdict_file"

local USAGE = [[
usage: totality classify [OPTIONS] FILE...
       totality classify [OPTIONS] --catalogue TABLE.csv

Tells total from partial eclipses in light curves of contact binaries. A FILE is plain text or CSV: time,
magnitude or flux, and perhaps an error, or what a survey delivers (see totality.read). A catalogue has the
columns file and, if known, id, period, epoch, band, ra, dec (others are ignored). Its files are relative to the
table; several files of one star are divided by semicolons.

  --period DAYS       orbital period, for every FILE (both minima in one period)
  --epoch TIME        time of a minimum; needs no accuracy
  --catalogue TABLE   list of stars
  --output FILE       where the table goes (default: standard output), row by row
  --resume            go on with a table that an interrupted run has left
  --threads N         default: all processors
  --images DIRECTORY  also write what the first network saw, as ID.png; made if it isn't there
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

Exit status: 0 all stars were judged, 1 some were not, 2 the arguments, the catalogue, the weights or the output
can't be used.
]]

local OPTIONS = {
   period = { value = "DAYS", number = true, above = 0 }, epoch = { value = "TIME", number = true },
   catalogue = { value = "TABLE" }, output = { value = "FILE" }, images = { value = "DIRECTORY" },
   weights = { value = "NAME", many = true }, resume = { flag = true },
   threads = { value = "N", integer = true, minimum = 1 },
   prior = { value = "P" }, survey = { value = "NAME" },
}

local COLUMNS = { "id", "file", "p_total", "verdict", "minimum", "n_points", "noise", "period", "note" }

-- How many stars there are, and a function that gives the next: { id, file (as given), path, period, epoch, ... } or
-- { id, file, problem }.
local function stars_of(given)
   if given.catalogue then
      if #given > 0 then return nil, "give either files or --catalogue, not both" end
      if given.period or given.epoch then return nil, "--period and --epoch don't go with --catalogue" end
      -- once through the table before the first verdict: it counts, and finds what makes it no table
      local next_row, message = catalogue.rows(given.catalogue)
      local count, row = -1, next_row ~= nil
      while row do
         row, message = next_row()
         count = count + 1
      end
      if message then return nil, message end
      return count, (assert(catalogue.rows(given.catalogue)))
   end
   if #given == 0 then return nil, "no FILE was given; see totality classify --help" end
   local k = 0
   return #given, function()
      k = k + 1
      local file = given[k]
      return file and { id = file:match("([^/]+)/*$") or file, file = file, path = file, period = given.period,
         epoch = given.epoch }
   end
end

local function filled(text) return text ~= "" and text or nil end

-- The star's curve; or a string that says why there is none.
local function curve_of(star)
   if star.problem then return star.problem end
   local curve, message = require("totality").read(star.path, { period = star.period, epoch = star.epoch,
      band = filled(star.band), ra = tonumber(star.ra), dec = tonumber(star.dec) })
   if not curve then return message end
   if star.period or curve.phase then return curve end
   local found, what = curve:find_period()
   if not found then return what end
   star.remark = ("no period was given, one was found%s%s"):format(what.note ~= "" and ": " or "", what.note)
   return found
end

local function row_of(star, verdict, message)
   if not verdict then return { id = star.id, file = star.file, note = message } end
   local noise = verdict.noise
   return {
      id = star.id, file = star.file, p_total = ("%.4f"):format(verdict.p_total), verdict = verdict.verdict,
      minimum = verdict.minimum, n_points = verdict.n_points,
      noise = noise == noise and ("%.4f"):format(noise) or "",
      period = verdict.period and ("%.8g"):format(verdict.period) or "",
      note = (star.remark and star.remark .. (verdict.note ~= "" and "; " or "") or "") .. verdict.note,
   }
end

-- Passes over the stars that an earlier run has judged. Returns how many there were and how many of them could not be
-- judged; or nil and a message when the catalogue isn't that of the run.
local function skip_done(values, table_of_verdicts, next_star)
   local skipped, failed = 0, 0
   for row in function() return table_of_verdicts:next_done() end do
      local star = next_star()
      skipped = skipped + 1
      if not star or row.id ~= tostring(star.id) or row.file ~= star.file then
         return nil, ("%s: row %d is '%s', the list of stars has '%s' there: another list?"):format(values.output,
            skipped, row.id, star and star.id or "nothing")
      end
      if row.verdict == "" then failed = failed + 1 end
   end
   return skipped, failed
end

-- The share of total eclipses that was given, as a number, nil or "estimate"; or false and a message.
local function check_prior(text)
   if text == nil or text == "estimate" then return text end
   local prior = tonumber(text)
   if prior and prior > 0 and prior < 1 then return prior end
   return false, ("option '--prior' must be a number between 0 and 1, or estimate, got '%s'"):format(text)
end

-- The share of total eclipses among all stars; nil and a message when none can be judged.
local function estimate_prior(values, classifier, count)
   local _, next_star = stars_of(values)
   local bar <close> = progress_bar.new { total = count, done = 0, unit = "stars (prior)" }
   local done = 0
   local share, judged = classifier:estimate_prior(function()
      local star = next_star()
      if not star then return nil end
      done = done + 1
      bar:update(done)
      return curve_of(star)
   end, { threads = values.threads })
   bar:clear()
   if not share then return nil, judged end
   io.stderr:write(("totality classify: share of total eclipses %.3f, estimated from %d stars\n"):format(share,
      judged))
   return share
end

-- Judges the stars and writes their rows; returns how many could not be judged, or nil and a message.
local function judge_all(values, classifier, table_of_verdicts, next_star, bar)
   local waiting, first, last, failed = {}, 1, 0, 0
   local function next_curve()
      local star = next_star()
      if not star then return nil end
      last = last + 1
      waiting[last] = star
      return curve_of(star)
   end
   local settings = { threads = values.threads, prior = values.prior }
   for k, verdict, problem in classifier:classify_all(next_curve, settings) do
      local star = waiting[first]
      waiting[first], first = nil, first + 1
      if verdict and values.images then
         local saved, message = verdict.image:save(image_file.path(values.images, star.id))
         if not saved then return nil, message end
      end
      if not verdict then failed = failed + 1 end
      local written, message = table_of_verdicts:write(row_of(star, verdict, problem))
      if not written then return nil, message end
      bar:update(bar.before + k)
   end
   return failed
end

local function run(values)
   if values.resume and not values.output then return nil, "--resume needs --output: the table to go on with" end
   if values.images then
      local made, problem = files.make_directory(values.images)
      if not made then return nil, problem end
   end
   local count, next_star = stars_of(values)
   if not count then return nil, next_star end
   local classifier, table_of_verdicts, skipped, failed, more, message
   values.prior, message = check_prior(values.prior)
   if message then return nil, message end
   classifier, message = require("totality").classifier { weights = values.weights, survey = values.survey }
   if not classifier then return nil, message end
   if values.prior and not classifier.prior then
      return nil, ("--prior: the weights %s don't say for which share of total eclipses they are"):format(
         classifier.weights)
   end
   if values.prior == "estimate" then
      values.prior, message = estimate_prior(values, classifier, count)
      if not values.prior then return nil, "--prior estimate: " .. message end
   end
   table_of_verdicts, message = verdict_file.open(values.output, COLUMNS, {
      weights = classifier.weights, total_from = classifier.total_from, partial_below = classifier.partial_below,
      prior = values.prior or classifier.prior, survey = classifier.survey,
   }, values.resume)
   if not table_of_verdicts then return nil, message end
   skipped, failed = skip_done(values, table_of_verdicts, next_star)
   if not skipped then return nil, failed end
   local bar <close> = progress_bar.new { total = count, done = skipped, unit = "stars" }
   more, message = judge_all(values, classifier, table_of_verdicts, next_star, bar)
   bar:clear()
   if not more then return nil, message end
   local closed
   closed, message = table_of_verdicts:close()
   if not closed then return nil, message end
   failed = failed + more
   if failed > 0 then
      io.stderr:write(("totality classify: %d of %d stars could not be judged; the notes say why\n"):format(failed,
         count))
      return 1
   end
   return 0
end

return command.new { name = "classify", usage = USAGE, options = OPTIONS, operands = true, run = run }

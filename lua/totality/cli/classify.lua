--- totality classify: files or a catalogue in, a table of verdicts out.

local arguments = require "totality.cli.arguments"
local csv = require "totality.csv"

local classify = {}

local USAGE = [[
usage: totality classify [OPTIONS] FILE...
       totality classify [OPTIONS] --catalogue TABLE.csv

Tells total from partial eclipses in light curves of contact binaries. A FILE is plain text or CSV: time,
magnitude or flux, and perhaps an error. A catalogue has the columns id, file, period, epoch (others are
ignored); its files are relative to the table.

  --period DAYS       orbital period, for every FILE (both minima in one period)
  --epoch TIME        time of a minimum; needs no accuracy
  --catalogue TABLE   list of stars
  --output FILE       where the table goes (default: standard output)
  --images DIRECTORY  also write what the network saw, as ID.png
  --weights FILE      other weights (safetensors)
  --help

Columns of the table: id, file, p_total (probability that the eclipse is total), verdict (total, partial,
uncertain), minimum (the flatter one: primary is the deeper), n_points (used), noise (of a point, in units of the
maximum flux), note. A star that can't be judged has no verdict and a note that says why.

Exit status: 0 all stars were judged, 1 some were not, 2 the arguments, the catalogue, the weights or the output
can't be used.
]]

local SPECIFICATION = {
   period = { value = "DAYS", number = true, above = 0 }, epoch = { value = "TIME", number = true },
   catalogue = { value = "TABLE" }, output = { value = "FILE" }, images = { value = "DIRECTORY" },
   weights = { value = "FILE" }, help = { flag = true },
}

local COLUMNS = { "id", "file", "p_total", "verdict", "minimum", "n_points", "noise", "note" }

local function complain(message)
   io.stderr:write("totality classify: ", message, "\n")
   return 2
end

-- The stars as a list of { id, file (as given), path, period, epoch } or { id, file, problem }.
local function stars_of(given)
   if given.catalogue then
      if #given > 0 then return nil, "give either files or --catalogue, not both" end
      if given.period or given.epoch then return nil, "--period and --epoch don't go with --catalogue" end
      return require("totality").read_catalogue(given.catalogue)
   end
   if #given == 0 then return nil, "no FILE was given; see totality classify --help" end
   local stars = {}
   for k, file in ipairs(given) do
      stars[k] = { id = file:match("([^/]+)/*$") or file, file = file, path = file, period = given.period,
         epoch = given.epoch }
   end
   return stars
end

local function judge(star, classifier)
   if star.problem then return nil, star.problem end
   local curve, message = require("totality").read(star.path, { period = star.period, epoch = star.epoch })
   if not curve then return nil, message end
   if not (star.period or curve.phase) then return nil, star.path .. ": no period is given" end
   return classifier:classify(curve)
end

local function row_of(star, verdict, message)
   if not verdict then return { id = star.id, file = star.file, note = message } end
   local noise = verdict.noise
   return {
      id = star.id, file = star.file, p_total = ("%.4f"):format(verdict.p_total), verdict = verdict.verdict,
      minimum = verdict.minimum, n_points = verdict.n_points,
      noise = noise == noise and ("%.4f"):format(noise) or "", note = verdict.note,
   }
end

-- A file name from an identifier: what could lead elsewhere or break a shell is replaced.
local function image_path(directory, id)
   return directory .. "/" .. id:gsub("[^%w%.+_-]", "_"):gsub("^%.", "_") .. ".png"
end

local function write_row(output, row)
   local fields = {}
   for k, name in ipairs(COLUMNS) do fields[k] = row[name] or "" end
   return output:write(csv.line(fields), "\n") and output:flush()
end

--- Runs the command; returns the exit status.
---@param given string[] the arguments
---@return integer status
function classify.run(given)
   local values, message = arguments.parse(given, SPECIFICATION)
   if not values then return complain(message) end
   if values.help then
      io.write(USAGE)
      return 0
   end
   local stars
   stars, message = stars_of(values)
   if not stars then return complain(message) end
   local classifier
   classifier, message = require("totality").classifier { weights = values.weights }
   if not classifier then return complain(message) end
   local output = io.stdout
   if values.output then
      output, message = io.open(values.output, "w")
      if not output then return complain(message) end
   end
   local written, reason = output:write(csv.line(COLUMNS), "\n")
   local failed = 0
   for _, star in ipairs(stars) do
      if not written then break end
      local verdict, problem = judge(star, classifier)
      if verdict and values.images then
         local saved, image_problem = verdict.image:save(image_path(values.images, star.id))
         if not saved then return complain(image_problem) end
      end
      if not verdict then failed = failed + 1 end
      written, reason = write_row(output, row_of(star, verdict, problem))
   end
   if values.output then
      local closed, close_reason = output:close()
      written, reason = written and closed, reason or close_reason
   end
   if not written then return complain(("%s: %s"):format(values.output or "standard output", reason)) end
   if failed > 0 then
      io.stderr:write(("totality classify: %d of %d stars could not be judged; the notes say why\n"):format(failed,
         #stars))
      return 1
   end
   return 0
end

return classify

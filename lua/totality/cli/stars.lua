--- What the commands that judge stars have in common: where the stars come from, and the table of what was found, a
--- row each, with which an interrupted run can go on.

local catalogue = require "totality.catalogue"
local files = require "totality.files"
local image_file = require "totality.image_file"
local progress_bar = require "totality.progress_bar"
local verdict_file = require "totality.cli.verdict_file"

local stars = {}

--- Their options, see `totality.cli.arguments`.
stars.OPTIONS = {
   period = { value = "DAYS", number = true, above = 0 }, epoch = { value = "TIME", number = true },
   catalogue = { value = "TABLE" }, output = { value = "FILE" }, images = { value = "DIRECTORY" },
   resume = { flag = true }, threads = { value = "N", integer = true, minimum = 1 },
}

--- What --help says of where the stars come from.
stars.SOURCES = [[
A FILE is plain text or CSV: time, magnitude or flux, and perhaps an error, or what a survey delivers (see
totality.read). A catalogue has the columns file and, if known, id, period, epoch, band, ra, dec (others are ignored).
Its files are relative to the table; several files of one star are divided by semicolons.
]]

--- What --help says of the options.
stars.USAGE = [[
  --period DAYS       orbital period, for every FILE (both minima in one period)
  --epoch TIME        time of a minimum; needs no accuracy
  --catalogue TABLE   list of stars
  --output FILE       where the table goes (default: standard output), row by row
  --resume            go on with a table that an interrupted run has left
  --threads N         default: all processors
  --images DIRECTORY  also write %s, as ID.png; made if it isn't there
]]

--- What --help says of the exit status.
stars.STATUS = [[
Exit status: 0 all stars were judged, 1 some were not, 2 the arguments, the catalogue, the %s or the output
can't be used.
]]

--- The columns that every table has.
stars.COLUMNS = { "id", "file", "p_total", "verdict", "minimum", "n_points", "noise", "period" }

--- How many stars there are, and a function that gives the next: { id, file (as given), path, period, epoch, ... } or
--- { id, file, problem }.
---@param values table of the command line
---@return integer|nil count
---@return function|string next_star, or a message
function stars.list(values)
   if values.catalogue then
      if #values > 0 then return nil, "give either files or --catalogue, not both" end
      if values.period or values.epoch then return nil, "--period and --epoch don't go with --catalogue" end
      -- once through the table before the first verdict: it counts, and finds what makes it no table
      local next_row, message = catalogue.rows(values.catalogue)
      local count, row = -1, next_row ~= nil
      while row do
         row, message = next_row()
         count = count + 1
      end
      if message then return nil, message end
      return count, (assert(catalogue.rows(values.catalogue)))
   end
   if #values == 0 then return nil, "no FILE was given; see --help" end
   local k = 0
   return #values, function()
      k = k + 1
      local file = values[k]
      return file and { id = file:match("([^/]+)/*$") or file, file = file, path = file, period = values.period,
         epoch = values.epoch }
   end
end

local function filled(text) return text ~= "" and text or nil end

--- The star's curve; or a string that says why there is none.
---@param star table
---@return totality.LightCurve|string
function stars.curve_of(star)
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

-- Judges the stars and writes their rows; returns how many could not be judged, or nil and a message.
local function write_rows(values, given, table_of_verdicts, next_star, bar)
   local waiting, first, last, failed = {}, 1, 0, 0
   local function next_curve()
      local star = next_star()
      if not star then return nil end
      last = last + 1
      waiting[last] = star
      return stars.curve_of(star)
   end
   for k, verdict, problem in given.judge(next_curve) do
      local star = waiting[first]
      waiting[first], first = nil, first + 1
      if verdict and values.images then
         local saved, message = verdict.image:save(image_file.path(values.images, star.id))
         if not saved then return nil, message end
      end
      if not verdict then failed = failed + 1 end
      local row = row_of(star, verdict, problem)
      for name, value in pairs(verdict and given.more and given.more(verdict) or {}) do row[name] = value end
      local written, message = table_of_verdicts:write(row)
      if not written then return nil, message end
      bar:update(bar.before + k)
   end
   return failed
end

--- What can be said before any work: false and a message when options don't go together, or can't be used.
---@param values table of the command line
---@return boolean
---@return string? message
function stars.check(values)
   if values.resume and not values.output then return false, "--resume needs --output: the table to go on with" end
   if values.images then
      local made, problem = files.make_directory(values.images)
      if not made then return false, problem end
   end
   return true
end

--- Judges stars, and writes the table.
---@param values table of the command line
---@param given table `command` (its name); `count` and `next_star` (from `list`); `settings` (names and values that
--- must stay the same when a run goes on); `columns` (beside COLUMNS; `note` comes last by itself); `judge` (a
--- function of a function that gives the next curve, or a message that stands for one: an iterator of the number, the
--- verdict or nil, and a message); `more` (a function of a verdict: the values of these columns)
---@return integer|nil status
---@return string? message
function stars.judge(values, given)
   local columns = table.move(stars.COLUMNS, 1, #stars.COLUMNS, 1, {})
   table.move(given.columns or {}, 1, #(given.columns or {}), #columns + 1, columns)
   columns[#columns + 1] = "note"
   local table_of_verdicts, message = verdict_file.open(values.output, columns, given.settings, values.resume)
   if not table_of_verdicts then return nil, message end
   local skipped, failed = skip_done(values, table_of_verdicts, given.next_star)
   if not skipped then return nil, failed --[[@as string]] end
   local bar <close> = progress_bar.new { total = given.count, done = skipped, unit = "stars" }
   local more, problem = write_rows(values, given, table_of_verdicts, given.next_star, bar)
   bar:clear()
   if not more then return nil, problem end
   local closed
   closed, message = table_of_verdicts:close()
   if not closed then return nil, message end
   failed = failed + more
   if failed > 0 then
      io.stderr:write(("totality %s: %d of %d stars could not be judged; the notes say why\n"):format(given.command,
         failed, given.count))
      return 1
   end
   return 0
end

return stars

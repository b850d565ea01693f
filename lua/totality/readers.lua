--- Reading light curves from files. A format is a module totality.readers.NAME with
--   name
--   recognises(head, options) -> boolean     head: the first bytes of the file, up to 4096, uncompressed
--   read(file, options, path) -> result, or nil and a message that begins with the path
-- and a name in the list below. The first that recognises a file reads it. `file` is the content, for the functions
-- of the core; the result is what those give (csrc/lua/files.c) and, where known, time_system, time_zero (the Julian
-- date to be added to times below 1e6), epoch_zero (what has been added already) and object (the star).
-- Surveys whose files are tables need no module of this kind: see totality.readers.surveys.

local attempt = require("totality.interruption").attempt
local core = require "totality.core"
local curve = require "totality.curve"
local options = require "totality.options"
local stitch = require "totality.readers.stitch"
local surveys = require "totality.readers.surveys"

local readers = {}

local names = { "fits", "asas", "votable", "json", "text" } -- text takes anything: it stays last

local HEAD = 4096

local COLUMNS = { "time", "phase", "flux", "magnitude", "error", "segment", "band" }

local function check_columns(columns)
   local known = {}
   for _, name in ipairs(COLUMNS) do known[name] = true end
   for name, column in pairs(columns) do
      if not known[name] then
         local near = options.suggestion(tostring(name), COLUMNS)
         options.fail("totality.read", 3, "unknown column '%s'%s", tostring(name),
            near and "; did you mean '" .. near .. "'?" or "")
      end
      if type(column) ~= "string" and not (math.type(column) == "integer" and column >= 1) then
         options.fail("totality.read", 3, "column '%s' must be a name or a number from 1", name)
      end
   end
   if columns.time and columns.phase then
      options.fail("totality.read", 3, "columns: choose one of 'time' and 'phase'")
   end
   if columns.flux and columns.magnitude then
      options.fail("totality.read", 3, "columns: choose one of 'flux' and 'magnitude'")
   end
end

-- What option `reader` may be.
local function all_names()
   local all = table.move(names, 1, #names, 1, {})
   return table.move(surveys.names(), 1, #surveys.names(), #all + 1, all)
end

local function load_reader(name) return require("totality.readers." .. name) end

local function choose_reader(head, given)
   if given.reader and not given.survey then return load_reader(given.reader) end
   for _, name in ipairs(names) do
      local reader = load_reader(name)
      if reader.recognises(head, given) then return reader end
   end
end

-- series + number
local function add(series, number) return core.rescale(series, -number, 1 - number) end

-- An epoch may be counted as in the file, or as Julian dates are where the file has other times, and the other way
-- round: of these the one next to the data is meant.
local function near_data(epoch, time, zero, system)
   local first, last = time:min_max()
   local middle, best = (first + last) / 2, epoch
   local reduced = (system or ""):find("^MJD") and 2400000.5 or 2400000
   for _, shift in ipairs { zero or 0, reduced, -reduced } do
      if math.abs(epoch + shift - middle) < math.abs(best - middle) then best = epoch + shift end
   end
   return best
end

local function name_of(path) return (path:match("([^/\\]+)$") or path):gsub("%.gz$", ""):gsub("%.[%a]+$", "") end

-- A curve from what a reader has found.
local function make_curve(path, result, given)
   local time, epoch = result.axis == "time" and result.x or nil, given.epoch
   if time then
      local zero = result.epoch_zero
      if result.time_zero and select(2, time:min_max()) < 1e6 then
         zero = result.time_zero
         time = add(time, zero)
      end
      epoch = epoch and near_data(epoch, time, zero, result.time_system)
   end
   local done, made = attempt(curve.new, {
      time = time, phase = result.axis == "phase" and result.x or nil, [result.quantity] = result.value,
      error = result.error, segment = result.segment, time_system = result.time_system, file = path,
      name = name_of(path), period = given.period, epoch = epoch,
   })
   if not done then return nil, path .. ": " .. made:gsub("^.-totality.curve: ", "") end
   made.ra, made.dec = given.ra or result.ra, given.dec or result.dec
   made.skipped, made.other_bands, made.band = result.skipped, result.other_bands, result.band
   made.object = result.object
   return made
end

-- Times at the Sun, if the file's are not.
local function at_the_sun(made)
   local system = made.time_system
   if not made.time or system and system:find("^[HB]JD") then return made end
   local done, result = attempt(made.heliocentric, made)
   if done then return result end
   return nil, (result:gsub("^.-curve:heliocentric: ", ""))
end

local function read_one(path, given)
   local file <close>, message = core.load_file(path)
   if not file then return nil, message end
   local reader = choose_reader(file:head(HEAD):gsub("^\xef\xbb\xbf", ""), given)
   local result
   result, message = reader.read(file, given, path)
   if not result then return nil, message end
   local made
   made, message = make_curve(path, result, given)
   if made and given.heliocentric then return at_the_sun(made) end
   return made, message
end

local function check_paths(paths)
   if type(paths) ~= "table" then
      options.check_value("totality.read", "path", paths, { type = "string" }, 3)
      return { paths }
   end
   if #paths == 0 then options.fail("totality.read", 3, "the list of paths is empty") end
   for k, path in ipairs(paths) do
      options.check_value("totality.read", "path " .. k, path, { type = "string" }, 3)
   end
   return paths
end

--- Reads a light curve: text and CSV of any kind, VOTable, JSON, the archive of ASAS-3, FITS of Kepler, K2 and TESS,
-- each also compressed with gzip. What a file is, is told by its content. ASAS-SN, CRTS, ZTF and Gaia are known by
-- the names of their columns. Points without a measurement, limits and points that the survey flags are left out
-- and counted; of several pass bands the one with most points is read. Several files of one star are joined, each
-- divided by its median flux.
---@param path string|string[]
---@param given? table `quantity` ("flux", "magnitude" or "relative_flux", which is (flux - mean) / mean);
--- `columns` = { time or phase =, flux or magnitude =, error =, segment =, band = }, each a header's name or a number
--- from 1; `band` where the file names bands ("" is none); `flux` (FITS: "pdcsap", corrected by the pipeline, the
--- default, or "sap") and `quality` (FITS: "good", quality flag 0 only, the default, or "any"); `period` and `epoch`
--- (days), which the curve then carries; `ra` and `dec` (degrees, J2000), also the curve's; `heliocentric` (true:
--- times of the observatory become HJD, see `curve:heliocentric`); `reader` (one of "fits", "asas", "votable",
--- "json", "text", "asas_sn", "asas_sn_v2", "crts", "ztf", "gaia", "ogle", "linear") when the content is not to be
--- asked. An epoch may lack the Julian date that the file's times lack.
---@return table|nil curve totality.LightCurve (with the fields `skipped`, the number of points left out,
--- `other_bands`, those in other bands, `band`, `ra`, `dec`, `object`); or nil and a message that begins with the
--- path, and the line if there is one
---@return string? message
function readers.read(path, given)
   local paths = check_paths(path)
   local checked = options.check("totality.read", given, {
      quantity = { type = "string", one_of = { "flux", "magnitude", "relative_flux" } },
      columns = { type = "table" },
      band = { type = "string" },
      flux = { type = "string", one_of = { "pdcsap", "sap" }, default = "pdcsap" },
      quality = { type = "string", one_of = { "good", "any" }, default = "good" },
      period = { type = "number", above = 0 },
      epoch = { type = "number" },
      ra = { type = "number", minimum = 0, maximum = 360 },
      dec = { type = "number", minimum = -90, maximum = 90 },
      heliocentric = { type = "boolean", default = false },
      reader = { type = "string", one_of = all_names() },
   })
   if checked.columns then check_columns(checked.columns) end
   if checked.band == "" then checked.band = nil end -- an empty field of a catalogue
   checked.survey = checked.reader and surveys.get(checked.reader)
   local parts = {}
   for k, one in ipairs(paths) do
      local message
      parts[k], message = read_one(one, checked)
      if not parts[k] then return nil, message end
   end
   if type(path) == "string" then return parts[1] end
   return stitch(parts)
end

return readers

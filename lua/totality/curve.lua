--- totality.LightCurve: a light curve in time or in phase, and what one does with it.
--
-- Fields that are Series: time (days) or phase (-0.5 to 0.5) or both, flux, error (of the flux; may be absent,
-- may hold NaN), segment (the number of the part that a point belongs to: data set, quarter, sector, camera; may be
-- absent); after `bin` also scatter and count. The others: period and epoch (in the unit of time), time_system,
-- name, file, normalised (true when the flux runs from 0, deeper minimum, to 1, higher maximum) and then depth.
--
-- Verbs return a new curve and leave theirs as it was. They raise an error when the data don't allow what
-- is asked (three points, a flat line), so that a chain of verbs stops where the trouble is; `prepare`,
-- which is made for lists of stars, returns nil and the message.

local attempt = require("totality.interruption").attempt
local class = require "totality.curve.class"
local core = require "totality.core"
local files = require "totality.files"
local options = require "totality.options"
require "totality.curve.times"
require "totality.curve.images"
require "totality.curve.observing"

--- A light curve, made by `totality.curve`, `totality.read` or `system:light_curve`. `#curve` is how many points
--- it has.
---@class totality.LightCurve
---@field time? totality.Series days
---@field phase? totality.Series -0.5 to 0.5
---@field flux totality.Series
---@field error? totality.Series of the flux; may hold NaN
---@field segment? totality.Series a whole number a point: the data set, quarter, sector or camera that it is of
---@field scatter? totality.Series of the points in a bin
---@field count? totality.Series points in a bin
---@field period? number in the unit of time
---@field epoch? number in the unit of time
---@field period_error? number standard error, after refine_period or find_period
---@field epoch_error? number standard error, after centre_minima
---@field time_system? string what the times are, as "HJD", "BJD_TDB" or "MJD_UTC"; nil when nothing tells
---@field ra? number degrees, J2000, where the file tells
---@field dec? number degrees, J2000
---@field band? string pass band that was read, where the file names bands
---@field object? string the star, where the file names it
---@field skipped? integer points of the file that are no measurement, or flagged as bad
---@field other_bands? integer points of the file in other pass bands
---@field name? string
---@field file? string
---@field normalised? boolean true when the flux runs from 0 (deeper minimum) to 1 (higher maximum)
---@field depth? number of the deeper minimum in units of the maximum flux, before the curve was normalised; nil when
--- that flux was not above 0
local LightCurve = class.LightCurve

local COLUMNS = class.COLUMNS
local chosen, derive, need_phase, refuse = class.chosen, class.derive, class.need_phase, class.refuse

local curve = {}

local function is_series(value)
   local metatable = getmetatable(value)
   return type(metatable) == "table" and metatable.__name == "totality.Series"
end

local function column(what, name, value)
   if value == nil or is_series(value) then return value end
   if type(value) ~= "table" then
      options.fail(what, 3, "option '%s' must be a list of numbers or a Series, got %s", name, type(value))
   end
   local made, series = attempt(core.series, value)
   if not made then options.fail(what, 3, "option '%s': %s", name, (series:gsub("^series: ", ""))) end
   return series
end

local function check_finite(what, name, series)
   local index = series and core.first_not_finite(series)
   if index then options.fail(what, 3, "%s of point %d is not a finite number", name, index) end
end

--- A light curve from numbers.
---@param given table `time` or `phase` (or both); `flux` or `magnitude` (becomes flux with median 1);
--- optional `error` (of the flux or magnitude), `segment` (a whole number a point: which data set, quarter or
--- camera it is of), `period` and `epoch` (in the unit of time), `time_system`, `name`, `file`. Each column is a list
--- of numbers or a Series, all of one length.
---@return table curve totality.LightCurve
function curve.new(given)
   local what = "totality.curve"
   local checked = options.check(what, given, {
      time = { type = "any" }, phase = { type = "any" },
      flux = { type = "any" }, magnitude = { type = "any" }, error = { type = "any" },
      segment = { type = "any" },
      period = { type = "number", above = 0 }, epoch = { type = "number" }, time_system = { type = "string" },
      name = { type = "string" }, file = { type = "string" },
   })
   local time, phase = column(what, "time", checked.time), column(what, "phase", checked.phase)
   local magnitude, flux = column(what, "magnitude", checked.magnitude), column(what, "flux", checked.flux)
   local errors, segment = column(what, "error", checked.error), column(what, "segment", checked.segment)
   if not (time or phase) then options.fail(what, 2, "option 'time' or 'phase' is missing") end
   if (flux == nil) == (magnitude == nil) then
      options.fail(what, 2, "one of the options 'flux' and 'magnitude' is needed")
   end
   for name, series in pairs { time = time, phase = phase, error = errors, segment = segment } do
      if #series ~= #(flux or magnitude) then
         options.fail(what, 2, "%d values of %s for %d of %s", #series, name, #(flux or magnitude),
            flux and "flux" or "magnitude")
      end
   end
   check_finite(what, "time", time)
   check_finite(what, "phase", phase)
   check_finite(what, "segment", segment)
   check_finite(what, flux and "flux" or "magnitude", flux or magnitude)
   if magnitude then
      local message
      flux, message = core.magnitude_to_flux(magnitude, errors)
      if not flux then options.fail(what, 2, "%s", message) end
      if errors then errors = message end
   end
   return setmetatable({
      time = time, phase = phase and core.shift_phase(phase, 0), flux = flux, error = errors, segment = segment,
      period = checked.period, epoch = checked.epoch, time_system = checked.time_system,
      name = checked.name, file = checked.file,
   }, LightCurve)
end

--- Phases from times: (time - epoch) / period, in [-0.5, 0.5).
---@param given? table `period` (days; default the curve's own), `epoch` (default the curve's own, or the
--- first time). The epoch needs no accuracy: `centre_minima` finds the minimum.
---@return table curve
function LightCurve:fold(given)
   local checked = options.check("curve:fold", given, {
      period = { type = "number", above = 0, default = self.period },
      epoch = { type = "number", default = self.epoch },
   })
   if not self.time then refuse(self, "fold", "the curve has no times") end
   if not checked.period then options.fail("curve:fold", 2, "option 'period' is missing") end
   local first, last = self.time:min_max()
   if last - first < checked.period then
      refuse(self, "fold", ("a period of %g is longer than the data, which span %g"):format(checked.period,
         #self > 0 and last - first or 0))
   end
   local epoch = checked.epoch or first
   return derive(self, { phase = core.fold(self.time, checked.period, epoch), period = checked.period,
      epoch = epoch })
end

--- Without the points that stand off the smooth curve in phase. Minima are never cut.
---@param given? table `sigma_lower` (default 5) and `sigma_upper` (default 4): the limits below and above the
--- curve, in robust standard deviations; math.huge keeps all
---@return table curve
function LightCurve:remove_outliers(given)
   local checked = options.check("curve:remove_outliers", given, {
      sigma_lower = { type = "number", above = 0, default = 5 },
      sigma_upper = { type = "number", above = 0, default = 4 },
   })
   need_phase(self, "remove_outliers")
   local keep, message = core.keep_indices(self.phase, self.flux, checked.sigma_lower, checked.sigma_upper)
   if not keep then refuse(self, "remove_outliers", message) end
   return chosen(self, keep)
end

--- The flux scaled so that the smooth curve's higher maximum is 1 and its deeper minimum 0.
---@return table curve
function LightCurve:normalise()
   need_phase(self, "normalise")
   local _, top, bottom = core.shape(self.phase, self.flux)
   if not bottom then refuse(self, "normalise", top) end
   local depth = self.depth -- of a curve that is normalised already
   if not self.normalised then depth = top > 0 and (top - bottom) / top end
   return derive(self, {
      depth = depth,
      flux = core.rescale(self.flux, bottom, top), normalised = true,
      error = self.error and core.rescale(self.error, 0, top - bottom),
      scatter = self.scatter and core.rescale(self.scatter, 0, top - bottom),
   })
end

--- Phases (and epoch) shifted so that the deeper minimum lies at phase 0, hence in an image, which starts
-- at phase -0.25, in the left half. The axis of symmetry is found from the curve, not from the epoch. When the
-- curve has times, epoch_error is the standard error of the new epoch.
---@return table curve
function LightCurve:centre_minima()
   need_phase(self, "centre_minima")
   local shift, message, _, _, shift_error = core.shape(self.phase, self.flux)
   if not shift then refuse(self, "centre_minima", message) end
   local timed = self.epoch and self.period
   return derive(self, {
      phase = core.shift_phase(self.phase, shift),
      epoch = timed and self.epoch + shift * self.period, epoch_error = timed and shift_error * self.period,
   })
end

--- The same as `centre_minima`, by its effect in the image.
LightCurve.deeper_left = LightCurve.centre_minima

--- Sigma of one point, in the unit of the flux, from the differences between neighbours in phase.
---@return number
function LightCurve:noise()
   need_phase(self, "noise")
   local shift, message, _, noise = core.shape(self.phase, self.flux)
   if not shift then refuse(self, "noise", message) end
   return noise
end

-- The shortest decimal that gives the same double.
local function decimal(x)
   local short = ("%.15g"):format(x)
   return tonumber(short) == x and short or ("%.17g"):format(x)
end

--- Writes the curve as CSV with a header, which `totality.read` reads back.
---@param path string
---@return table|nil curve the curve itself; or nil and a message
---@return string? message
function LightCurve:write(path)
   options.check_value("curve:write", "path", path, { type = "string" })
   local names = {}
   for _, name in ipairs(COLUMNS) do
      if self[name] then names[#names + 1] = name end
   end
   local lines = { table.concat(names, ",") }
   for k = 1, #self do
      local row = {}
      for j, name in ipairs(names) do
         local x = self[name][k]
         row[j] = x == x and decimal(x) or ""
      end
      lines[#lines + 1] = table.concat(row, ",")
   end
   lines[#lines + 1] = ""
   local done, message = files.write(path, table.concat(lines, "\n"))
   if not done then return nil, message end
   return self
end

function LightCurve:__len() return #self.flux end

function LightCurve:__tostring()
   local parts = { ("%d point%s"):format(#self, #self == 1 and "" or "s") }
   if self.name then table.insert(parts, 1, self.name) end
   if self.phase then
      parts[#parts + 1] = "folded" .. (self.period and (" at %.7g d"):format(self.period) or "")
   elseif #self > 0 then
      parts[#parts + 1] = ("%.5f to %.5f d"):format(self.time:min_max())
   end
   if #self > 0 then
      parts[#parts + 1] = ("%s %.3f to %.3f"):format(self.normalised and "normalised flux" or "flux",
         self.flux:min_max())
   end
   return "totality.LightCurve(" .. table.concat(parts, ", ") .. ")"
end

return curve

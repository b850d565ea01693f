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
local core = require "totality.core"
local drawing = require "totality.drawing"
local files = require "totality.files"
local image = require "totality.image"
local observation = require "totality.observation"
local options = require "totality.options"

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
local LightCurve = { __name = "totality.LightCurve" }
LightCurve.__index = LightCurve

local curve = {}

local COLUMNS = { "time", "phase", "flux", "error", "segment", "scatter", "count" }

local function is_series(value)
   local metatable = getmetatable(value)
   return type(metatable) == "table" and metatable.__name == "totality.Series"
end

local function label(self) return self.file or self.name end

-- A message about the data of a curve, with the name of the file or star in front.
local function about(self, message)
   local name = label(self)
   return name and name .. ": " .. message or message
end

local function refuse(self, verb, message)
   error(("curve:%s: %s"):format(verb, about(self, message)), 3)
end

-- A new curve with the fields of this one, except those in `changes` (false: without the field).
local function derive(self, changes)
   local new = {}
   for name, value in pairs(self) do new[name] = value end
   for name, value in pairs(changes) do new[name] = value or nil end
   return setmetatable(new, LightCurve)
end

-- A new curve of the points with these indices (a Series).
local function chosen(self, indices)
   local changes = {}
   for _, name in ipairs(COLUMNS) do
      if self[name] then changes[name] = core.select(self[name], indices) end
   end
   return derive(self, changes)
end

local function need_phase(self, verb)
   if not self.phase then refuse(self, verb, "the curve has no phases; fold it first") end
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

--- Times at the Sun (HJD) from times at the Earth: the light of a star near the ecliptic is early or late by up to
-- 8.3 minutes over the year. Good to 0.1 s for an observer at the centre of the Earth, 0.02 s worse on its surface.
-- The formula is in csrc/curve/heliocentric.h.
---@param given? table `ra`, `dec` (degrees, J2000; default those of the file, if it has them), `time_system` ("JD" or
--- "MJD", both UTC; default the curve's own)
---@return table curve its time_system is "HJD", its times and epoch are Julian dates
function LightCurve:heliocentric(given)
   local checked = options.check("curve:heliocentric", given, {
      ra = { type = "number", minimum = 0, maximum = 360, default = self.ra },
      dec = { type = "number", minimum = -90, maximum = 90, default = self.dec },
      time_system = { type = "string", one_of = { "JD", "MJD" }, default = self.time_system },
   })
   if not self.time then refuse(self, "heliocentric", "the curve has no times") end
   if not (checked.ra and checked.dec) then refuse(self, "heliocentric", "the options 'ra' and 'dec' are needed") end
   local system = (checked.time_system or ""):match("^M?JD")
   if not system then
      refuse(self, "heliocentric", ("times have to be JD or MJD at the Earth, they are %s; see option 'time_system'")
         :format(checked.time_system or "unknown"))
   end
   local zero = system == "MJD" and 2400000.5 or 0
   local first, last = self.time:min_max()
   if not (first + zero > 2378496 and last + zero < 2524595) then
      refuse(self, "heliocentric",
         ("the times %g to %g are no %s of the years 1800 to 2200"):format(first, last, system))
   end
   return derive(self, {
      time = core.heliocentric(self.time, zero, checked.ra, checked.dec), time_system = "HJD",
      epoch = self.epoch and self.epoch + zero,
   })
end

local PERIOD_HARMONICS = { type = "integer", minimum = 1, maximum = 12, default = 6 }

--- A better period from the data: catalogue periods are good to about 1e-5, which over the years of a survey
-- blurs the minima. A curve of several harmonics is fitted at trial periods; the given one is kept unless
-- another is clearly better.
---@param given? table `period` (days; default the curve's own), `drift` (how far the phase may be off from the
--- first to the last point, in cycles; default 0.3), `harmonics` (default 6)
---@return totality.LightCurve|nil curve with the better period; or nil and a message when the data don't tell
---@return table|string found `period`, `period_error` (standard error, days), `drift` (what the change does to the
--- phase from first to last point, in cycles), `improvement` (fall of chi^2; 0 when the period was kept), `scatter`
--- (robust sigma of the points about the better fit)
function LightCurve:refine_period(given)
   local checked = options.check("curve:refine_period", given, {
      period = { type = "number", above = 0, default = self.period },
      drift = { type = "number", above = 0, maximum = 1, default = 0.3 },
      harmonics = PERIOD_HARMONICS,
   })
   if not self.time then refuse(self, "refine_period", "the curve has no times") end
   if not checked.period then options.fail("curve:refine_period", 2, "option 'period' is missing") end
   local found, message = core.refine_period(self.time, self.flux, checked.period, checked.drift,
      checked.harmonics)
   if not found then return nil, about(self, message) end
   return derive(self, { period = found.period, period_error = found.period_error }), found
end

-- What makes a period doubtful; empty when nothing does.
local function doubts_of_period(found, harmonics)
   local notes = {}
   if found.false_alarm > 1e-3 then notes[#notes + 1] = "no period stands out of the noise" end
   if found.margin < 25 then
      notes[#notes + 1] = ("%.7g d fits nearly as well"):format(found.alternative)
   end
   -- chi^2 of the odd harmonics, two coefficients each: its mean and three times its standard deviation
   local odd = math.ceil(harmonics / 2)
   if found.minima_differ < 2 * odd + 3 * math.sqrt(4 * odd) then
      notes[#notes + 1] = "the minima are alike: half the period is possible"
   end
   return table.concat(notes, "; ")
end

--- The period of a contact binary when none is known. The light of such a star is mostly a sine wave of half the
-- period: the generalised Lomb-Scargle periodogram (Zechmeister & Kuerster 2009, A&A 496, 577) finds the
-- candidates, aliases of the day and the year among them, and the fit of a whole Fourier series at twice their
-- period decides. When the result is doubtful, `note` says so.
---@param given? table `minimum` and `maximum` of the orbital period (days; default 0.2 and 1.2), `harmonics` (2 to
--- 12; default 6)
---@return totality.LightCurve|nil curve with the period; or nil and a message when the data don't tell
---@return table|string found `period`, `period_error` (standard error, days), `scatter` (robust sigma of the points
--- about the fit, flux), `power` (share of the variance in the best wave), `false_alarm` (probability that noise
--- alone does as well), `alternative` (the second best period; nil: none) and `margin` (by how much its chi^2 is
--- larger), `minima_differ` (by how much chi^2 is larger at half the period), `note`
function LightCurve:find_period(given)
   local checked = options.check("curve:find_period", given, {
      minimum = { type = "number", above = 0, default = 0.2 },
      maximum = { type = "number", above = 0, default = 1.2 },
      harmonics = { type = "integer", minimum = 2, maximum = 12, default = 6 },
   })
   if checked.minimum >= checked.maximum then
      options.fail("curve:find_period", 2, "option 'minimum' (%g) must be below 'maximum' (%g)", checked.minimum,
         checked.maximum)
   end
   if not self.time then refuse(self, "find_period", "the curve has no times") end
   local found, message = core.find_period(self.time, self.flux, checked.minimum, checked.maximum,
      checked.harmonics)
   if not found then return nil, about(self, message) end
   found.drift, found.improvement = nil, nil -- of the candidate: of no interest
   if found.alternative ~= found.alternative then found.alternative = nil end
   found.note = doubts_of_period(found, checked.harmonics)
   return derive(self, { period = found.period, period_error = found.period_error }), found
end

-- The curve without a baseline whose knots are `spacing` apart.
local function without_baseline(self, verb, period, spacing, harmonics)
   if not self.time then options.fail("curve:" .. verb, 3, "%s", about(self, "the curve has no times")) end
   if not period then options.fail("curve:" .. verb, 3, "option 'period' is missing") end
   local flux, found = core.remove_baseline(self.time, self.flux, self.segment, period, spacing, harmonics)
   if not flux then options.fail("curve:" .. verb, 3, "%s", about(self, found)) end
   return derive(self, { flux = flux }), found
end

--- Without the differences of the zero point between segments (data sets, quarters, seasons). They are fitted
-- together with the folded curve, so that no eclipse is taken for one, and only as far as they exceed what noise
-- makes (random effects; DerSimonian & Laird 1986, Control. Clin. Trials 7, 177). A curve without segments is
-- divided at gaps in time longer than 8 mean spacings and 2 to 5 periods. Where the amplitude of segments is known to
-- 2 % and differs (a neighbour's light that comes and goes), it is brought to the mean.
---@param given? table `period` (days; default the curve's own), `harmonics` of the folded curve (1 to 12; default 6)
---@return totality.LightCurve curve
---@return table found `segments`, `knots`, `offset_spread` (standard deviation of the zero points, flux; 0 when
--- there is no sign of any), `amplitude_spread` (that of the amplitudes, relative), `scatter` (robust sigma of the
--- points about the fit, flux)
function LightCurve:remove_offsets(given)
   local checked = options.check("curve:remove_offsets", given, {
      period = { type = "number", above = 0, default = self.period }, harmonics = PERIOD_HARMONICS,
   })
   return without_baseline(self, "remove_offsets", checked.period, math.huge, checked.harmonics)
end

--- Without slow changes (spots, a third body, the instrument) and without offsets: as remove_offsets, but within
-- a segment the zero point runs straight from knot to knot.
---@param given? table `spacing` of the knots (days; default 20 periods or 50 mean spacings of points, whatever is
--- longer), `period` (days; default the curve's own), `harmonics` of the folded curve (1 to 12; default 6)
---@return totality.LightCurve curve
---@return table found as in remove_offsets
function LightCurve:remove_trend(given)
   local checked = options.check("curve:remove_trend", given, {
      period = { type = "number", above = 0, default = self.period },
      spacing = { type = "number", above = 0 }, harmonics = PERIOD_HARMONICS,
   })
   local spacing = checked.spacing
   if not spacing and self.time and checked.period and #self > 0 then
      local first, last = self.time:min_max()
      spacing = math.max(20 * checked.period, 50 * (last - first) / #self)
   end
   return without_baseline(self, "remove_trend", checked.period, spacing or math.huge, checked.harmonics)
end

--- The points between two times, as a new curve: spots move over years, and a curve of a year is sharper than one
-- of four.
---@param first number in the unit of time
---@param last number
---@return totality.LightCurve curve
function LightCurve:between(first, last)
   options.check_value("curve:between", "first", first, { type = "number" })
   options.check_value("curve:between", "last", last, { type = "number" })
   if not self.time then refuse(self, "between", "the curve has no times") end
   local indices = {}
   for k = 1, #self do
      local time = self.time[k]
      if time >= first and time <= last then indices[#indices + 1] = k end
   end
   return chosen(self, core.series(indices))
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

local STATISTIC = { type = "string", one_of = { "mean", "median" }, default = drawing.DEFAULTS.statistic }

--- The curve in bins of phase; bins without a point are left out. `error` becomes the standard error of
-- the bin (scatter / sqrt(count)), `scatter` and `count` are added, times and segments are dropped.
---@param given table `bins` (number of bins in a cycle), `statistic` ("mean" or "median"; default mean)
---@return table curve
function LightCurve:bin(given)
   local checked = options.check("curve:bin", given, {
      bins = { type = "integer", minimum = 1, maximum = 1000000, required = true }, statistic = STATISTIC,
   })
   need_phase(self, "bin")
   local phase, flux, scatter, count = core.bin(self.phase, self.flux, checked.bins, checked.statistic)
   local errors = core.series(#phase)
   for k = 1, #phase do errors[k] = scatter[k] / math.sqrt(count[k]) end
   return derive(self, {
      time = false, phase = phase, flux = flux, error = errors, segment = false, scatter = scatter, count = count,
   })
end

-- How a curve is drawn: all below it in ink, or one mark a column.
local STYLE = { type = "string", one_of = { "area", "marks" }, default = drawing.DEFAULTS.style }

local SIZE = { type = "integer", minimum = 8, maximum = 16384, default = drawing.DEFAULTS.width }

--- The image of a curve that has been through `centre_minima` and `normalise`: each column has the height of
-- the mean of the points in it, to which those in the tails of the noise contribute less (csrc/curve/clean.h).
---@param given? table `width`, `height` (pixels, at least 8; default 100), `statistic` ("mean" or "median"),
--- `style`: "area" (all below the curve is ink, the fainter the less sure the column's height is, from the noise
--- and the number of points; a column without points is drawn in half ink between its neighbours; the paper is the
--- greyer the deeper the curve was before it was normalised; the default) or "marks" (one mark a column, as in a
--- plot of points)
---@return table image totality.Image
function LightCurve:to_image(given)
   local checked = options.check("curve:to_image", given,
      { width = SIZE, height = SIZE, statistic = STATISTIC, style = STYLE })
   need_phase(self, "to_image")
   if not self.normalised then
      refuse(self, "to_image", "the curve is not normalised; call normalise first")
   end
   local tensor, message = core.raster(self.phase, self.flux, checked.width, checked.height, checked.statistic,
      checked.style, self.depth or 0 / 0)
   if not tensor then refuse(self, "to_image", message) end
   return image.new(tensor)
end

--- All that has to be done in time, in one step, as `prepare` does it: the period is refined on the data
-- (refine_period), zero points of segments and, when the points are dense, trends are removed (remove_offsets,
-- remove_trend), and the curve is folded.
---@param given? table `period` (days; default the curve's own), `epoch` (default the curve's own, or the first time),
--- `drift` (as in refine_period; default 0.3, 0 keeps the period), `baseline` (false leaves zero points and trends
--- in)
---@return totality.LightCurve|nil curve folded; or nil and a message when the data don't allow it
---@return table|string found `period`, `period_error`, `drift` and `improvement` (as in refine_period), `smear` (rms
--- over the data of what the period's error does to the phase), `epoch` (of phase 0), `baseline` (a table, as in
--- remove_offsets)
function LightCurve:reduce(given)
   local checked = options.check("curve:reduce", given, {
      period = { type = "number", above = 0, default = self.period },
      epoch = { type = "number", default = self.epoch },
      drift = { type = "number", minimum = 0, maximum = 1, default = 0.3 },
      baseline = { type = "boolean", default = true },
   })
   if not self.time then return nil, about(self, "the curve has no times") end
   if not checked.period then options.fail("curve:reduce", 2, "option 'period' is missing") end
   local phase, flux, found = core.fold_observed(self.time, self.flux, self.segment, checked.period,
      checked.epoch or self.time:min_max(), checked.drift, checked.baseline)
   if not phase then return nil, about(self, flux) end
   return derive(self, { phase = phase, flux = flux, period = found.period, period_error = found.period_error,
      epoch = found.epoch }), found
end

--- The way of every curve to the network, in one step: reduce for a curve in time; then remove_outliers,
-- centre_minima, normalise, to_image.
---@param given? table `width`, `height` (pixels; default 100), `sigma_lower` (5), `sigma_upper` (4),
--- `statistic`, `style` (as in to_image). For a curve in time, or one that is to be folded again: `period` and
--- `epoch` (default: the curve's own, unless it is folded already), `drift`, `baseline` (as in reduce)
---@return table|nil image totality.Image; or nil and a message when the data make no curve
---@return table|string summary n_points, n_used, n_outliers, n_empty_columns; widest_gap (in phase); shift
--- (the old phase of the deeper minimum) and shift_error; top and bottom (the flux that became 1 and 0); noise,
--- depth, secondary_depth, maxima_difference (in units of the maximum flux), noise_amplitude (in units of the
--- depth); depth_difference_sigma (below about 3 the choice of the deeper minimum is a toss-up); double_wave
--- (near 1 for two like minima a cycle); flatter_minimum ("primary" = the deeper, "secondary" or "unclear"),
--- flatter_significance, primary_curvature, secondary_curvature. Of a curve in time also period, period_error,
--- epoch (of the deeper minimum), epoch_error, drift, smear, improvement and baseline (as in reduce)
function LightCurve:prepare(given)
   local checked = options.check("curve:prepare", given, {
      width = SIZE, height = SIZE, statistic = STATISTIC, style = STYLE,
      sigma_lower = { type = "number", above = 0, default = drawing.DEFAULTS.sigma_lower },
      sigma_upper = { type = "number", above = 0, default = drawing.DEFAULTS.sigma_upper },
      period = { type = "number", above = 0, default = not self.phase and self.period or nil },
      epoch = { type = "number", default = self.epoch },
      drift = { type = "number", minimum = 0, maximum = 1, default = drawing.DEFAULTS.drift },
      baseline = { type = "boolean", default = true },
   })
   local one = { curve = self, period = checked.period, epoch = checked.epoch, drift = checked.drift,
      baseline = checked.baseline }
   checked.images = { { width = checked.width, height = checked.height, style = checked.style } }
   local _, results = drawing.start({ one }, checked, 1, false):wait()
   if not results[1].image then return nil, results[1].message end
   return results[1].image, results[1].summary
end

-- The first phase of a curve given at regular phases over one cycle, and how many points it has without
-- a repeated end; nil when it is not such a curve.
local function regular_cycle(phase)
   local count = #phase
   if count < 4 then return nil end
   local step = (phase[2] - phase[1]) % 1
   for k = 2, count do
      local off = (phase[k] - phase[k - 1] - step) % 1
      if math.min(off, 1 - off) > 1e-6 then return nil end
   end
   if math.abs(count * step - 1) < 1e-4 then return phase[1], count end
   if math.abs((count - 1) * step - 1) < 1e-4 then return phase[1], count - 1 end
   return nil
end

-- A model curve over one cycle as a Series without a repeated end, and its first phase.
local function one_cycle(self)
   need_phase(self, "observe")
   local first, count = regular_cycle(self.phase)
   if not first then refuse(self, "observe", "a model curve at regular phases over one cycle is needed") end
   if count == #self.flux then return self.flux, first end
   local indices = {}
   for k = 1, count do indices[k] = k end
   return core.select(self.flux, core.series(indices)), first
end

local function observe_survey(self, survey, given)
   local what = "curve:observe"
   local checked = observation.check(what, given, 2)
   local model, first = one_cycle(self)
   return observation.observe(what, survey, model, 1, first, checked)
end

--- What a telescope would see of a model curve: points at other phases with noise, or the whole of what a survey
--- delivers, gaps, outliers, offsets and all.
---@param given? table points in phase: `points` (default 100), `noise` (sigma in units of the curve's maximum flux;
--- default 0), `phases` ("regular" or "random"; default regular), `offset` (regular phases: shift of the grid in
--- steps, 0 to 1; default 0), `rng` (totality.Rng; needed for noise and random phases). Or a totality.Survey:
--- the curve then has times, and passes through the same steps as one that was read from a file
---@param survey_options? table with a survey: `period` (days; needed), `rng` or `seed`; `magnitude` (at maximum;
--- default drawn), `third_light` of a companion (0 to 1; the survey adds its own; default 0), `period_change` (dP/dt;
--- default 0), `light_time` (half amplitude of the delay in a wide orbit, days; default 0) and `outer_period` of that
--- orbit (days), `mirrored` (phases run backwards), `limit` (of a continuous survey with more points than that, only
--- one in so many is made, with the noise of the mean; default: all are made)
---@return table curve with a survey: flux in units of the maximum flux, the quoted error, `segment`, `survey` (its
--- name), `period` and `epoch` as a catalogue gives them, with their errors, and `truth`: period, epoch, magnitude,
--- third_light, noise (sigma at maximum, in flux), period_change, light_time, outer_period, outliers (how many)
function LightCurve:observe(given, survey_options)
   local class = getmetatable(given)
   if type(class) == "table" and class.__name == "totality.Survey" then
      return observe_survey(self, given, survey_options)
   end
   local checked = options.check("curve:observe", given, {
      points = { type = "integer", minimum = 1, default = 100 },
      noise = { type = "number", minimum = 0, default = 0 },
      phases = { type = "string", one_of = { "regular", "random" }, default = "regular" },
      offset = { type = "number", minimum = 0, below = 1, default = 0 },
      rng = { class = "totality.Rng" },
   })
   if not checked.rng and (checked.noise > 0 or checked.phases == "random") then
      options.fail("curve:observe", 2, "noise and random phases need the option 'rng', as totality.rng(seed)")
   end
   local model, first = one_cycle(self)
   local phase, flux = core.observe(model, first, checked.points, checked.phases, checked.offset,
      checked.noise, checked.rng)
   return derive(self, {
      phase = phase, flux = flux, time = false, error = false, segment = false, scatter = false, count = false,
   })
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

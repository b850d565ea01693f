--- Methods of a light curve in time: times at the Sun, the period, zero points and trends.

local class = require "totality.curve.class"
local core = require "totality.core"
local options = require "totality.options"

---@class totality.LightCurve
local LightCurve = class.LightCurve

local about, chosen, derive, refuse = class.about, class.chosen, class.derive, class.refuse

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

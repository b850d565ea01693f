--- Light curves in bins of phase and as images, and the whole way there in one step.

local class = require "totality.curve.class"
local core = require "totality.core"
local drawing = require "totality.drawing"
local image = require "totality.image"
local options = require "totality.options"

---@class totality.LightCurve
local LightCurve = class.LightCurve

local about, derive, need_phase, refuse = class.about, class.derive, class.need_phase, class.refuse

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

--- The way of an observed curve to the network, step by step.

local plot = require "totality.plot"
local totality = require "totality"

local PERIOD = 0.3336

local function observe(seed)
   return totality.contact({ mass_ratio = 0.3, fillout = 0.3, inclination = 86, t1 = 6000, t2 = 6100 }):observe(
      totality.surveys.asas3, { period = PERIOD, seed = seed })
end

-- The columns of a curve as lists; the phases begin at -0.25.
local function points_of(curve, name)
   local x, y = {}, {}
   for k = 1, #curve do
      x[k] = name == "time" and curve.time[k] - curve.time[1] or (curve.phase[k] + 0.25) % 1 - 0.25
      y[k] = curve.flux[k]
   end
   return { x = x, y = y }
end

local function calculate(run)
   local curve = observe(run.seed)
   local given = curve:fold { period = curve.period, epoch = curve.epoch + 0.13 }
   local reduced, message = curve:reduce()
   if not reduced then return nil, message end
   local cleaned = reduced:remove_outliers()
   local shifted = cleaned:centre_minima():normalise()
   local bins = shifted:bin { bins = 100 }
   return { observed = points_of(curve, "time"), folded = points_of(given), reduced = points_of(reduced),
      shifted = points_of(shifted), binned = points_of(bins), outliers = #reduced - #cleaned, points = #curve }
end

local STEPS = {
   { "observed", "as observed", "days", "flux" },
   { "folded", "folded with the catalogue's period and epoch", "phase", "flux" },
   { "reduced", "period refined, zero points of the years removed", "phase", "flux" },
   { "shifted", "outliers removed, deeper minimum at 0, normalised", "phase", "normalised flux" },
   { "binned", "binned to the columns of the image", "phase", "normalised flux" },
}

return {
   title = "The way of an observed curve to the network",
   shows = [[
A contact binary with total eclipses (mass ratio 0.3, fillout 0.3, inclination 86 degrees) as ASAS-3 might see it,
and what `curve:prepare` does with it. The same C code does this for curves of surveys and for those that networks
are trained on.]],
   scales = { tiny = { star = 17 }, quick = { star = 17 }, full = { star = 17 } },
   runs = function(settings)
      return { { name = "steps", kind = "calculate", calculate = calculate, seed = settings.star } }
   end,
   report = function(page, results, settings)
      local steps, charts = results.steps, {}
      for k, step in ipairs(STEPS) do
         local points = steps[step[1]]
         charts[k] = plot.line_chart { title = step[2], x_label = step[3], y_label = step[4], width = 460,
            height = 260, lines = { { x = points.x, y = points.y, marks = "only" } } }
      end
      page:figure("steps", plot.page(charts), "an observed curve after each step")
      page:text(("%d points were observed, %d were left out as outliers. The image that the network sees:"):format(
         steps.points, steps.outliers))
      page:image("image", (assert(observe(settings.star):prepare())), "the image, 100 x 100 pixels")
   end,
}

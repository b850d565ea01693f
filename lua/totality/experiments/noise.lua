--- The same two binaries at three levels of noise: as points, and as the images that networks see.

local plot = require "totality.plot"
local totality = require "totality"

local CASES = { { name = "total", inclination = 86 }, { name = "partial", inclination = 74 } }
local NOISES = { 0, 0.02, 0.05 }
local SIZES = { { 100, 100 }, { 250, 250 }, { 350, 175 } }

local function observe(case, noise, points)
   local system = totality.contact { mass_ratio = 0.3, fillout = 0.3, inclination = case.inclination, t1 = 6000,
      t2 = 6100 }
   return system:light_curve():observe { points = points, noise = noise, phases = "regular", rng = totality.rng(1) }
end

local function calculate(run)
   local result = {}
   for _, case in ipairs(CASES) do
      for _, noise in ipairs(NOISES) do
         local curve, phase, flux = observe(case, noise, run.points), {}, {}
         for k = 1, #curve do phase[k], flux[k] = (curve.phase[k] + 0.25) % 1 - 0.25, curve.flux[k] end
         result[#result + 1] = { phase = phase, flux = flux }
      end
   end
   return result
end

return {
   title = "Noise in curves and images",
   shows = [[
A total and a partial eclipse (mass ratio 0.3, fillout 0.3, inclination 86 and 74 degrees) without noise, as from
space, with noise 0.02 of the maximum flux, as with a telescope of a metre, and with 0.05, as in surveys with small
lenses.]],
   scales = { tiny = { points = 20 }, quick = { points = 250 }, full = { points = 250 } },
   runs = function(settings)
      return { { name = "curves", kind = "calculate", calculate = calculate, points = settings.points } }
   end,
   report = function(page, results)
      local charts = {}
      for j, case in ipairs(CASES) do
         for k, noise in ipairs(NOISES) do
            local curve = results.curves[(j - 1) * #NOISES + k]
            charts[(k - 1) * #CASES + j] = plot.line_chart { x_label = "phase", y_label = "flux", width = 420,
               height = 240, y_range = { 0.35, 1.15 }, title = ("%s, noise %.2f"):format(case.name, noise),
               lines = { { x = curve.phase, y = curve.flux, marks = "only" } } }
         end
      end
      page:figure("curves", plot.page(charts), "curves by eclipse and noise")
      page:text "## What the networks see"
      page:text "Noise 0.02, as many points as columns: 100x100, 250x250 and 350x175 pixels; total, then partial."
      for _, case in ipairs(CASES) do
         for _, size in ipairs(SIZES) do
            local image = assert(observe(case, 0.02, size[1]):prepare { width = size[1], height = size[2] })
            page:image(("%s_%dx%d"):format(case.name, size[1], size[2]), image,
               ("%s, %d x %d"):format(case.name, size[1], size[2]))
         end
      end
   end,
}

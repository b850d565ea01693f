--- From which inclination on eclipses are total, and how long totality lasts, by mass ratio and fillout.

local plot = require "totality.plot"
local totality = require "totality"

local FILLOUTS = { 0.1, 0.5, 0.9 }

local function found(mass_ratio, fillout, inclination, resolution)
   return totality.contact({ mass_ratio = mass_ratio, fillout = fillout, inclination = inclination, t1 = 6000,
      t2 = 6000, resolution = resolution }):totality()
end

-- The inclination where total eclipses begin, by bisection to 0.02 degrees; NaN when there are none at 90.
local function limit_of(mass_ratio, fillout, resolution)
   if not found(mass_ratio, fillout, 90, resolution).total then return 0 / 0 end
   local low, high = 40, 90
   while high - low > 0.02 do
      local middle = (low + high) / 2
      if found(mass_ratio, fillout, middle, resolution).total then high = middle else low = middle end
   end
   return high
end

local function calculate(run)
   local result = {}
   for j, fillout in ipairs(FILLOUTS) do
      local line = { mass_ratio = {}, limit = {}, duration = {} }
      for k = 1, run.points do
         local q = 0.06 + 0.94 * (k - 1) / (run.points - 1)
         line.mass_ratio[k], line.limit[k] = q, limit_of(q, fillout, run.resolution)
         line.duration[k] = found(q, fillout, 90, run.resolution).duration
      end
      result[j] = line
   end
   return result
end

return {
   title = "Inclination and duration of totality",
   shows = [[
Total eclipses need an inclination above a limit that depends on the mass ratio, and hardly on the fillout. The
smaller the mass ratio the lower it lies, and the longer the smaller star stays behind the other: 26 of 100 contact
binaries with orbits at random above 40 degrees have total eclipses.]],
   scales = { tiny = { points = 3, resolution = 8 }, quick = { points = 48, resolution = 16 },
      full = { points = 95, resolution = 32 } },
   runs = function(settings)
      return { { name = "limits", kind = "calculate", calculate = calculate, points = settings.points,
         resolution = settings.resolution } }
   end,
   report = function(page, results)
      local limits, durations, rows = {}, {}, {}
      for j, fillout in ipairs(FILLOUTS) do
         local line, label = results.limits[j], ("fillout %g"):format(fillout)
         limits[j] = { x = line.mass_ratio, y = line.limit, label = label }
         durations[j] = { x = line.mass_ratio, y = line.duration, label = label }
      end
      page:figure("limits", plot.page { plot.line_chart { lines = limits, x_range = { 0, 1 }, y_range = { 60, 90 },
         x_label = "mass ratio M2/M1", y_label = "least inclination, degrees", title = "total from here on" },
         plot.line_chart { lines = durations, x_range = { 0, 1 }, x_label = "mass ratio M2/M1",
            y_label = "duration, cycles", title = "duration of totality at 90 degrees" } },
         "least inclination of total eclipses, and their duration, by mass ratio")
      for k, q in ipairs(results.limits[1].mass_ratio) do
         local row = { q }
         for j, line in ipairs(results.limits) do row[j + 1], row[j + 4] = line.limit[k], line.duration[k] end
         rows[k] = row
      end
      page:table("limits", { "mass ratio", "limit, fillout 0.1", "fillout 0.5", "fillout 0.9",
         "duration, fillout 0.1", "fillout 0.5", "fillout 0.9" }, rows)
   end,
}

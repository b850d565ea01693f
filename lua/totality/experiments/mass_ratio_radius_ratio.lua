--- Mass ratio against radius ratio of stars in contact.

local plot = require "totality.plot"
local totality = require "totality"

local FILLOUTS = { 0, 0.5, 1 }

local function calculate(run)
   local result = { mass_ratio = {}, radius_ratio = {} }
   for j in ipairs(FILLOUTS) do result.radius_ratio[j] = {} end
   for k = 1, run.points do
      local q = 0.02 + 0.98 * (k - 1) / (run.points - 1)
      result.mass_ratio[k] = q
      for j, fillout in ipairs(FILLOUTS) do
         result.radius_ratio[j][k] = totality.radius_ratio { mass_ratio = q, fillout = fillout }
      end
   end
   return result
end

return {
   title = "Mass ratio and radius ratio in contact",
   shows = [[
Both stars of a contact binary fill the same equipotential surface, so that the ratio of their radii (of spheres of
the same volume) follows from the mass ratio but for the fillout, which matters little. A total eclipse gives the
radius ratio, and so the mass ratio without a spectrum.]],
   scales = { tiny = { points = 5 }, quick = { points = 99 }, full = { points = 99 } },
   runs = function(settings)
      return { { name = "radius ratios", kind = "calculate", calculate = calculate, points = settings.points } }
   end,
   report = function(page, results)
      local result = results["radius ratios"]
      local lines, rows = {}, {}
      for j, fillout in ipairs(FILLOUTS) do
         lines[j] = { x = result.mass_ratio, y = result.radius_ratio[j], label = ("fillout %g"):format(fillout) }
      end
      page:figure("radius_ratio", plot.line_chart { lines = lines, x_range = { 0, 1 }, y_range = { 0, 1 },
         x_label = "mass ratio M2/M1", y_label = "radius ratio R2/R1", width = 520, height = 480 },
         "radius ratio by mass ratio, for three fillouts")
      local step = math.max(1, #result.mass_ratio // 10)
      for k = 1, #result.mass_ratio, step do
         rows[#rows + 1] = { result.mass_ratio[k], result.radius_ratio[1][k], result.radius_ratio[2][k],
            result.radius_ratio[3][k] }
      end
      page:table("radius_ratio", { "mass ratio", "fillout 0", "fillout 0.5", "fillout 1" }, rows)
   end,
}

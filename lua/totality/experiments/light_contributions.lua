--- What each star contributes to the light, in a total and in a partial eclipse: the label of the training set.

local plot = require "totality.plot"
local totality = require "totality"

local CASES = {
   { name = "total", inclination = 86 }, { name = "partial", inclination = 74 },
}

local function calculate(run)
   local result = {}
   for _, case in ipairs(CASES) do
      local system = totality.contact { mass_ratio = 0.3, fillout = 0.3, inclination = case.inclination, t1 = 6000,
         t2 = 6100 }
      local curves = { phase = {}, star_1 = {}, star_2 = {}, both = {}, light_left = system:totality().light_left }
      for k = 1, run.phases do
         local phase = -0.25 + (k - 1) / (run.phases - 1)
         local star_1, star_2 = system:light_contributions(phase)
         curves.phase[k], curves.star_1[k], curves.star_2[k] = phase, star_1, star_2
         curves.both[k] = star_1 + star_2
      end
      result[case.name] = curves
   end
   return result
end

return {
   title = "Light of each star in a total and a partial eclipse",
   shows = [[
A contact binary of mass ratio 0.3 and fillout 0.3, seen at 86 and at 74 degrees. An eclipse is called total when
less than 0.0001 of the light of both stars comes from the one behind: then the minimum has a flat bottom. This, not
the look of the curve, is the label that networks are trained with.]],
   scales = { tiny = { phases = 21 }, quick = { phases = 401 }, full = { phases = 401 } },
   runs = function(settings)
      return { { name = "contributions", kind = "calculate", calculate = calculate, phases = settings.phases } }
   end,
   report = function(page, results)
      local result, charts, rows = results.contributions, {}, {}
      for k, case in ipairs(CASES) do
         local curves, lines = result[case.name], {}
         for j, line in ipairs { { "both", "both stars" }, { "star_1", "star 1" }, { "star_2", "star 2" } } do
            lines[j] = { x = curves.phase, y = curves[line[1]], label = line[2] }
         end
         charts[k] = plot.line_chart { lines = lines, y_range = { 0, 1.1 }, x_label = "phase", y_label = "flux",
            title = ("%s, inclination %d degrees"):format(case.name, case.inclination) }
         rows[k] = { case.name, case.inclination, ("%.5f"):format(curves.light_left) }
      end
      page:figure("light_contributions", plot.page(charts), "light of each star by phase")
      page:table("light_left", { "eclipse", "inclination", "light left of the eclipsed star" }, rows)
   end,
}

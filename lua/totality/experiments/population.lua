--- The parameters of the systems that networks are trained on, and which of them have total eclipses.

local plot = require "totality.plot"
local totality = require "totality"

local PARAMETERS = {
   { name = "mass_ratio", label = "mass ratio", low = 0, high = 1, format = "%.1f" },
   { name = "fillout", label = "fillout", low = 0, high = 1, format = "%.1f" },
   { name = "inclination", label = "inclination, degrees", low = 40, high = 90, format = "%.0f" },
   { name = "t1", label = "temperature of star 1, K", low = 3500, high = 9500, format = "%.0f" },
   { name = "temperature_ratio", label = "T2/T1", low = 0.75, high = 1.25, format = "%.2f" },
   { name = "spot_radius", label = "radius of the spot, degrees", low = 5, high = 35, format = "%.0f" },
}
local BINS = 10

local function calculate(run)
   local population, rng = totality.population.survey {}, totality.rng(run.seed)
   local counts, totals = {}, 0
   for _, parameter in ipairs(PARAMETERS) do
      counts[parameter.name] = { total = {}, partial = {} }
      for k = 1, BINS do counts[parameter.name].total[k], counts[parameter.name].partial[k] = 0, 0 end
   end
   for _ = 1, run.systems do
      local drawn = population:draw(rng)
      local total = totality.contact(drawn):totality().total
      totals = totals + (total and 1 or 0)
      drawn.temperature_ratio = drawn.t2 / drawn.t1
      drawn.spot_radius = drawn.spots and drawn.spots[1].radius
      for _, parameter in ipairs(PARAMETERS) do
         local value = drawn[parameter.name]
         if value then
            local bin = math.floor((value - parameter.low) / (parameter.high - parameter.low) * BINS) + 1
            local list = counts[parameter.name][total and "total" or "partial"]
            bin = math.min(math.max(bin, 1), BINS)
            list[bin] = list[bin] + 1
         end
      end
   end
   return { counts = counts, total_share = totals / run.systems }
end

return {
   title = "The systems of the training sets",
   shows = [[
Parameters of `totality.population.survey`, which follow the distributions of published solutions of contact
binaries with their correlations, and orbits at random above 40 degrees. Bars: systems in each bin, with total and
with partial eclipses; what lies outside is in the last bin of its side. Half of the systems have a spot.]],
   scales = { tiny = { systems = 20 }, quick = { systems = 4000 }, full = { systems = 40000 } },
   runs = function(settings)
      return { { name = "systems", kind = "calculate", calculate = calculate, systems = settings.systems, seed = 1 } }
   end,
   report = function(page, results, settings)
      local charts, rows = {}, {}
      for k, parameter in ipairs(PARAMETERS) do
         local counts, groups = results.systems.counts[parameter.name], {}
         for bin = 1, BINS do
            local low = parameter.low + (bin - 1) * (parameter.high - parameter.low) / BINS
            groups[bin] = parameter.format:format(low)
            rows[#rows + 1] = { parameter.label, groups[bin], counts.total[bin], counts.partial[bin] }
         end
         charts[k] = plot.bar_chart { groups = groups, x_label = parameter.label .. " (lower end of the bin)",
            y_label = "systems", width = 460, height = 260,
            bars = { { label = "total", values = counts.total }, { label = "partial", values = counts.partial } } }
      end
      page:text(("Of %d systems %.1f %% have total eclipses."):format(settings.systems,
         100 * results.systems.total_share))
      page:figure("parameters", plot.page(charts), "histograms of the parameters by kind of eclipse")
      page:table("parameters", { "parameter", "from", "total", "partial" }, rows)
   end,
}

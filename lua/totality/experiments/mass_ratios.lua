--- How well the light curve alone gives the mass ratio, for total and for partial eclipses.

local files = require "totality.files"
local kinds = require "totality.experiment.kinds"
local plot = require "totality.plot"
local totality = require "totality"

local TOTAL_LIGHT = require("totality.bank").TOTAL_LIGHT

local function calculate(run, context)
   local made, message = files.make_directory(context.directory .. "/data")
   if not made then return nil, message end
   local bank
   bank, message = totality.bank { size = run.bank, seed = 1, threads = context.threads, verbose = context.verbose,
      population = totality.population.survey { spots = run.data.spots },
      path = ("%s/data/bank-%d.safetensors"):format(context.directory, run.bank) }
   if not bank then return nil, message end
   local judge = totality.posterior { bank = bank, threads = context.threads, third_light = run.third_light,
      model_error = run.model_error }
   local examples, light_left = kinds.synthetic(run.data, context.threads):curves(1, run.data.size)
   local result = { total = {}, truth = {}, median = {}, low = {}, high = {}, effective_size = {} }
   for k, found in ipairs(judge:weigh(examples)) do
      result.total[k] = light_left[k] < TOTAL_LIGHT
      result.truth[k], result.effective_size[k] = examples[k].parameters.mass_ratio, found.effective_size
      result.median[k], result.low[k], result.high[k] = found.mass_ratio[1], found.mass_ratio[2], found.mass_ratio[3]
   end
   return result
end

local function quantile(values, part)
   table.sort(values)
   return #values > 0 and values[math.max(1, math.ceil(part * #values))] or 0 / 0
end

return {
   title = "Photometric mass ratios of total and partial eclipses",
   shows = [[
Simulated contact binaries, 100 points with noise 0.01, half of them with a spot: the mass ratio that the light
curve alone gives (median of the posterior over a bank of model curves) against the true one. Surveys of real stars
compare photometric mass ratios with those of radial velocities in the same way. What limits a total eclipse here is
the noise and, where few curves of the bank fit, the bank.]],
   scales = { tiny = { bank = 300, curves = 12 }, quick = { bank = 10000, curves = 400 },
      full = { bank = 400000, curves = 2000 } },
   runs = function(settings)
      return { { name = "mass ratios", kind = "calculate", calculate = calculate, bank = settings.bank,
         third_light = 0, model_error = 0, -- as the curves are made
         data = { size = settings.curves, seed = 977, spots = 0.5, observations = { { noise = 0.01 } } } } }
   end,
   report = function(page, results)
      local result, charts, rows = results["mass ratios"], {}, {}
      for k, case in ipairs { { true, "total" }, { false, "partial" } } do
         local x, y, errors, widths, sizes = {}, {}, {}, {}, {}
         for j, truth in ipairs(result.truth) do
            if result.total[j] == case[1] then
               x[#x + 1], y[#y + 1] = truth, result.median[j]
               errors[#errors + 1] = math.abs(result.median[j] / truth - 1)
               widths[#widths + 1] = (result.high[j] - result.low[j]) / 2 / result.median[j]
               sizes[#sizes + 1] = result.effective_size[j]
            end
         end
         charts[k] = plot.line_chart { x_range = { 0, 1 }, y_range = { 0, 1 }, x_label = "true mass ratio",
            y_label = "from the light curve", title = case[2], width = 420, height = 400,
            lines = { { x = x, y = y, marks = "only" }, { x = { 0, 1 }, y = { 0, 1 }, dashed = true } } }
         rows[k] = { case[2], #x, quantile(errors, 0.5), quantile(errors, 0.68), quantile(errors, 0.9),
            quantile(widths, 0.5), quantile(sizes, 0.5) }
      end
      page:figure("mass_ratios", plot.page(charts), "mass ratio from the light curve against the true one")
      page:table("mass_ratios", { "eclipse", "curves", "relative error, 50 %", "68 %", "90 %",
         "sigma that the posterior gives", "effective curves, median" }, rows)
   end,
}

-- Mass ratio against radius ratio: in contact one follows from the other but for the fillout, which matters little.
-- A total eclipse gives the radius ratio, and so the mass ratio without a spectrum.
--
--    build/lua examples/radius_ratio.lua [DIRECTORY]
--
-- writes DIRECTORY/radius_ratio.png and radius_ratio.csv (default: demo).

local totality = require "totality"
local plot = dofile((arg[0]:match "^(.*/)" or "") .. "plot.lua")

local directory = arg[1] or "demo"
assert(os.execute(("mkdir -p '%s'"):format(directory)))

local FILLOUTS = { 0, 0.5, 1 }
local mass_ratios, curves = {}, { {}, {}, {} }
local output = assert(io.open(directory .. "/radius_ratio.csv", "w"))
output:write("mass_ratio,fillout_0,fillout_0.5,fillout_1\n")
for k = 1, 99 do
   local q = 0.02 + 0.01 * (k - 1)
   mass_ratios[k] = q
   output:write(("%.2f"):format(q))
   for n, fillout in ipairs(FILLOUTS) do
      curves[n][k] = totality.radius_ratio { mass_ratio = q, fillout = fillout }
      output:write((",%.6f"):format(curves[n][k]))
   end
   output:write("\n")
end
output:close()

local page = plot.page(600, 600)
local axes = page:axes {
   left = 80, right = 580, top = 20, bottom = 550,
   x = { from = 0, to = 1, step = 0.2, label = "mass ratio M2/M1" },
   y = { from = 0, to = 1, step = 0.2, label = "radius ratio R2/R1" },
}
for n, curve in ipairs(curves) do axes:line(mass_ratios, curve, 3 - 0.8 * (n - 1), 1.15 - 0.3 * n) end
axes:text(0.5, 0.35, "thick, black: fillout 0")
axes:text(0.5, 0.29, "middle: fillout 0.5")
axes:text(0.5, 0.23, "thin, grey: fillout 1")
print(("M2/M1 = 0.3: R2/R1 = %.4f at fillout 0, %.4f at 1"):format(
   totality.radius_ratio { mass_ratio = 0.3, fillout = 0 }, totality.radius_ratio { mass_ratio = 0.3, fillout = 1 }))
page:save(directory .. "/radius_ratio.png")

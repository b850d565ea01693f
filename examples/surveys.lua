-- One star as nine surveys would deliver it: the folded curve as observed, and beside it the image that a network is
-- shown after period refinement, zero points and outliers.
--
--    build/lua examples/surveys.lua [DIRECTORY]
--
-- writes DIRECTORY/surveys.png (default: demo).

local totality = require "totality"
local plot = dofile((arg[0]:match "^(.*/)" or "") .. "plot.lua")

local directory = arg[1] or "demo"
assert(os.execute(("mkdir -p '%s'"):format(directory)))

local NAMES = { "talk", "kepler", "tess", "ogle", "ztf", "asas_sn", "crts", "linear", "asas3" }
local COLUMNS, WIDTH, HEIGHT, PANEL, IMAGE = 3, 380, 250, 160, 100

local system = { mass_ratio = 0.3, fillout = 0.3, inclination = 86, t1 = 6000, t2 = 6100,
   spots = { { star = 1, longitude = 120, radius = 20, temperature_factor = 0.9 } } }
local star = totality.contact(system)
system.spots[1].longitude = 220
local later = { totality.contact(system) }

local page = plot.page(COLUMNS * WIDTH, math.ceil(#NAMES / COLUMNS) * HEIGHT)
for k, name in ipairs(NAMES) do
   local left, top = (k - 1) % COLUMNS * WIDTH, (k - 1) // COLUMNS * HEIGHT
   local survey = totality.surveys[name]
   local curve = star:observe(survey, { period = 0.3336, seed = 17, later = later, limit = 3000 })
   local image, summary = curve:prepare { width = IMAGE, height = IMAGE }
   local axes = page:axes { left = left + 40, right = left + 250, top = top + 40, bottom = top + 40 + PANEL,
      x = { from = -0.25, to = 0.75, step = 0.25, label = "phase" },
      y = { from = 0.4, to = 1.1, step = 0.1, label = "" } }
   local folded = curve:fold { epoch = summary.epoch }
   for j = 1, #folded do
      local phase, flux = (folded.phase[j] + 0.25) % 1 - 0.25, folded.flux[j]
      if flux > 0.4 and flux < 1.1 then
         local x, y = axes:place(phase, flux)
         page:stroke(x, y, x, y, #folded > 1000 and 1 or 1.5, #folded > 1000 and 0.4 or 0.8)
      end
   end
   page:paste(image, left + 262, top + 40)
   local title = ("%s: %d points, noise %.3f"):format((name:gsub("_", "-")), #curve, summary.noise)
   page:text(left + 40, top + 26, title)
end
page:save(directory .. "/surveys.png")

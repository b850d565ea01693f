-- Three close binaries, one of each kind: the light curve of the model and what it looks like in the eclipses
-- and between them.
--
--    build/lua examples/binaries.lua [DIRECTORY]
--
-- writes DIRECTORY/mr_del.png, hs_aqr.png and v2612_oph.png (default: demo).
--
-- V2612 Oph has the parameters of Caliskan et al. (2014, AJ 148, 126) as compiled by Latkovic, Ceki &
-- Lazarevic (2021, ApJS 254, 10). Of MR Del (Djurasevic et al. 2011, A&A 525, A66) and HS Aqr (Djurasevic et al.
-- 2013, AJ 145, 80) the configuration and the need for spots are taken from these papers, but the numbers are
-- approximate and were not checked against them: they show what such a binary looks like and no more. All three
-- solutions have spots; their places are not known here. Those below are made up, and V2612 Oph, which also has
-- third light, is drawn without.

local totality = require "totality"
local plot = dofile((arg[0]:match "^(.*/)" or "") .. "plot.lua")

local directory = arg[1] or "demo"
assert(os.execute(("mkdir -p '%s'"):format(directory)))

local binaries = {
   {
      name = "MR Del", file = "mr_del", about = "detached", uncertain = "all numbers approximate, spots made up",
      system = totality.detached {
         mass_ratio = 0.915, inclination = 79.5, t1 = 4900, t2 = 4400, radius_1 = 0.25, radius_2 = 0.24,
         spots = { { star = 1, colatitude = 60, longitude = 100, radius = 22, temperature_factor = 0.88 },
            { star = 1, colatitude = 40, longitude = 220, radius = 18, temperature_factor = 0.88 } },
      },
   },
   {
      name = "HS Aqr", file = "hs_aqr", about = "semi-detached",
      uncertain = "all numbers approximate, radius of star 1 guessed from the masses, spot made up",
      system = totality.semi_detached {
         mass_ratio = 0.626, inclination = 78.5, t1 = 6350, t2 = 4600, radius = 0.35, reflection = true,
         spots = { { star = 2, colatitude = 70, longitude = 75, radius = 20, temperature_factor = 0.85 } },
      },
   },
   {
      name = "V2612 Oph", file = "v2612_oph", about = "contact", uncertain = "spots and third light left out",
      system = totality.contact { mass_ratio = 0.286, fillout = 0.221, inclination = 66.66, t1 = 6250, t2 = 6280 },
   },
}

local phases = {}
for k = 1, 201 do phases[k] = -0.5 + (k - 1) / 200 end

local WIDTH, HEIGHT, PICTURE = 720, 620, 220

for _, binary in ipairs(binaries) do
   local flux = binary.system:light_curve { phases = phases }.flux
   local low = flux:min_max()
   local page = plot.page(WIDTH, HEIGHT)
   local axes = page:axes {
      left = 80, right = WIDTH - 20, top = 20, bottom = 370,
      x = { from = -0.5, to = 0.5, step = 0.25, label = "phase" },
      y = { from = math.floor(low * 10) / 10, to = 1.1, step = 0.1, label = "flux" },
   }
   axes:line(phases, flux)
   axes:text(0, 1.05, ("%s (%s)"):format(binary.name, binary.about), 0.5)
   for k, phase in ipairs { 0, 0.2, 0.5 } do
      local x = 20 + (k - 1) * (PICTURE + 10)
      page:paste(binary.system:picture { phase = phase, width = PICTURE, height = 165 }, x, 420)
      page:text(x + PICTURE / 2, 605, ("phase %.1f"):format(phase), 0.5)
   end
   print(("%s: %s\n   uncertain: %s"):format(binary.name, binary.system, binary.uncertain))
   page:save(("%s/%s.png"):format(directory, binary.file))
end

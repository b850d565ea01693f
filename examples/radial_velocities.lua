-- The mass ratio from spectroscopy: radial velocities of RW Com, and those of the centres of mass (thin).
--
--    build/lua examples/radial_velocities.lua [DIRECTORY]
--
-- writes DIRECTORY/rw_com_velocities.png (default: demo).
--
-- Mass ratio, inclination, fillout, temperatures, period and separation: Deb & Singh (2011), as compiled by
-- Latkovic, Ceki & Lazarevic (2021, ApJS 254, 10). The measured velocities are in Pribulla et al. (2009, AJ 137,
-- 3646). The systemic velocity, -54 km/s, was not checked against them: it only moves the whole figure.

local totality = require "totality"
local plot = dofile((arg[0]:match "^(.*/)" or "") .. "plot.lua")

local directory = arg[1] or "demo"
assert(os.execute(("mkdir -p '%s'"):format(directory)))

local SYSTEMIC = -54 -- km/s, uncertain
local system = totality.contact { mass_ratio = 0.471, fillout = 0.176, inclination = 72.43, t1 = 4517, t2 = 4830 }
local phases, first, second = {}, {}, {}
for k = 1, 301 do phases[k] = -0.25 + (k - 1) / 200 end
local found = system:radial_velocities {
   phases = phases, period = 0.237346, semi_major_axis = 1.723, systemic_velocity = SYSTEMIC,
}
for k, phase in ipairs(phases) do
   first[k] = SYSTEMIC - found.k1 * math.sin(2 * math.pi * phase)
   second[k] = SYSTEMIC + found.k2 * math.sin(2 * math.pi * phase)
end

local page = plot.page(720, 480)
local axes = page:axes {
   left = 90, right = 700, top = 20, bottom = 430,
   x = { from = -0.25, to = 1.25, step = 0.25, label = "phase" },
   y = { from = -350, to = 250, step = 100, label = "radial velocity (km/s)" },
}
axes:line({ -0.25, 1.25 }, { SYSTEMIC, SYSTEMIC }, 1, 0.4)
axes:line(phases, first, 1, 0.4)
axes:line(phases, second, 1, 0.4)
axes:line(phases, found.velocity_1, 2.2)
axes:line(phases, found.velocity_2, 2.2)
axes:text(0.5, 205, "RW Com", 0.5)
axes:text(0.25, -195, "star 1", 0.5)
axes:text(0.25, 130, "star 2", 0.5)
print(system)
print(("RW Com: K1 = %.1f km/s, K2 = %.1f km/s, M2/M1 = K1/K2 = %.3f\n   uncertain: the systemic velocity, %g km/s")
   :format(found.k1, found.k2, found.k1 / found.k2, SYSTEMIC))
page:save(directory .. "/rw_com_velocities.png")

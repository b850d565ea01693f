-- Makes the curves in examples/curves: what a telescope might have recorded of twelve well-studied contact
-- binaries, simulated from their published parameters (q, inclination, fillout, temperatures, period as
-- compiled by Latkovic, Ceki & Lazarevic 2021, ApJS 254, 10). No real measurement is in them.
--
--    build/lua examples/make_curves.lua [DIRECTORY]

local totality = require "totality"

local DIRECTORY = (arg[1] or "examples/curves") .. "/"

-- name, period (d), q, inclination, fillout, t1, t2, magnitude at maximum, noise (mag), points, literature
local stars = {
   { "AW UMa", 0.43872, 0.076, 81.1, 0.487, 7410, 7369, 6.83, 0.008, 250, "total" },
   { "FG Hya", 0.32783, 0.104, 82.6, 0.698, 6200, 6519, 9.90, 0.015, 400, "total" },
   { "W UMa", 0.33364, 0.49, 86, 0.100, 5746, 5984, 7.75, 0.010, 300, "total" },
   { "AB And", 0.33189, 0.56, 83.16, 0.252, 5020, 5450, 9.49, 0.020, 200, "partial" },
   { "SW Lac", 0.32072, 0.787, 79.8, 0.355, 5515, 5800, 8.51, 0.020, 300, "partial" },
   { "AH Vir", 0.40752, 0.303, 85.2, 0.230, 5300, 5671, 9.18, 0.020, 350, "total" },
   { "AK Her", 0.42152, 0.277, 81.7, 0.332, 6500, 6180, 8.29, 0.015, 250, "total" },
   { "U Peg", 0.37478, 0.331, 76.1, 0.149, 5600, 5800, 9.23, 0.020, 300, "partial" },
   { "RW Com", 0.23735, 0.471, 72.43, 0.176, 4517, 4830, 11.00, 0.030, 400, "partial" },
   { "V2612 Oph", 0.37531, 0.286, 66.66, 0.221, 6250, 6280, 9.30, 0.020, 120, "partial" },
   { "V1128 Tau", 0.30537, 0.534, 86, 0.134, 6200, 6400, 9.80, 0.025, 500, "total" },
   { "XY Leo", 0.28410, 0.729, 68.63, 0.209, 4742, 5150, 9.45, 0.030, 300, "partial" },
}

local catalogue = { "# Simulated from published parameters by examples/make_curves.lua; no measurements.",
   "id,file,period,epoch,eclipse_in_literature" }

for number, star in ipairs(stars) do
   local name, period, q, inclination, fillout, t1, t2, brightest, noise, points, literature = table.unpack(star)
   local rng = totality.rng(1972, number)
   local system = totality.contact { mass_ratio = q, inclination = inclination, fillout = fillout, t1 = t1, t2 = t2 }
   local epoch = 2459000 + rng:uniform(0, 1)
   local times, phases = {}, {}
   for k = 1, points do times[k] = 2459000 + rng:integer(0, 60) + rng:uniform(0.25, 0.60) end
   table.sort(times)
   for k = 1, points do phases[k] = (times[k] - epoch) / period % 1 end
   local flux = system:light_curve { phases = phases }.flux
   local file = name:gsub(" ", "_") .. (number % 2 == 0 and ".csv" or ".dat")
   local separator, lines = " ", { "# HJD  V  error", "# simulated, see examples/make_curves.lua" }
   if number % 2 == 0 then separator, lines = ",", { "hjd,mag,mag_err" } end
   for k = 1, points do
      local magnitude = brightest - 2.5 * math.log(flux[k], 10) + rng:normal(0, noise)
      lines[#lines + 1] = ("%.5f%s%.4f%s%.3f"):format(times[k], separator, magnitude, separator, noise)
   end
   local output = assert(io.open(DIRECTORY .. file, "w"))
   output:write(table.concat(lines, "\n"), "\n")
   output:close()
   catalogue[#catalogue + 1] = ("%s,%s,%s,%.4f,%s"):format(name, file, period, epoch, literature)
end

local output = assert(io.open(DIRECTORY .. "catalogue.csv", "w"))
output:write(table.concat(catalogue, "\n"), "\n")
output:close()
print(("wrote %d curves and catalogue.csv to %s"):format(#stars, DIRECTORY))

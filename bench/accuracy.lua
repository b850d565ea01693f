-- Largest deviations from the reference curves in tests/golden, and from the model's own curves on a fine
-- mesh, for some resolutions. From the top of the checkout: lua bench/accuracy.lua [RESOLUTION...]
local totality = require "totality"

local FINE = 64

local function read_csv(path)
   local rows, header = {}, nil
   for line in io.lines(path) do
      local fields = {}
      for field in (line .. ","):gmatch("([^,]*),") do fields[#fields + 1] = field end
      if not header then
         header = fields
      else
         local row = {}
         for k, name in ipairs(header) do row[name] = tonumber(fields[k]) or fields[k] end
         rows[#rows + 1] = row
      end
   end
   return rows
end

local function curve_of(row, resolution)
   local limb = { law = row.limb_law, x = row.limb_x, y = row.limb_y }
   local parameters = {
      mass_ratio = row.mass_ratio, inclination = row.inclination, t1 = row.t1, t2 = row.t2,
      gravity_darkening_1 = row.gravity_darkening_1, gravity_darkening_2 = row.gravity_darkening_2,
      limb_darkening_1 = limb, limb_darkening_2 = limb, wavelength = 550, resolution = resolution,
   }
   if row.configuration == "contact" then
      parameters.fillout = row.fillout
   elseif row.configuration == "semi_detached" then
      parameters.potential = row.potential_1
   else
      parameters.potential_1, parameters.potential_2 = row.potential_1, row.potential_2
   end
   if row.spot_star ~= "" then
      parameters.spots = { {
         star = row.spot_star, colatitude = row.spot_colatitude, longitude = row.spot_longitude,
         radius = row.spot_radius, temperature_factor = row.spot_temperature_factor,
      } }
   end
   return totality[row.configuration](parameters):light_curve { phases = 101 }.flux
end

local function largest_difference(flux, other)
   local worst = 0
   for k = 1, 101 do worst = math.max(worst, math.abs(flux[k] / flux[76] - other[k] / other[76])) end
   return worst
end

local systems, reference, fine = {}, {}, {}
local golden = read_csv "tests/golden/binary_curves.csv"
for _, row in ipairs(read_csv "tests/golden/binary_systems.csv") do
   if row.reflection == "none" then
      systems[#systems + 1] = row
      reference[row] = {}
      for k = 1, 101 do reference[row][k] = golden[k][row.id] end
      fine[row] = curve_of(row, FINE)
   end
end

-- The largest over the systems that `choose` chooses: deviation, and the system's name.
local function worst(deviation, choose)
   local most, where = 0, "-"
   for _, row in ipairs(systems) do
      if choose(row) and deviation[row] > most then most, where = deviation[row], row.id end
   end
   return ("%.2e %-5s"):format(most, where)
end

local KINDS = {
   function(row) return row.configuration == "contact" and row.spot_star == "" end,
   function(row) return row.configuration == "contact" and row.spot_star ~= "" end,
   -- the reference of s002 is off by 6e-4 itself
   function(row) return row.configuration ~= "contact" and row.id ~= "s002" end,
}

print("               off the reference curves                     off the own curves at resolution " .. FINE)
print("resolution     contact        spotted        separate       contact        spotted        separate")
local default = totality.contact { mass_ratio = 1, fillout = 0, inclination = 90 }.parameters.resolution
local resolutions = #arg > 0 and arg or { default }
for _, resolution in ipairs(resolutions) do
   local off, off_fine, columns = {}, {}, {}
   for _, row in ipairs(systems) do
      local flux = curve_of(row, math.tointeger(tonumber(resolution)))
      off[row], off_fine[row] = largest_difference(flux, reference[row]), largest_difference(flux, fine[row])
   end
   for k, kind in ipairs(KINDS) do
      columns[k], columns[k + #KINDS] = worst(off, kind), worst(off_fine, kind)
   end
   print(("%10s     %s"):format(resolution, table.concat(columns, "  ")))
end

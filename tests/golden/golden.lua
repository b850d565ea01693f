-- Reads the golden data of the binary model: what the tests and `make bench` compare with.
--    local golden = dofile "tests/golden/golden.lua"        (from the top of the checkout)

local totality = require "totality"

local golden = {}

-- Rows of a CSV file by the names of its header; numbers where they are some.
function golden.read_csv(path)
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

-- The system of a row of binary_systems.csv, at a resolution (default: the model's own).
function golden.system(row, resolution)
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
   if row.reflection == "wilson" then
      parameters.reflection, parameters.albedo_1, parameters.albedo_2 = true, row.albedo_1, row.albedo_2
   end
   if (row.spot_star or "") ~= "" then
      parameters.spots = { {
         star = row.spot_star, colatitude = row.spot_colatitude, longitude = row.spot_longitude,
         radius = row.spot_radius, temperature_factor = row.spot_temperature_factor,
      } }
   end
   return totality[row.configuration](parameters)
end

-- The systems, each with its reference curve (flux at 101 phases) in `flux`.
function golden.binaries()
   local systems = golden.read_csv "tests/golden/binary_systems.csv"
   local curves = golden.read_csv "tests/golden/binary_curves.csv"
   for _, row in ipairs(systems) do
      row.flux = {}
      for k, point in ipairs(curves) do row.flux[k] = point[row.id] end
   end
   return systems
end

-- Largest and root mean square difference of two curves of 101 phases, both in units of phase 0.25.
function golden.difference(flux, other)
   local worst, squares = 0, 0
   for k = 1, 101 do
      local off = flux[k] / flux[76] - other[k] / other[76]
      worst, squares = math.max(worst, math.abs(off)), squares + off * off
   end
   return worst, math.sqrt(squares / 101)
end

-- What the largest difference may be.
function golden.limit(row)
   if row.reflection ~= "none" then return 1e-3 end
   if row.spot_star ~= "" then return 5e-4 end
   return row.id == "s002" and 8e-4 or 4e-4 -- the reference of s002 is off by 6e-4 itself
end

return golden

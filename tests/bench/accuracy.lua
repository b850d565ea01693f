-- Largest deviations from the reference curves in tests/golden, and from the model's own curves on a fine
-- mesh, for some resolutions. From the top of the checkout: lua tests/bench/accuracy.lua [RESOLUTION...]
local golden = dofile "tests/golden/golden.lua"
local totality = require "totality"

local FINE = 64

local systems, fine = {}, {}
for _, row in ipairs(golden.binaries()) do
   if row.reflection == "none" then
      systems[#systems + 1] = row
      fine[row] = golden.system(row, FINE):light_curve().flux
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
      local flux = golden.system(row, math.tointeger(tonumber(resolution))):light_curve().flux
      off[row] = golden.difference(flux, row.flux)
      off_fine[row] = golden.difference(flux, fine[row])
   end
   for k, kind in ipairs(KINDS) do
      columns[k], columns[k + #KINDS] = worst(off, kind), worst(off_fine, kind)
   end
   print(("%10s     %s"):format(resolution, table.concat(columns, "  ")))
end

-- The table in docs/agreement.md: how far the model is from each reference curve of tests/golden.
--    build/lua tests/bench/agreement.lua > docs/agreement.md

local golden = dofile "tests/golden/golden.lua"

print "# Agreement with the reference curves"
print ""
print "Deviation of the flux, in units of that at phase 0.25, over 101 phases, at the default resolution. Made by"
print "`build/lua tests/bench/agreement.lua`; the tests hold each system to its limit. What the reference curves"
print "are, and how good, is told in `tests/golden/README.md`."
print ""
print "| system | configuration | q | fillout | i | | largest | rms | limit |"
print "|---|---|---|---|---|---|---|---|---|"
for _, row in ipairs(golden.binaries()) do
   local worst, rms = golden.difference(golden.system(row):light_curve().flux, row.flux)
   local what = row.reflection ~= "none" and "reflection" or row.spot_star ~= "" and "spot" or ""
   print(("| %s | %s | %g | %s | %g | %s | %.1e | %.1e | %.1e |"):format(row.id, row.configuration, row.mass_ratio,
      tostring(row.fillout), row.inclination, what, worst, rms, golden.limit(row)))
end

-- The examples that draw figures run, and always draw the same.

local directory

local function run(name)
   local pipe = assert(io.popen(("'%s/build/lua' examples/%s.lua %s 2>&1"):format(os.getenv "PWD", name, directory)))
   local output = pipe:read "a"
   assert(pipe:close(), output)
   return output
end

local function content(name)
   local file <close> = assert(io.open(directory .. "/" .. name, "rb"))
   return file:read "a"
end

setup(function()
   directory = os.tmpname()
   os.remove(directory)
end)

teardown(function() os.execute("rm -r " .. directory) end)

describe("examples/binaries.lua", function()
   it("draws the three binaries and says what is uncertain", function()
      local output, first = run "binaries", {}
      for name, file in pairs { ["MR Del"] = "mr_del.png", ["HS Aqr"] = "hs_aqr.png", ["V2612 Oph"] = "v2612_oph.png" } do
         assert.matches(name .. ": totality.BinarySystem%([^\n]+\n   uncertain: ", output)
         first[file] = content(file)
         assert.equal("\x89PNG", first[file]:sub(1, 4))
      end
      run "binaries"
      for file, bytes in pairs(first) do assert.is_true(bytes == content(file), file) end
   end)
end)

describe("examples/radial_velocities.lua", function()
   it("gives the amplitudes of RW Com", function()
      assert.matches("K1 = 112%.1 km/s, K2 = 238%.0 km/s, M2/M1 = K1/K2 = 0%.471", run "radial_velocities")
      assert.equal("\x89PNG", content "rw_com_velocities.png":sub(1, 4))
   end)
end)

describe("examples/radius_ratio.lua", function()
   it("writes the figure and its numbers", function()
      assert.matches("R2/R1 = 0%.5745 at fillout 0", run "radius_ratio")
      assert.equal("\x89PNG", content "radius_ratio.png":sub(1, 4))
      assert.matches("\n1%.00,1%.000000,1%.000000,1%.000000\n$", content "radius_ratio.csv")
   end)
end)

describe("examples/surveys.lua", function()
   it("draws the same star in every survey", function()
      assert.matches("wrote [^\n]+/surveys.png", run "surveys")
      local first = content "surveys.png"
      assert.equal("\x89PNG", first:sub(1, 4))
      run "surveys"
      assert.is_true(first == content "surveys.png")
   end)
end)

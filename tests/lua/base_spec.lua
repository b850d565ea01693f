local core = require "totality.core"
local totality = require "totality"

describe("rng", function()
   it("repeats for the same seed and differs between streams", function()
      local a, b, c = totality.rng(7), totality.rng(7), totality.rng(7, 1)
      local first = a:uniform()
      assert.equal(first, b:uniform())
      assert.not_equal(first, c:uniform())
   end)

   it("draws within the bounds it was given", function()
      local rng = totality.rng(1)
      for _ = 1, 200 do
         local x = rng:uniform(3, 4)
         assert.is_true(x >= 3 and x < 4)
         local k = rng:integer(-2, 2)
         assert.equal("integer", math.type(k))
         assert.is_true(k >= -2 and k <= 2)
      end
   end)

   it("says what it is", function()
      assert.equal("totality.Rng(xoshiro256**, seed 7, stream 0)", tostring(totality.rng(7)))
   end)

   it("names a wrong argument", function()
      assert.error_matches(function() totality.rng("x") end, "totality.rng: seed must be an integer, got \"x\"")
   end)
end)

describe("series", function()
   it("holds doubles, 1-based", function()
      local series = core.series { 1, 2.5, -3 }
      assert.equal(3, #series)
      assert.equal(2.5, series[2])
      series[2] = 4
      assert.same({ 1, 4, -3 }, series:to_table())
      assert.same({ -3, 4 }, { series:min_max() })
   end)

   it("rejects an index outside", function()
      local series = core.series(2)
      assert.error_matches(function() return series[0] end, "index 0 out of range, the series has 2 elements")
      assert.error_matches(function() series[3] = 1 end, "index 3 out of range")
      assert.error_matches(function() return core.series { 1, "x" } end, "element 2 is string")
   end)
end)

describe("tensor", function()
   it("has a shape, flat access and rows", function()
      local tensor = core.tensor(3, 2)
      for k = 1, 6 do tensor[k] = k end
      assert.same({ 3, 2 }, { tensor:shape() })
      assert.same({ 3, 4, 5, 6 }, tensor:rows(2, 2):to_table())
      assert.equal("totality.Tensor(3 x 2, float32)", tostring(tensor))
      assert.error_matches(function() tensor:rows(3, 2) end, "more rows than the tensor has")
      assert.error_matches(function() return core.tensor(1 << 40, 1 << 40) end, "does not fit in memory")
   end)
end)

describe("options", function()
   local options = require "totality.options"
   local specification = {
      epochs = { type = "integer", default = 10, minimum = 1 },
      layout = { type = "string", one_of = { "a", "b" } },
      rate = { type = "number", above = 0, maximum = 1 },
   }
   local function check(given) return options.check("fit", given, specification) end

   it("fills in defaults without touching the argument", function()
      local given = { rate = 0.5 }
      assert.same({ epochs = 10, rate = 0.5 }, check(given))
      assert.same({ rate = 0.5 }, given)
   end)

   it("suggests the name that was meant", function()
      assert.error_matches(function() check { epoch = 3 } end, "fit: unknown option 'epoch'; did you mean 'epochs'%?")
   end)

   it("names the option and what was expected", function()
      assert.error_matches(function() check { epochs = 1.5 } end, "option 'epochs' must be an integer, got 1.5")
      assert.error_matches(function() check { rate = 0 } end, "option 'rate' must be a number above 0 and at most 1, got 0")
      assert.error_matches(function() check { rate = 0 / 0 } end, "option 'rate' must be a number")
      assert.error_matches(function() check { layout = "c" } end, "option 'layout' must be one of \"a\", \"b\"")
      assert.error_matches(function() check(3) end, "a table of options was expected, got 3")
   end)
end)

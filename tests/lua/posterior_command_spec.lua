-- The command `totality posterior`. That what it says is right is the matter of posterior_spec.lua.

local csv = require "totality.csv"
local totality = require "totality"

local scratch = dofile "tests/lua/scratch.lua"
local write = scratch.write

local function run(arguments)
   return scratch.run("posterior " .. arguments, ("XDG_CACHE_HOME='%s/cache'"):format(scratch.path))
end

local BANK = " --bank bank.safetensors --bank-size 600 "
local STARS = { -- mass ratio, inclination
   { "total", 0.3, 86 }, { "partial", 0.5, 68 },
}

setup(function()
   scratch.make()
   local rows = { "id,file,period" }
   for k, star in ipairs(STARS) do
      local system = totality.contact { mass_ratio = star[2], fillout = 0.3, inclination = star[3] }
      local curve = system:light_curve():observe { points = 200, noise = 0.02, phases = "random", rng = totality.rng(k) }
      assert(curve:write(("%s/%s.csv"):format(scratch.path, star[1])))
      rows[k + 1] = ("%s,%s.csv,0.4"):format(star[1], star[1])
   end
   rows[#rows + 1] = "missing,missing.csv,0.4\n"
   write("stars.csv", table.concat(rows, "\n"))
end)

teardown(scratch.remove)

describe("totality posterior", function()
   it("makes its bank once, and tells eclipse and parameters of each star", function()
      local status, _, err = run("--no-refine --catalogue stars.csv --output table.csv" .. BANK)
      assert.equal("totality posterior: model curves are made and kept in bank.safetensors, once\n"
         .. "totality posterior: 1 of 3 stars could not be judged; the notes say why\n", err)
      assert.equal(1, status)
      local rows = assert(csv.read(scratch.path .. "/table.csv", { "p_total", "mass_ratio", "misfit", "note" }))
      assert.equal(3, #rows)
      for k, star in ipairs(STARS) do
         local row = rows[k]
         assert.equal(star[1], row.verdict)
         assert.equal("200", row.n_points)
         local low, middle, high = tonumber(row.inclination_low), tonumber(row.inclination), tonumber(row.inclination_high)
         assert.is_true(low < middle and middle < high)
         assert.near(star[3], middle, 5)
         assert.is_true(tonumber(row.mass_ratio_low) < tonumber(row.mass_ratio_high))
         assert.is_true(tonumber(row.fillout_low) < tonumber(row.fillout_high))
         assert.is_true(tonumber(row.effective_size) >= 1)
         assert.near(1, tonumber(row.misfit), 0.5)
      end
      assert.near(0.3, tonumber(rows[1].mass_ratio), 0.06)
      assert.same({ "", "", "missing.csv: No such file or directory" }, { rows[3].p_total, rows[3].mass_ratio, rows[3].note })
      status, _, err = run("--no-refine total.csv" .. BANK)
      assert.same({ 0, "" }, { status, err }) -- the bank is there
   end)

   it("says what totality.posterior says, with the prior and the survey", function()
      local population = totality.population.survey { spots = 0 }
      local bank = assert(totality.bank { size = 600, seed = 1, population = population,
         path = scratch.path .. "/bank.safetensors" })
      local share, mean = totality.population.third_light(totality.surveys.kepler)
      local judge = totality.posterior { bank = bank, spots = 0.5, third_light = share, third_light_mean = mean }
      local curve = assert(totality.read(scratch.path .. "/partial.csv"))
      curve.period = 0.4
      local expected = judge:classify(curve, { prior = 0.9, exposure = totality.surveys.kepler.exposure })
      local _, out = run("--no-refine --survey kepler --prior 0.9 --period 0.4 partial.csv" .. BANK)
      local p, q = out:match "partial%.csv,partial%.csv,([%d.]+),%l+,%l+,%d+,[%d.]+,[%d.]*,([%d.]+),"
      assert.near(expected.p_total, tonumber(p), 1e-4)
      assert.near(expected.posterior.mass_ratio[1], tonumber(q), 1e-3)
   end)

   it("keeps the bank in the cache when no file is named", function()
      local status, _, err = run "--no-refine --bank-size 100 total.csv"
      assert.equal(0, status)
      local path = ("%s/cache/totality/bank-%s.safetensors"):format(scratch.path, totality.version)
      assert.equal(("totality posterior: model curves are made and kept in %s, once\n"):format(path), err)
      assert.is_truthy(io.open(path))
   end)

   it("goes on with a table, with the same settings only", function()
      assert.equal(1, (run("--no-refine --catalogue stars.csv --output whole.csv" .. BANK)))
      local whole = scratch.read "whole.csv"
      -- as a run that was killed in the second star's row leaves it
      assert.equal(2, (run("--no-refine --catalogue stars.csv --output /dev/full" .. BANK)))
      local begun = { bank = #assert(totality.bank { size = 600, seed = 1, path = scratch.path .. "/bank.safetensors",
         population = totality.population.survey { spots = 0 } }) }
      local header, first = whole:match "^([^\n]*\n)([^\n]*\n)"
      local function leave(settings)
         write("part.csv", header .. first .. "partial,par")
         write("part.csv.run", settings)
      end
      leave(('{"bank":%d,"prior":0.5,"refine":false}'):format(begun.bank))
      local status, _, err = run("--no-refine --catalogue stars.csv --output part.csv --resume --prior 0.4" .. BANK)
      assert.equal(2, status)
      assert.equal("totality posterior: part.csv was begun with prior 0.5, not 0.4: choose the same, or another --output\n", err)
      leave(('{"bank":%d,"prior":0.4,"refine":false,"survey":"kepler"}'):format(begun.bank))
      _, _, err = run("--no-refine --catalogue stars.csv --output part.csv --resume --prior 0.4" .. BANK)
      assert.matches("part.csv was begun with survey kepler, not nil", err, 1, true)
      leave(('{"bank":%d,"prior":0.4,"refine":false}'):format(begun.bank))
      assert.equal(1, (run("--no-refine --catalogue stars.csv --output part.csv --resume --prior 0.4" .. BANK)))
      local rows = assert(csv.read(scratch.path .. "/part.csv", { "p_total" }))
      local before = assert(csv.read(scratch.path .. "/whole.csv", { "p_total" }))
      assert.equal(3, #rows)
      assert.equal(before[1].p_total, rows[1].p_total)
      local share = totality.posterior { bank = totality.bank { size = 600, seed = 1,
         population = totality.population.survey { spots = 0 } } }.prior
      assert.near(totality.calibration.shift_prior(tonumber(before[2].p_total), share, 0.4), tonumber(rows[2].p_total), 3e-4)
   end)

   it("takes the candidates among the stars", function()
      write("verdicts.csv", "id,file,p_total,verdict\ntotal,x,0.1,partial\npartial,x,0.3,uncertain\nother,x,0.9,total\n")
      local status, out = run("--no-refine --catalogue stars.csv --candidates verdicts.csv" .. BANK)
      assert.equal(0, status)
      assert.equal(2, select(2, out:gsub("\n", "")))
      assert.matches("\npartial,partial%.csv,", out)
      write("none.csv", "id,file,p_total,verdict\ntotal,x,0.1,partial\nmissing,x,,\n")
      local _, _, err = run("--catalogue stars.csv --candidates none.csv" .. BANK)
      assert.equal("totality posterior: none.csv: none of the stars is total or uncertain there\n", err)
      _, _, err = run("--catalogue stars.csv --candidates absent.csv" .. BANK)
      assert.equal("totality posterior: absent.csv: No such file or directory\n", err)
   end)

   it("refuses what it can't use", function()
      local function refused(arguments)
         local status, out, err = run(arguments)
         assert.same({ 2, "" }, { status, out })
         return err
      end
      assert.equal("totality posterior: option '--prior' must be a number above 0 and below 1, got '1'\n", refused "--prior 1 total.csv")
      assert.matches("option '%-%-survey' must be one of .*did you mean 'kepler'", refused "--survey keppler total.csv")
      assert.equal("totality posterior: unknown option '--refine'; did you mean '--no-refine'?\n", refused "--refine total.csv")
      assert.equal("totality posterior: no FILE was given; see --help\n", refused "")
      write("damaged.safetensors", "nothing")
      assert.matches("^totality posterior: damaged%.safetensors: ", refused "--bank damaged.safetensors total.csv")
   end)
end)

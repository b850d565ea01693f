local totality = require "totality"

local scratch = dofile "tests/lua/scratch.lua"
local run, write = scratch.run, scratch.write

local function curve_text(separator)
   local curve = totality.contact { mass_ratio = 0.3, fillout = 0.3, inclination = 86 }:light_curve { phases = 201 }
   local rng, lines = totality.rng(1), {}
   for _ = 1, 300 do
      local phase = rng:integer(1, 201)
      lines[#lines + 1] = ("%.5f%s%.4f"):format(2450000 + 0.4 * (rng:integer(0, 300) + curve.phase[phase]), separator,
         10 - 2.5 * math.log(curve.flux[phase], 10) + rng:normal(0, 0.005))
   end
   return table.concat(lines, "\n") .. "\n"
end

local HEADER = "id,file,p_total,verdict,minimum,n_points,noise,period,note\n"

setup(function()
   scratch.make()
   write("star.dat", curve_text " ")
   write("star.csv", "hjd,mag\n" .. curve_text ",")
end)

teardown(scratch.remove)

describe("totality classify", function()
   it("judges a file", function()
      local status, out, err = run "classify --period 0.4 star.dat"
      assert.equal("", err)
      assert.equal(0, status)
      assert.matches("^" .. HEADER:gsub("%p", "%%%0") .. "star%.dat,star%.dat,[01]%.%d%d%d%d,%l+,%l+,%d+,0%.00%d+,0%.[34]%d*,[^\n]*\n$", out)
      assert.matches("star%.dat,star%.dat,[01]%.%d+,total,", out, "an obvious total eclipse")
   end)

   it("gives white space and CSV the same verdict", function()
      local _, out = run "classify --period=0.4 --epoch 2450000.13 star.dat star.csv"
      local first, second = out:match("star%.dat,star%.dat,([^\n]+)\nstar%.csv,star%.csv,([^\n]+)\n")
      assert.equal(first, second)
   end)

   it("goes through a catalogue, notes what it can't judge, and goes on", function()
      assert(os.execute("mkdir -p " .. scratch.path .. "/sub"))
      write("sub/list.csv", 'id,file,period,epoch,colour\nA,../star.dat,0.4,2450000,red\n"B, too",missing.dat,0.4,,\n'
         .. "C,../star.csv,-1,,\nD,../star.csv,,,\nE,../star.csv,0.4,,\n")
      local status, out, err = run "classify --catalogue sub/list.csv --output verdicts.csv"
      assert.equal(1, status)
      assert.equal("", out)
      assert.equal("totality classify: 2 of 5 stars could not be judged; the notes say why\n", err)
      local lines = {}
      for line in io.lines(scratch.path .. "/verdicts.csv") do lines[#lines + 1] = line end
      assert.equal(6, #lines)
      assert.matches("^A,%.%./star%.dat,[01]%.%d+,total,", lines[2])
      assert.equal('"B, too",missing.dat,,,,,,,sub/missing.dat: No such file or directory', lines[3])
      assert.equal('C,../star.csv,,,,,,,"sub/list.csv:4: the period must be above 0, got -1"', lines[4])
      assert.matches("^D,%.%./star%.csv,[01]%.%d+,%l+,%l+,%d+,0%.00%d+,0%.[34]%d*,.*no period was given, one was found", lines[5])
      assert.matches("^E,%.%./star%.csv,[01]%.%d+,total,", lines[6])
   end)

   it("takes a curve in phase, whatever period is given", function()
      local curve = totality.contact { mass_ratio = 0.3, fillout = 0.3, inclination = 86 }:light_curve { phases = 151 }
      assert(curve:write(scratch.path .. "/folded.csv"))
      assert.matches("folded%.csv,folded%.csv,[01]%.%d+,total,", (select(2, run "classify folded.csv")))
      assert.matches("folded%.csv,folded%.csv,[01]%.%d+,total,", (select(2, run "classify --period 0.4 folded.csv")))
   end)

   it("takes the share of total eclipses among the stars, and the survey", function()
      local function p_of(out) return tonumber(out:match "star%.dat,star%.dat,([%d.]+),") end
      -- a noisy curve, whose verdict is not certain
      local rng, system = totality.rng(3), totality.contact { mass_ratio = 0.4, fillout = 0.2, inclination = 80 }
      local noisy = system:light_curve():observe { noise = 0.05, points = 100, rng = rng }
      assert(noisy:write(scratch.path .. "/noisy.csv"))
      local function p_noisy(arguments)
         return tonumber((select(2, run("classify noisy.csv " .. arguments)):match "noisy%.csv,noisy%.csv,([%d.]+),"))
      end
      local usual = p_noisy ""
      assert.is_true(usual > 0.001 and usual < 0.999)
      assert.equal(usual, p_noisy("--prior " .. totality.population.TOTAL_SHARE))
      assert.near(totality.calibration.shift_prior(usual, totality.population.TOTAL_SHARE, 0.1), p_noisy "--prior 0.1", 2e-4) -- rounded in the table
      local _, of_both = run "classify noisy.csv --weights cnn10 --weights cnn15_350x175"
      assert.near(usual, tonumber(of_both:match "noisy%.csv,noisy%.csv,([%d.]+),"), 1e-12) -- those are the default
      assert.not_equal(usual, p_noisy "--weights cnn10")
      local of_asas3 = assert(totality.classifier { survey = "asas3" }):classify(noisy)
      assert.near(of_asas3.p_total, p_noisy "--survey asas3", 2e-4)
      assert.not_equal(usual, p_noisy "--survey asas3")
      local _, out, err = run "classify --period 0.4 --prior estimate star.dat star.csv"
      assert.matches("^totality classify: share of total eclipses 0%.[5-9]%d*, estimated from 2 stars\n$", err)
      assert.is_true(p_of(out) >= p_of((select(2, run "classify --period 0.4 star.dat"))))
      _, _, err = run "classify --prior 1.2 star.dat"
      assert.equal("totality classify: option '--prior' must be a number between 0 and 1, or estimate, got '1.2'\n", err)
      _, _, err = run "classify --period 0.4 --prior estimate missing.dat"
      assert.equal("totality classify: --prior estimate: no curve could be judged\n", err)
   end)

   it("writes the images", function()
      assert.equal(0, (run "classify --period 0.4 --images images star.dat"))
      assert.equal("\x89PNG\r\n\x1a\n", scratch.read("images/star.dat.png"):sub(1, 8))
      local status, _, err = run "classify --period 0.4 --images star.dat star.dat"
      assert.equal(2, status)
      assert.equal("totality classify: star.dat: the directory can't be made\n", err)
   end)

   local flat = {}
   for k = 1, 40 do flat[k] = k / 3 .. " 11.5" end
   local wrong = {
      { "missing.dat", nil, "missing.dat: No such file or directory" },
      { "empty.dat", "", "empty.dat: the file is empty" },
      { "letters.dat", "1 10\n2 abc\n", "letters.dat:2: 'abc' in column 2" },
      { "two.dat", "1 10\n2 11\n", "two.dat: 2 points, at least 10 are needed" },
      { "flat.dat", table.concat(flat, "\n"), "flat.dat: the flux doesn't vary" },
      { "nan.dat", "1 10\n2 nan\n3 11\n", "nan.dat:2: 'nan' in column 2" },
      { "images", nil, "images: Is a directory" },
      { "binary.dat", "\0\1\2\3", "binary.dat:1: binary data, not text" },
      { "fits.dat", "SIMPLE  =                    T", "fits.dat: a damaged FITS file: " },
   }
   for _, case in ipairs(wrong) do
      it("refuses " .. case[1] .. " with one line that names it", function()
         if case[2] then write(case[1], case[2]) end
         local status, out = run("classify --period 0.4 " .. case[1])
         assert.equal(1, status)
         local note = out:match("^" .. HEADER:gsub("%p", "%%%0") .. case[1]:gsub("%p", "%%%0") .. ","
            .. case[1]:gsub("%p", "%%%0") .. ",,,,,,,([^\n]*)\n$")
         assert.is_truthy(note, out)
         assert.equal(case[3], note:gsub('^"', ""):sub(1, #case[3]))
      end)
   end

   it("refuses a period longer than the data", function()
      local status, out = run "classify --period 1000 star.dat"
      assert.equal(1, status)
      assert.matches("star%.dat: a period of 1000 is longer than the data", out)
   end)

   it("refuses wrong arguments, and says what was meant", function()
      local function refused(arguments)
         local status, out, err = run("classify " .. arguments)
         assert.equal(2, status)
         assert.equal("", out)
         return err
      end
      assert.equal("totality classify: option '--period' must be a number above 0, got '-0.3'\n", refused "--period -0.3 star.dat")
      assert.equal("totality classify: option '--period' must be a number above 0, got 'x'\n", refused "--period x star.dat")
      assert.equal("totality classify: unknown option '--perod'; did you mean '--period'?\n", refused "--perod 1 star.dat")
      assert.equal("totality classify: option '--period' needs a value (DAYS)\n", refused "star.dat --period")
      assert.equal("totality classify: no FILE was given; see --help\n", refused "")
      assert.equal("totality classify: give either files or --catalogue, not both\n", refused "--catalogue a.csv b.dat")
      assert.equal("totality classify: none.csv: No such file or directory\n", refused "--catalogue none.csv")
      assert.equal("totality classify: no/dir.csv: No such file or directory\n", refused "--period 0.4 --output no/dir.csv star.dat")
   end)

   it("refuses weights that are none", function()
      write("zero.safetensors", "")
      write("short.safetensors", ("\255"):rep(20))
      local function refused(name)
         local status, out, err = run("classify --period 0.4 --weights " .. name .. " star.dat")
         assert.equal(2, status)
         assert.equal("", out)
         assert.matches("^totality classify: " .. name:gsub("%p", "%%%0") .. ": [^\n]+\n$", err)
      end
      refused "zero.safetensors"
      refused "short.safetensors"
      refused "absent.safetensors"
      local path = assert(totality.classifier { weights = "cnn10" }).weights
      write("cut.safetensors", assert(io.open(path, "rb")):read(100000))
      refused "cut.safetensors"
   end)

   describe("with many stars", function()
      local function many(count)
         local rows = { "id,file,period" }
         for k = 1, count do
            rows[#rows + 1] = k % 7 == 0 and ("S%d,missing.dat,0.4"):format(k) or ("S%d,star.dat,0.4"):format(k)
         end
         write("many.csv", table.concat(rows, "\n") .. "\n")
      end

      it("ends at Ctrl-C with the rows it has, and goes on with --resume", function()
         many(2800)
         assert.equal(1, (run "classify --catalogue many.csv --output whole.csv"))
         local whole = scratch.read "whole.csv"
         -- the run is killed when its table has grown so far, and leaves half a row
         for _, signal in ipairs { "INT", "KILL" } do
            os.remove(scratch.path .. "/part.csv")
            local status, _, err = run("classify --catalogue many.csv --output part.csv", ([[sh -c '
               "$@" & child=$!
               while [ "$(cat part.csv 2>/dev/null | wc -l)" -lt 100 ]; do sleep 0.01; done
               kill -%s $child; wait $child' sh]]):format(signal))
            assert.equal(signal == "INT" and 130 or 137, status)
            if signal == "INT" then assert.matches("interrupted; the rows written are complete, %-%-resume goes on with them\n$", err) end
            local part = scratch.read "part.csv"
            assert.matches("\n$", part)
            assert.equal(part, whole:sub(1, #part))
            assert.is_true(#part < #whole)
            write("part.csv", whole:sub(1, #part + 9))
            status, _, err = run "classify --catalogue many.csv --output part.csv --resume"
            assert.equal(1, status)
            assert.equal("totality classify: 400 of 2800 stars could not be judged; the notes say why\n", err)
            assert.equal(whole, scratch.read "part.csv")
         end
         assert.same({ 2, "", "totality classify: whole.csv: this run is complete, there is nothing to go on with\n" },
            { run "classify --catalogue many.csv --output whole.csv --resume" })
      end)

      it("does not go on with another list, or other weights", function()
         many(20)
         local status = run("classify --catalogue many.csv --output other.csv", "sh -c 'ulimit -f 1; \"$@\"' sh")
         assert.is_true(status ~= 0) -- the table may not grow beyond 512 bytes
         local weights = assert(totality.classifier { weights = "cnn10" }).weights
         assert(os.execute(("cp '%s' '%s/copy.safetensors'"):format(weights, scratch.path)))
         local _, _, err = run "classify --catalogue many.csv --output other.csv --resume --weights copy.safetensors"
         assert.matches("^totality classify: other%.csv was begun with weights .*, not copy%.safetensors: ", err)
         write("fewer.csv", "id,file,period\nT1,star.dat,0.4\n")
         _, _, err = run "classify --catalogue fewer.csv --output other.csv --resume"
         assert.equal("totality classify: other.csv: row 1 is 'S1', the list of stars has 'T1' there: another list?\n", err)
         assert.equal(1, (run "classify --catalogue many.csv --output other.csv --resume"))
         assert.equal(21, select(2, scratch.read("other.csv"):gsub("\n", "")))
      end)

      it("says that the disk is full", function()
         local status, _, err = run "classify --period 0.4 --output /dev/full star.dat"
         assert.equal(2, status)
         assert.equal("totality classify: /dev/full: No space left on device\n", err)
      end)

      it("takes the memory of few", function()
         write("peak.lua", [[
            local cli = require "totality.cli.classify"
            assert(cli.run { "--catalogue", "many.csv", "--output", "peak.csv", "--weights", "cnn10" } == 1)
            print(io.open("/proc/self/status"):read("a"):match "VmHWM:%s*(%d+) kB")
         ]])
         local function peak(count)
            many(count)
            local pipe <close> = io.popen(("cd '%s' && '%s/build/lua' peak.lua 2>/dev/null"):format(scratch.path, os.getenv "PWD"))
            return tonumber(pipe:read "a")
         end
         local few = peak(2000)
         assert.is_true(peak(5000) < few * 1.15, few)
      end)
   end)

   it("explains itself", function()
      local status, out = run "classify --help"
      assert.equal(0, status)
      assert.matches("^usage: totality classify", out)
      assert.equal("totality: unknown command 'clasify'; did you mean 'classify'?\n", (select(3, run "clasify x")))
   end)
end)

describe("a classifier", function()
   it("judges a curve, synthetic or read", function()
      local classifier = assert(totality.classifier())
      local system = totality.contact { mass_ratio = 0.3, fillout = 0.3, inclination = 86 }
      local verdict = assert(classifier:classify(system:light_curve():observe { noise = 0.01, rng = totality.rng(2) }))
      assert.equal("total", verdict.verdict)
      assert.matches("^total [01]%.%d%d %(%l+ minimum%)", tostring(verdict))
      assert.equal(100, verdict.n_points)
      assert.near(0.01, verdict.noise, 0.003)
      local partial = totality.contact { mass_ratio = 0.6, fillout = 0.1, inclination = 62 }
      assert.equal("partial", assert(classifier:classify(partial:light_curve():observe { noise = 0.01, rng = totality.rng(2) })).verdict)
   end)

   it("takes the weights that come with the project by their names", function()
      for name, columns in pairs { cnn10 = 100, cnn15 = 250, cnn15_350x175 = 350 } do
         local classifier = assert(totality.classifier { weights = name })
         assert.equal(1, #classifier.networks)
         assert.equal(columns, classifier.networks[1].model.width)
         assert.is_truthy(classifier.networks[1].calibration)
         local system = totality.contact { mass_ratio = 0.3, fillout = 0.3, inclination = 86 }
         local seen = system:light_curve():observe { points = 350, noise = 0.01, rng = totality.rng(2) }
         assert.equal("total", assert(classifier:classify(seen)).verdict)
      end
      assert.same({ nil, "cnn11: No such file or directory; weights that come with the project are cnn10, cnn15, "
         .. "cnn15_350x175" }, { totality.classifier { weights = "cnn11" } })
   end)

   local folded = totality.contact { mass_ratio = 0.35, fillout = 0.2, inclination = 79 }:light_curve()
      :observe { noise = 0.03, rng = totality.rng(8) }

   it("takes the mean of the log-odds of several networks", function()
      local one = assert(totality.classifier { weights = "cnn10" }):classify(folded)
      local other = assert(totality.classifier { weights = "cnn15_350x175" }):classify(folded)
      local both = assert(totality.classifier { weights = { "cnn10", "cnn15_350x175" } })
      assert.near(totality.calibration.combine { one.p_total, other.p_total }, both:classify(folded).p_total, 1e-9)
      assert.is_true(math.abs(one.p_total - other.p_total) > 1e-3)
      assert.matches("cnn10%.safetensors, .*cnn15_350x175%.safetensors, curves of any survey", tostring(both))
      -- the default; the image is that of the first
      local verdict = assert(totality.classifier()):classify(folded)
      assert.equal(both:classify(folded).p_total, verdict.p_total)
      assert.same({ 1, 1, 100, 100 }, { verdict.image:to_tensor():shape() })
      -- of a curve in time the period that was found is that of one network
      local star = assert(totality.read("examples/curves/AB_And.csv", { period = 0.3318952 }))
      local of_one = assert(totality.classifier { weights = "cnn10" }):classify(star)
      local of_both = assert(both:classify(star))
      assert.equal(of_one.period, of_both.period)
      for column = 1, 100, 9 do assert.equal(of_one.image:pixel(column, 50), of_both.image:pixel(column, 50)) end
   end)

   it("refuses networks that can't judge together", function()
      local model = assert(totality.load_model(assert(totality.classifier { weights = "cnn10" }).weights))
      local path = scratch.path .. "/rare.safetensors"
      assert(model:save(path, { prior = 0.1 }))
      local nothing, message = totality.classifier { weights = { "cnn10", path } }
      assert.is_nil(nothing)
      assert.matches("cnn10%.safetensors is for a share of total eclipses of 0%.27, .*rare%.safetensors for 0%.1: they "
         .. "can't judge together", message)
      assert.error_matches(function() totality.classifier { weights = {} } end, "'weights' must be a name or a file, "
         .. "or a list of those, got an empty list")
      assert.error_matches(function() totality.classifier { weights = 3 } end, "or a list of those, got number")
      assert.error_matches(function() totality.classifier { weights = { "cnn10", 3 } } end,
         "option 'weights'%[2%] must be a string")
   end)

   it("corrects for another share of total eclipses", function()
      local classifier = assert(totality.classifier())
      assert.equal(totality.population.TOTAL_SHARE, classifier.prior)
      local usual = assert(classifier:classify(folded)).p_total
      local rare = assert(classifier:classify(folded, { prior = 0.1 })).p_total
      assert.near(totality.calibration.shift_prior(usual, totality.population.TOTAL_SHARE, 0.1), rare, 1e-12)
      for _, verdict in classifier:classify_all({ folded }, { prior = 0.1 }) do assert.equal(rare, verdict.p_total) end
      local share, count = classifier:estimate_prior { folded, "a message", folded }
      assert.equal(2, count)
      assert.near(totality.calibration.estimate_prior({ usual, usual }, classifier.prior), share, 1e-12)
      assert.same({ nil, "no curve could be judged" }, { classifier:estimate_prior { "a message" } })
      assert.error_matches(function() classifier:classify(folded, { prior = 1 }) end, "'prior' must be a number above 0 and below 1")
   end)

   it("takes calibration and prior from the weights", function()
      local model = assert(totality.load_model(assert(totality.classifier { weights = "cnn10" }).weights))
      local path = scratch.path .. "/other.safetensors"
      local function probability(metadata)
         assert(model:save(path, metadata))
         local classifier, message = totality.classifier { weights = path }
         return classifier and classifier:classify(folded).p_total, message, classifier
      end
      local plain = probability {}
      local calibrated = totality.calibration.new(0.5, 1)
      assert.near(calibrated:apply(plain), probability(calibrated:metadata()), 1e-9)
      local _, message = probability { calibration_slope = 0, calibration_intercept = 0 }
      assert.matches("other.safetensors: the metadata's calibration_slope and calibration_intercept must be", message)
      local of_survey = probability(totality.calibration.new(2, 1):metadata "asas3")
      assert.equal(plain, of_survey)
      local classifier
      classifier, message = totality.classifier { weights = path, survey = "asas3" }
      assert.is_nil(message)
      assert.near(totality.calibration.new(2, 1):apply(plain), classifier:classify(folded).p_total, 1e-9)
      assert.matches("curves of asas3", tostring(classifier))
      _, message = totality.classifier { weights = path, survey = "asas" }
      assert.equal(path .. ": no calibration for the survey 'asas'; did you mean 'asas3'?", message)
      _, message = probability { prior = "many" }
      assert.matches("other.safetensors: the metadata's prior must be a number between 0 and 1, got 'many'", message)
      assert.truthy(probability { flux_range = model.metadata.flux_range })
      _, message = probability { flux_range = "-0.3 to 1.3" }
      assert.matches("other.safetensors: trained on images of the normalised flux from %-0.3 to 1.3, and images have "
         .. "%-0.15 to 1.15 now; train again", message)
      local _, _, unknown = probability {}
      assert.error_matches(function() unknown:classify(folded, { prior = 0.1 }) end, "don't say for which")
      assert.error_matches(function() unknown:estimate_prior { folded } end, "don't say for which")
   end)

   it("leaves a curve uncertain that is unlike those of the training", function()
      local classifier = assert(totality.classifier())
      local system = totality.contact { mass_ratio = 0.3, fillout = 0.3, inclination = 86 }
      local few = assert(classifier:classify(system:light_curve():observe { points = 40, noise = 0.001, rng = totality.rng(2) }))
      assert.equal("uncertain", few.verdict)
      assert.equal("few points (40)", few.note)
   end)

   it("names what is wrong", function()
      assert.error_matches(function() totality.classifier { weight = "x" } end, "unknown option 'weight'; did you mean 'weights'%?")
      assert.error_matches(function() totality.classifier { partial_below = 0.9 } end, "must not exceed 'total_from'")
      assert.same({ nil, "none.safetensors: No such file or directory" }, { totality.classifier { weights = "none.safetensors" } })
   end)
end)

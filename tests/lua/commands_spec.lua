-- The commands beside classify: what they write, and how they refuse.

local markup = require "totality.markup"
local totality = require "totality"

local scratch = dofile "tests/lua/scratch.lua"
local read, run, write = scratch.read, scratch.run, scratch.write

-- Ctrl-C after so many seconds; without --foreground the signal would come twice, and the second one is not waited for.
local INTERRUPTED = "timeout --foreground --preserve-status --signal=INT "

-- The message with which the command refuses arguments.
local function refusal(arguments)
   local status, out, err = run(arguments)
   assert.equal(2, status, err)
   assert.equal("", out)
   return err
end

setup(function()
   scratch.make()
   write("verdicts.csv", "id,file,p_total,verdict,note\na,1,0.9,total,\nb,2,0.4,uncertain,\nc,3,0.1,partial,\n"
      .. "d,4,0.7,total,<b>&\ne,5,,,\"no, period\"\n")
   write("labels.csv", "# who said so\nid,Label,quality\na,total,high\nb,Total,high\nc,partial,high\nd,partial,low\n"
      .. "e,total,high\nf,,high\ng,1,high\n")
end)

teardown(scratch.remove)

describe("totality simulate", function()
   it("writes stars that classify and evaluate take, with the share of total eclipses that is wanted", function()
      assert.equal(0, (run "simulate --survey asas3 --number 8 --total-share 0.5 --seed 5 --output sky"))
      local rows = assert(totality.read_catalogue(scratch.path .. "/sky/catalogue.csv"))
      assert.equal(8, #rows)
      local totals = 0
      for number, row in ipairs(rows) do
         assert.equal(("asas3-%06d"):format(number), row.id)
         local curve = assert(totality.read(row.path))
         assert.equal(tonumber(row.n_points), #curve)
         totals = totals + (row.label == "total" and 1 or 0)
         local system = totality.contact { mass_ratio = tonumber(row.mass_ratio), fillout = tonumber(row.fillout),
            inclination = tonumber(row.inclination), t1 = tonumber(row.t1), t2 = tonumber(row.t2), resolution = 16 }
         assert.equal(row.label == "total", system:totality().total)
         assert.is_near(tonumber(row.true_period), row.period, 1e-3 * row.period)
      end
      assert.equal(4, totals)
      assert.equal(0, (run "classify --catalogue sky/catalogue.csv --output sky/verdicts.csv"))
      local status, out = run "evaluate --verdicts sky/verdicts.csv --labels sky/catalogue.csv"
      assert.equal(0, status)
      assert.matches("8 stars, 4 total and 4 partial", out, 1, true)
   end)

   it("ends with the same files after an interruption", function()
      assert.equal(0, (run "simulate --number 12 --points 40 --output whole"))
      local again = "simulate --number 12 --points 40 --output parts"
      assert(os.execute(("mkdir -p %s/parts/curves/plain-000004.csv"):format(scratch.path)))
      local status, _, err = run(again)
      assert.equal(1, status)
      assert.equal("totality simulate: parts/curves/plain-000004.csv: Is a directory\n", err)
      assert(os.execute(("rmdir %s/parts/curves/plain-000004.csv"):format(scratch.path)))
      write("parts/catalogue.csv", read "parts/catalogue.csv" .. "plain-0000") -- cut off by a power failure
      assert.equal("totality simulate: parts/catalogue.csv was begun with seed 1, not 2: choose the same, or another "
         .. "--output\n", refusal(again .. " --seed 2 --resume"))
      assert.equal(0, (run(again .. " --resume")))
      assert(os.execute(("diff -r %s/whole %s/parts"):format(scratch.path, scratch.path)))
      status, _, err = run("simulate --number 100000 --output long", INTERRUPTED .. "1")
      assert.equal(130, status)
      assert.equal("totality simulate: interrupted; the stars written are complete, --resume goes on with them\n", err)
   end)

   it("observes as it is told without a survey", function()
      assert.equal(0, (run "simulate --number 3 --points 200 --noise 0.005 --population talk --spots 0 --output plain"))
      for _, row in ipairs(assert(totality.read_catalogue(scratch.path .. "/plain/catalogue.csv"))) do
         assert.equal("200", row.n_points)
         assert.equal("0.005", row.noise)
         assert.equal("0", row.spots)
         local curve = assert(totality.read(row.path))
         assert.is_near(0.005, curve:fold { period = row.period, epoch = row.epoch }:noise(), 0.0015)
      end
   end)

   it("refuses what it can't use", function()
      assert.equal("totality simulate: option '--output' is missing; see totality simulate --help\n",
         refusal "simulate --number 3")
      assert.matches("'--survey' must be one of asas3, .*, got 'keplr'; did you mean 'kepler'%?",
         refusal "simulate --survey keplr --number 3 --output x")
      assert.equal("totality simulate: --points and --noise don't go with --survey\n",
         refusal "simulate --survey asas3 --points 9999 --number 3 --output x")
      assert.equal("totality simulate: option '--total-share' must be a number of at least 0 and at most 1, got '2'\n",
         refusal "simulate --total-share 2 --number 3 --output x")
      assert.equal("totality simulate: unexpected argument 'x'\n", refusal "simulate x")
      assert.equal("totality simulate: labels.csv/curves: the directory can't be made\n",
         refusal "simulate --number 1 --output labels.csv")
   end)
end)

describe("totality evaluate", function()
   it("scores probabilities", function()
      local status, out = run "evaluate --verdicts verdicts.csv --labels labels.csv"
      assert.equal(0, status)
      assert.matches("verdicts.csv against labels.csv: 4 stars, 2 total and 2 partial\n"
         .. "left out: 1 without a label, 1 without a row in the verdicts, 1 without a verdict\n", out, 1, true)
      -- by hand: a and c right, b and d wrong; 3 of 4 pairs in order; Wilson's interval of 1 of 2
      assert.matches("\nbalanced accuracy +0%.5000 ", out)
      assert.matches("\nrecall of total +0%.5000   0%.0945 %- 0%.9055\n", out)
      assert.matches("\nROC AUC +0%.7500 ", out)
      assert.matches("\ncalibration error +0%.3750\n", out) -- (0.1 + 0.6 + 0.1 + 0.7) / 4
      assert.matches("\npartial +1 +1\ntotal +1 +1\n", out)
   end)

   it("moves the threshold, takes classes, and looks at some rows only", function()
      local _, out = run "evaluate --verdicts verdicts.csv --labels labels.csv --threshold 0.4"
      assert.matches("\npartial +1 +1\ntotal +0 +2\n", out)
      _, out = run "evaluate --verdicts verdicts.csv --labels labels.csv --class-column verdict"
      assert.matches("3 stars, 1 total and 2 partial\n.* 2 without a verdict\n", out)
      assert.is_nil(out:find "ROC AUC")
      _, out = run "evaluate --verdicts verdicts.csv --labels labels.csv --where quality=high --where verdict=total"
      assert.matches("1 stars, 1 total and 0 partial\n", out)
      assert.matches("\nF1 +%-   one class only\n", out)
   end)

   it("takes another program's table, by file", function()
      write("theirs.csv", "File,Score\n1,0.2\n4,0.6\n")
      write("ours.csv", "file,eclipse\n1,no\n4,yes\n")
      local _, out = run "evaluate --verdicts theirs.csv --labels ours.csv --label-column eclipse --probability-column score"
      assert.matches("\nbalanced accuracy +1%.0000   1%.0000 %- 1%.0000\n", out)
   end)

   it("has nothing to say without common stars", function()
      write("others.csv", "id,label\nx,total\n")
      local status, out = run "evaluate --verdicts verdicts.csv --labels others.csv"
      assert.equal(1, status)
      assert.matches("0 stars", out, 1, true)
   end)

   it("refuses what it can't use", function()
      local function refused(arguments) return (refusal("evaluate " .. arguments):gsub("^totality evaluate: ", "")) end
      assert.equal("option '--labels' is missing; see totality evaluate --help\n", refused "--verdicts verdicts.csv")
      assert.equal("none.csv: No such file or directory\n", refused "--verdicts none.csv --labels labels.csv")
      assert.equal("labels.csv:2: the header names no column 'p_total'\n", refused "--verdicts labels.csv --labels labels.csv")
      assert.equal("verdicts.csv:1: the header names no column 'label'\n", refused "--verdicts verdicts.csv --labels verdicts.csv")
      assert.equal("option '--where': neither labels.csv nor verdicts.csv has a column 'colour'\n",
         refused "--verdicts verdicts.csv --labels labels.csv --where colour=red")
      assert.equal("option '--where' must be COLUMN=VALUE, got 'red'\n",
         refused "--verdicts verdicts.csv --labels labels.csv --where red")
      write("twice.csv", "id,label\na,total\na,partial\n")
      assert.equal("twice.csv: there are two rows with the id 'a'\n", refused "--verdicts verdicts.csv --labels twice.csv")
      write("percent.csv", "id,p_total\na,90\n")
      assert.equal("percent.csv: the p_total '90' of 'a' is no probability (row 1 of labels.csv)\n",
         refused "--verdicts percent.csv --labels labels.csv")
   end)
end)

describe("totality report", function()
   it("makes a page that holds everything", function()
      assert(os.execute("mkdir -p " .. scratch.path .. "/images"))
      write("images/a.png", "\x89PNG a")
      write("images/d.png", "\x89PNG d")
      local status, out, err = run("report --verdicts verdicts.csv --images images --images-for 1 --labels labels.csv "
         .. "--title 'A & B' --output page.html")
      assert.equal("", out .. err)
      assert.equal(0, status)
      local page = read "page.html"
      assert.matches("<title>A &amp; B</title>", page, 1, true)
      assert.matches("<b>5</b> stars</span><span><b>2</b> total</span><span><b>1</b> uncertain</span>"
         .. "<span><b>1</b> partial</span><span><b>1</b> without a verdict</span>", page, 1, true)
      assert.matches('src="data:image/png;base64,' .. markup.base64 "\x89PNG a", page, 1, true)
      assert.is_nil(page:find(markup.base64 "\x89PNG d", 1, true), "one image was asked for")
      assert.matches('<td class="note">&lt;b&gt;&amp;</td>', page, 1, true)
      assert.is_nil(page:find("<b>&", 1, true))
      local order = {}
      for id in page:gmatch '<td class="id">(%a)</td>' do order[#order + 1] = id end
      assert.equal("a d b c e", table.concat(order, " "))
      assert.matches('<tr class="total differs"><td></td><td class="id">d</td>', page, 1, true)
      assert.is_nil(page:find "https?://[^w]", "nothing is fetched")
   end)

   it("shows mass ratios with their uncertainty, where there are some", function()
      write("posterior.csv", "id,p_total,mass_ratio,mass_ratio_low,mass_ratio_high,fillout\na,0.9,0.31,0.3,0.33,0.2\nb,0.1,,,,\n")
      assert.equal(0, (run "report --verdicts posterior.csv --output page.html"))
      local page = read "page.html"
      assert.matches('<td class="number">0.31 (0.3 to 0.33)</td><td class="number">0.2</td>', page, 1, true)
      assert.matches('<td class="number">0.1</td><td class="number"></td><td class="number"></td>', page, 1, true)
   end)

   it("refuses what it can't use", function()
      assert.equal("totality report: option '--output' is missing; see totality report --help\n",
         refusal "report --verdicts verdicts.csv")
      assert.equal("totality report: nowhere: no image of a star is there, as ID.png\n",
         refusal "report --verdicts verdicts.csv --images nowhere --output page.html")
      assert.equal("totality report: --images-for needs --images: the directory\n",
         refusal "report --verdicts verdicts.csv --images-for 3 --output page.html")
      assert.equal("totality report: no/page.html: No such file or directory\n",
         refusal "report --verdicts verdicts.csv --output no/page.html")
   end)
end)

describe("base64", function()
   it("is that of RFC 4648, section 10", function()
      for text, expected in pairs { [""] = "", f = "Zg==", fo = "Zm8=", foo = "Zm9v", foob = "Zm9vYg==",
         fooba = "Zm9vYmE=", foobar = "Zm9vYmFy", ["\0\xff\n\xfb"] = "AP8K+w==" } do
         assert.equal(expected, markup.base64(text))
      end
   end)
end)

describe("totality train", function()
   local ARGUMENTS = "train --width 32 --height 32 --examples-per-epoch 40 --epochs 4 --output small.safetensors"

   it("trains, and has nothing left to do when it is called again", function()
      local status, out, err = run(ARGUMENTS)
      assert.equal(0, status, err)
      assert.matches("^totality.Recipe%(cnn10, 32 x 32, 4 epochs of 40 examples%)\n", out)
      assert.matches("Epoch 1/4 .*Epoch 2/4 .*Epoch 4/4 ", out)
      assert.matches("the best weights are in small%.safetensors\n$", out)
      local weights = read "small.safetensors"
      status, out = run(ARGUMENTS .. " --threads 1")
      assert.equal(0, status)
      assert.is_nil(out:find "Epoch")
      assert.equal(weights, read "small.safetensors")
      local model = assert(totality.load_model(scratch.path .. "/small.safetensors"))
      assert.equal("totality.recipes.cnn10", model.metadata.recipe)
      assert.matches("random phases, 80-1000 points, noise 0.002-0.08 (weight 0.04)", model.metadata.observations, 1, true)
      assert.matches("regular phases, 32 points, noise 0.02 (weight 0.12)", model.metadata.observations, 1, true)
      assert.matches("asas3 (weight 0.3); ", model.metadata.surveys, 1, true)
      assert.equal("0.06", model.metadata.hidden_depth)
      assert.equal("4", model.metadata.observations_per_system)
      assert.equal("1024", model.metadata.point_limit)
      -- with 20 examples there may be nothing to calibrate on, which it says
      assert.matches(model.metadata.calibration_slope and "^20 other examples of all surveys, and as many of each$"
         or "^none: ", model.metadata.calibration)
   end)

   it("refuses to go on with another training, and says so at once when it can't write", function()
      local status, _, err = run(ARGUMENTS .. " --seed 2")
      assert.equal(1, status)
      assert.matches("^totality train: small%.safetensors%.checkpoint: this is the checkpoint of another training", err)
      status, _, err = run "train --output no/where.safetensors"
      assert.equal(1, status)
      assert.equal("totality train: no/where.safetensors.checkpoint.new: No such file or directory\n", err)
      assert.matches("'%-%-network' must be one of cnn10, cnn15, got 'cnn1'", refusal "train --network cnn1 --output x")
      assert.matches("'%-%-output' is missing", refusal "train")
   end)

   it("is interrupted without harm", function()
      local status, _, err = run("train --width 32 --height 32 --examples-per-epoch 5000 --output long.safetensors",
         INTERRUPTED .. "2")
      assert.equal(130, status)
      assert.matches("^totality train: interrupted; the same command continues", err)
   end)
end)

describe("every command", function()
   it("explains itself, with examples", function()
      for _, name in ipairs { "simulate", "evaluate", "report", "train" } do
         local status, out = run(name .. " --help")
         assert.equal(0, status)
         assert.matches("^usage: totality " .. name .. " ", out)
         assert.matches("\nExamples:\n  totality " .. name .. " ", out)
         assert.matches("\nExit status: ", out)
      end
   end)
end)

-- The experiments at a scale of seconds: every one runs, continues, and says what a report must say.

local core = require "totality.core"
local csv = require "totality.csv"
local experiments = require "totality.experiments"
local files = require "totality.files"
local real_stars = require "totality.experiment.real_stars"
local report = require "totality.experiment.report"
local runs = require "totality.experiment.runs"
local scores = require "totality.experiment.scores"
local totality = require "totality"

local directory

local function content(path)
   local file <close> = assert(io.open(path, "rb"))
   return file:read "a"
end

local function run_command(arguments)
   local pipe = assert(io.popen(("'%s/build/totality' experiment %s 2>&1"):format(os.getenv "PWD", arguments)))
   local output = pipe:read "a"
   local _, _, status = pipe:close()
   return output, status
end

before_each(function()
   directory = os.tmpname()
   os.remove(directory)
   assert(os.execute("mkdir " .. directory))
end)

after_each(function() os.execute("rm -r " .. directory) end)

describe("experiment", function()
   for _, name in ipairs(experiments.names()) do
      it(name .. " runs and reports", function()
         local path = assert(experiments.run(name, { scale = "tiny", output = directory, verbose = false,
            threads = 1, publish = directory .. "/published" }))
         local page = content(path)
         assert.matches("^# " .. experiments.get(name).title:gsub("%p", "%%%0") .. "\n", page)
         assert.matches("**Tiny scale:", page, 1, true)
         assert.matches(("`totality experiment %s --scale tiny --seeds 1`; 20"):format(name), page, 1, true)
         assert.matches("totality 0.1.0", page, 1, true)
         assert.matches(("%d processors, 1 threads"):format(core.processor_count()), page, 1, true)
         assert.equal(page, content(("%s/published/%s/README.md"):format(directory, name)))
         local linked = 0
         for file in page:gmatch "%]%(([%w_]+%.%w+)%)" do
            assert.matches(file:find "%.svg$" and "^<svg" or "^\x89PNG", content(directory .. "/" .. file))
            linked = linked + 1
         end
         assert.is_true(linked > 0)
      end)
   end
end)

describe("experiments.run", function()
   it("names what it does not know", function()
      assert.error_matches(function() experiments.run "comparisons" end,
         "there is no experiment 'comparisons'; did you mean 'comparison'?", 1, true)
      assert.error_matches(function() experiments.run("comparison", { catalogue = "x" }) end,
         "experiment 'comparison' takes no catalogue", 1, true)
   end)
end)

describe("comparison and limit", function()
   it("have the limits and the project's weights in common, for a common folder", function()
      local function runs_of(name)
         local experiment = experiments.get(name)
         local settings = { seeds = 1 }
         for key, value in pairs(experiment.scales.quick) do settings[key] = value end
         return experiment.runs(settings)
      end
      local known, shared = {}, 0
      for _, run in ipairs(runs_of "limit") do known[run.name] = run end
      for _, run in ipairs(runs_of "comparison") do
         if known[run.name] then
            assert.same(known[run.name], run)
            shared = shared + 1
         end
      end
      assert.equal(2 * 2 * 3, shared) -- two levels of noise, three sizes
   end)
end)

describe("transfer", function()
   it("says what training before gains on the same images and stars", function()
      local transfer = experiments.get "transfer"
      local settings = { pretrain = 16, pretrain_epochs = 1, sizes = { 16 }, seen = 16, test = 16, seeds = 3 }
      local results = {}
      for _, run in ipairs(transfer.runs(settings)) do
         -- the stars of each repetition are easier than those before; training before gains 0.1, 0.11, 0.12
         local seed = tonumber(run.name:match "seed (%d)")
         local gain = run.name:find "fine%-tuned" and 0.09 + 0.01 * seed or 0
         results[run.name] = { balanced_accuracy = 0.5 + 0.1 * seed + gain, roc_auc = 0.6 - gain * (seed - 2) }
      end
      local page = report.new()
      transfer.report(page, results, settings)
      assert.matches("| asas3 | 16 | +0.110 +- 0.006 | helps | -0.007 +- 0.064 | not decided |",
         table.concat(page.lines, "\n"), 1, true)
   end)
end)

describe("an experiment on a survey", function()
   it("judges a catalogue of real curves", function()
      local folder = os.getenv "PWD" .. "/examples/curves/"
      local lines = { "id,file,period,epoch,label,remark" }
      for k, row in ipairs(assert(totality.read_catalogue(folder .. "catalogue.csv"))) do
         lines[#lines + 1] = ("%s,%s%s,%s,%s,%s,%s"):format(row.id, folder, row.file, row.period or "", row.epoch or "",
            ({ "total", "partial", "unknown" })[k] or "total", k == 1 and "one | two" or "")
      end
      lines[#lines + 1] = "gone|so,gone.dat,0.4,,partial,"
      assert(files.write(directory .. "/stars.csv", table.concat(lines, "\n") .. "\n"))
      local path = assert(experiments.run("asas", { scale = "tiny", output = directory, verbose = false,
         catalogue = directory .. "/stars.csv" }))
      local page = content(path)
      assert.matches("## Real curves\n\nThe stars of `stars.csv`", page, 1, true)
      assert.matches("; catalogue stars.csv; ", page, 1, true)
      assert.equal(#lines - 2, tonumber(content(directory .. "/real.csv"):match "\ncnn10 of the project,(%d+)"))

      -- every labelled star, the most probable first, with its image
      local shown = assert(csv.read(directory .. "/real_stars.csv", { "star", "image", "label", "networks" }))
      assert.equal(#lines - 2, #shown)
      local last = shown[#shown]
      assert.same({ "gone|so", "", "partial", "" }, { last.star, last.image, last.label, last.networks })
      assert.matches("gone.dat: No such file", last.note, 1, true)
      for k = 2, #shown - 1 do
         assert.is_true(tonumber(shown[k].networks) <= tonumber(shown[k - 1].networks))
         assert.matches("^\x89PNG", content(directory .. "/" .. shown[k].image))
      end
      assert.matches("one \\| two", page, 1, true)
      local first = shown[1]
      assert.matches(("\n| %s | ![%s](%s) | "):format(first.star, first.star, first.image), page, 1, true)
   end)

   it("tells by whom a real star is not seen as it is labelled", function()
      local folder, rows = os.getenv "PWD" .. "/examples/curves/", {}
      for k, name in ipairs { "W_UMa.dat", "AB_And.csv", "U_Peg.csv", "AH_Vir.csv" } do
         rows[k] = { id = name, path = folder .. name, period = 0.4, label = k < 3 and "total" or "partial",
            class = k < 3 and 1 or 0, remark = "of " .. name }
      end
      local page = report.new()
      assert.is_nil(real_stars.write(page, rows, { threshold = 0.5, networks = { 0.9, 0.1, 0.6, 0.7 },
         posterior = { 0.8, 0.2, 0.3, 0.9 }, notes = { "", "doubt", "", "" } }))
      assert(page:write(directory))
      local found = {}
      for _, row in ipairs(assert(csv.read(directory .. "/real_stars.csv"))) do
         found[#found + 1] = ("%s: %s, %s %s"):format(row.star, row["not so labelled by"], row.note, row.remark)
      end
      assert.same({ "W_UMa.dat: ,  of W_UMa.dat", "AH_Vir.csv: both,  of AH_Vir.csv",
         "U_Peg.csv: networks,  of U_Peg.csv", "AB_And.csv: both, doubt of AB_And.csv" }, found)
      assert.matches("3 of 4 have a label that one of them disagrees with at 0.5", table.concat(page.lines), 1, true)
   end)

   it("lets networks judge together as the classifier does", function()
      local asas = experiments.get "asas"
      local settings = { sets = 1, seeds = 1, train = 16, epochs = 1, per_system = 4, bank = 200 }
      local results, labels = {}, { 1, 1, 0, 0 }
      -- the first network misses the first star, the last is sure of it; the others are wrong about all
      local said = { cnn10 = { 0.4, 0.9, 0.02, 0.6 }, cnn15_350x175 = { 0.9, 0.8, 0.05, 0.1 } }
      for _, run in ipairs(asas.runs(settings)) do
         local judge = run.name:match "^judge (%S+) seed"
         if judge then
            results[run.name] = { labels = labels, probabilities = said[judge] or { 0.1, 0.1, 0.9, 0.9 }, failures = 0 }
         end
      end
      local page = require("totality.experiment.report").new()
      asas.report(page, results, settings)
      local scores_file = page.files["simulated.csv"]
      local function accuracy(about) return tonumber(scores_file:match("\n\"?" .. about .. "[^\n]-\"?,4,([%d.]+) ")) end
      assert.equal(0.5, accuracy "cnn10 of")
      assert.equal(1, accuracy "cnn10 and cnn15_350x175 together")
      assert.equal(0, accuracy "posterior over")
      -- the default finds the third star partial, with 0.03; the posterior, which is wrong about all, sees the others
      assert.equal(0.25, accuracy "the default, and the posterior")
      assert.matches("looked at 75 % of the curves", table.concat(page.lines), 1, true)
      -- where F1 is best for the first network, at half of 2 (0.9 + 0.6 + 0.4) / (3 + 1.92), it finds the first star
      local threshold, promised, f1 = page.files["f1.csv"]:match "\ncnn10 of the project,([%d.]+),([%d.]+),([%d.]+) "
      assert.near(1.9 / 4.92, tonumber(threshold), 5e-4)
      assert.near(3.8 / 4.92, tonumber(promised), 5e-4)
      assert.near(0.8, tonumber(f1), 5e-4)
      -- the posterior, wrong about all, has an F1 of 0 by the labels; by its own probabilities the network is the worse
      assert.matches("\ncnn10 of the project,[^\n]*,%+0.800 %+%- [%d.]+,%-[%d.]+ %+%- [%d.]+\n", page.files["f1.csv"])
   end)

   it("says what is wrong with a catalogue", function()
      local function run(text)
         assert(files.write(directory .. "/stars.csv", text))
         return select(2, experiments.run("kepler", { scale = "tiny", output = directory, verbose = false,
            catalogue = directory .. "/stars.csv" }))
      end
      assert.matches("stars.csv: stars with a period and the labels total and partial are needed, there are 0 and 0",
         run "id,file,period\na,b.dat,1\n", 1, true)
      assert.matches("none.csv: No such file", select(2, experiments.run("kepler", { scale = "tiny",
         output = directory, verbose = false, catalogue = directory .. "/none.csv" })), 1, true)
   end)
end)

describe("the runs of an experiment", function()
   local function execute(list)
      return runs.execute(list, { directory = directory, threads = 1, verbose = false, say = function() end })
   end

   -- Runs that count how often each was made; the last is interrupted while `stop` holds.
   local function sample(made, stop)
      local function calculate(run, context)
         made[run.name] = (made[run.name] or 0) + 1
         if stop and run.name == "c" then error("interrupted!", 0) end
         return { value = run.value + (run.runs and context.results[run.runs[1]].value or 0) }
      end
      return { { name = "a", kind = "calculate", value = 1, calculate = calculate },
         { name = "b", kind = "calculate", value = 2, calculate = calculate, runs = { "a" } },
         { name = "c", kind = "calculate", value = 3, calculate = calculate, runs = { "b" } } }
   end

   it("continue after an interruption with what is missing", function()
      local made = {}
      assert.error_matches(function() execute(sample(made, true)) end, "interrupted!")
      local results = assert(execute(sample(made)))
      assert.same({ a = 1, b = 1, c = 2 }, made)
      assert.same({ { value = 1 }, { value = 3 }, { value = 6 } }, { results.a, results.b, results.c })
   end)

   it("are made again when they, or runs they use, have changed", function()
      local made = {}
      assert(execute(sample(made)))
      local list = sample(made)
      list[2].value = 5
      assert.equal(9, assert(execute(list)).c.value)
      assert.same({ a = 1, b = 2, c = 2 }, made)
      assert.equal(6, assert(execute(sample(made))).c.value)
      assert.same({ a = 1, b = 2, c = 2 }, made)
   end)

   it("are made again when their file is damaged", function()
      local made = {}
      assert(execute(sample(made)))
      for name in io.popen(("ls %s/runs/b-*.json"):format(directory)):lines() do assert(files.write(name, "{")) end
      assert(execute(sample(made)))
      assert.same({ a = 1, b = 2, c = 1 }, made)
   end)

   it("give the same network after an interrupted training", function()
      local data = { size = 24, seed = 1, spots = 0.5, width = 32, height = 32, observations = { { noise = 0.02 } } }
      local function list(epochs)
         return { { name = "train", kind = "train", network = { name = "cnn10", width = 32, height = 32, seed = 1 },
            data = data, validation = data, epochs = epochs, batch_size = 8, learning_rate = 1e-3, seed = 1 },
            { name = "test", kind = "test", model = "train", data = data } }
      end
      local first = assert(execute(list(2))).test.probabilities
      assert(os.execute(("rm %s/runs/*"):format(directory)))
      local callbacks, count = require "totality.training", 0
      local fit = callbacks.fit
      callbacks.fit = function(run)
         table.insert(run.handlers.on_batch_end, function()
            count = count + 1
            if count == 4 then error("interrupted!", 0) end
         end)
         run.checkpoint_every = { batches = 1 }
         return fit(run)
      end
      finally(function() callbacks.fit = fit end)
      assert.error_matches(function() execute(list(2)) end, "interrupted!")
      assert.same(first, assert(execute(list(2))).test.probabilities)
      assert.is_true(count < 9)
   end)

   it("train with the optimizer that they name, with Adam if none", function()
      local data = { size = 16, seed = 1, spots = 0.5, width = 32, height = 32, observations = { { noise = 0.02 } } }
      local function loss(optimizer)
         local run = { name = "train", kind = "train", network = { name = "cnn10", width = 32, height = 32, seed = 1 },
            data = data, epochs = 2, batch_size = 8, learning_rate = 1e-3, seed = 1, optimizer = optimizer }
         return assert(execute { run }).train.loss[2]
      end
      assert.equal(loss "adam", loss(nil))
      assert.not_equal(loss "adam", loss "muon")
      assert.error_matches(function() loss "mon" end, [[run 'train': optimizer must be one of "adam", "muon"]], 1, true)
   end)
end)

describe("a report", function()
   it("has tables that are CSV files, too", function()
      local page = report.new()
      page:text "# Title"
      page:table("numbers", { "name", "value" }, { { "a, b", 1.23456 }, { "c", 0 / 0 }, { "d", 7 } })
      assert(page:write(directory))
      assert.equal("# Title\n\n| name | value |\n|---|---|\n| a, b | 1.235 |\n| c |  |\n| d | 7 |\n",
         content(directory .. "/README.md"))
      assert.equal('name,value\n"a, b",1.23456\nc,\nd,7\n', content(directory .. "/numbers.csv"))
   end)
end)

describe("scores", function()
   it("has intervals that hold the value and shrink with the number of stars", function()
      local widths = {}
      for k, count in ipairs { 20, 500 } do
         local labels, predicted = {}, {}
         for j = 1, count do
            labels[j], predicted[j] = j % 2, (j % 10 == 1 or j % 10 == 0) and 1 - j % 2 or j % 2
         end
         for _, interval in pairs(scores.intervals(labels, predicted)) do
            assert.near(0.8, interval.value, 1e-12)
            assert.is_true(interval.low <= 0.8 and interval.high >= 0.8)
         end
         local recall = scores.intervals(labels, predicted).recall
         widths[k] = recall.high - recall.low
      end
      -- binomial: 2 * 1.96 * sqrt(0.8 * 0.2 / 250)
      assert.near(0.099, widths[2], 0.012)
      assert.is_true(widths[1] > 3 * widths[2])
   end)

   it("compares two judges on the same stars", function()
      local labels, one, other = {}, {}, {}
      for k = 1, 400 do
         labels[k] = k % 2
         one[k] = k % 10 < 8 and labels[k] or 1 - labels[k] -- one of five wrong
         other[k] = k % 20 < 16 and labels[k] or 1 - labels[k] -- likewise, but others
      end
      local difference, error = scores.difference("balanced_accuracy", labels, one, other)
      assert.near(0, difference, 1e-12)
      -- they differ on 80 stars of 400, 40 each way: sqrt(80) / 400
      assert.near(0.0224, error, 0.003)
      difference, error = scores.difference("balanced_accuracy", labels, labels, labels)
      assert.equal(0, difference)
      assert.equal(0, error)
      assert.near(0.2, (scores.difference("balanced_accuracy", labels, labels, one)), 1e-12)
      for k = 1, 400 do one[k] = k % 4 == 1 and 1 or 0 end -- half of the ones found: F1 = 2/3
      assert.near(-1 / 3, (scores.difference("f1", labels, one, labels)), 1e-12)
      assert.near(-1 / 4, (scores.difference("balanced_accuracy", labels, one, labels)), 1e-12)
   end)

   it("compares two judges by the probabilities of the labels", function()
      local truth, one, other = { 0.9, 0.8, 0.4, 0.1 }, { 1, 1, 0, 0 }, { 1, 0, 0, 1 }
      -- of 2.2 ones and 1.8 zeros expected, one finds 1.7 and 1.5, the other 1.0 and 0.8
      assert.near((1.7 / 2.2 + 1.5 / 1.8 - 1.0 / 2.2 - 0.8 / 1.8) / 2, (scores.difference("balanced_accuracy", truth,
         one, other)), 1e-12)
      assert.near(2 * 1.7 / 4.2 - 2 * 1.0 / 4.2, (scores.difference("f1", truth, one, other)), 1e-12)
      -- with labels that come out as probable as that, it is the mean of the differences, with a smaller error
      local rng, labels, classes, others = totality.rng(3), {}, {}, {}
      local probabilities = {}
      for k = 1, 4000 do
         local p = rng:uniform(0, 1)
         probabilities[k], labels[k] = p, rng:uniform(0, 1) < p and 1 or 0
         classes[k], others[k] = p > 0.5 and 1 or 0, p > 0.7 and 1 or 0
      end
      local measured, error = scores.difference("balanced_accuracy", labels, classes, others)
      local expected, its_error = scores.difference("balanced_accuracy", probabilities, classes, others)
      assert.near(expected, measured, 3 * error)
      assert.is_true(its_error < error / 2)
   end)

   it("gives the recall that probabilities promise", function()
      -- the first two stars: 1.5 of 2 are total, of 1.8 in all; the third would make it 1.7 of 3
      assert.near(1.5 / 1.8, scores.promised_recall({ 0.1, 0.9, 0.2, 0.6 }, 0.75), 1e-12)
      assert.near(0.9 / 1.8, scores.promised_recall({ 0.1, 0.9, 0.2, 0.6 }, 0.8), 1e-12)
      assert.equal(1, scores.promised_recall({ 0.5, 1 }, 0.5))
      assert.equal(0, scores.promised_recall({ 0.1, 0.9 }, 0.95))
   end)

   it("tells by Student's t whether a mean differs from zero", function()
      -- scipy.stats.t.ppf(0.975, [1, 2, 9, 19, 99]) = 12.7062, 4.3027, 2.2622, 2.0930, 1.9842
      for count, quantile in pairs { [2] = 12.7062, [3] = 4.3027, [10] = 2.2622, [20] = 2.0930, [100] = 1.9842 } do
         assert.is_true(scores.differs(0.1 * (quantile + 0.002), 0.1, count))
         assert.is_true(scores.differs(-0.1 * (quantile + 0.002), 0.1, count))
         assert.is_false(scores.differs(0.1 * (quantile - 0.002), 0.1, count))
      end
      assert.is_nil(scores.differs(1, 0 / 0, 1))
   end)

   it("gives mean and standard error", function()
      local mean, error = scores.mean { 1, 2, 3, 6 }
      assert.near(3, mean, 1e-12)
      assert.near(math.sqrt(14 / 3 / 4), error, 1e-12)
   end)
end)

describe("totality experiment", function()
   it("lists what there is", function()
      local output, status = run_command "--list"
      assert.equal(0, status)
      for _, name in ipairs(experiments.names()) do
         assert.matches(("%s +%s"):format(name, experiments.get(name).title:gsub("%p", "%%%0")), output)
      end
   end)

   it("says what is wrong with its arguments", function()
      for arguments, message in pairs {
         [""] = "no experiment was named; see totality experiment --list",
         ["comparson"] = "there is no experiment 'comparson'; did you mean 'comparison'?",
         ["comparison --scale big"] = "option '--scale' must be one of tiny, quick, full, got 'big'",
         ["comparison --catalogue x.csv"] = "experiment 'comparison' takes no --catalogue",
         ["comparison --seeds 0"] = "option '--seeds' must be a whole number of at least 1, got '0'",
      } do
         local output, status = run_command(arguments)
         assert.equal(2, status)
         assert.equal("totality experiment: " .. message .. "\n", output)
      end
   end)
end)

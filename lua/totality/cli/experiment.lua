--- totality experiment: a table or figure by its name.

local command = require "totality.cli.command"
local experiments = require "totality.experiments"
local options = require "totality.options"

local USAGE = [[
usage: totality experiment [OPTIONS] NAME
       totality experiment --list

Makes a table or figure: trains and tests networks, calculates, and writes a report (README.md, CSV, SVG, PNG).
Finished runs are kept in the output folder; the same command continues after an interruption.

  --list              the names of the experiments, and what each shows
  --scale SCALE       tiny (seconds, shows nothing), quick (minutes, default) or full (hours)
  --seeds N           repetitions of each training
  --threads N         default: all processors; the figures don't depend on it
  --output FOLDER     runs and report (default experiments/NAME)
  --publish FOLDER    put the report also into FOLDER/NAME
  --catalogue TABLE   judge these real curves, too, and show each star: a CSV table with the columns id, file,
                      period, epoch, label (total or partial) and perhaps remark; experiments kepler and asas
  --quiet             don't say what is done
  --help

Exit status: 0 the report is written, 2 the arguments or files can't be used, 130 Ctrl-C.
]]

local OPTIONS = {
   list = { flag = true }, scale = { value = "SCALE", one_of = { "tiny", "quick", "full" } },
   seeds = { value = "N", integer = true, minimum = 1 }, threads = { value = "N", integer = true, minimum = 1 },
   output = { value = "FOLDER" }, publish = { value = "FOLDER" }, catalogue = { value = "TABLE" },
   quiet = { flag = true },
}

local function list()
   for _, name in ipairs(experiments.names()) do
      io.write(("%-24s %s\n"):format(name, experiments.get(name).title))
   end
   return 0
end

local function problem_of(values)
   if #values == 0 then return "no experiment was named; see totality experiment --list" end
   if #values > 1 then return "one experiment at a time: " .. table.concat(values, " ") end
   local names = experiments.names()
   for _, name in ipairs(names) do
      if name == values[1] then
         if values.catalogue and not experiments.get(name).takes_catalogue then
            return ("experiment '%s' takes no --catalogue"):format(name)
         end
         return nil
      end
   end
   local near = options.suggestion(values[1], names)
   return ("there is no experiment '%s'%s"):format(values[1],
      near and "; did you mean '" .. near .. "'?" or "; see totality experiment --list")
end

local function run(values)
   if values.list then return list() end
   local problem = problem_of(values)
   if problem then return nil, problem end
   local path, message = experiments.run(values[1], { scale = values.scale, seeds = values.seeds,
      threads = values.threads, output = values.output, publish = values.publish, catalogue = values.catalogue,
      verbose = not values.quiet })
   if not path then return nil, message end
   print("the report is " .. path)
   return 0
end

return command.new { name = "experiment", usage = USAGE, options = OPTIONS, operands = true, run = run }

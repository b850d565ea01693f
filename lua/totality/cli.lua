--- The command `totality`: a thin layer over the same functions.

local interruption = require "totality.interruption"

local commands = {
   classify = { module = "totality.cli.classify", text = "tell total from partial eclipses in light curves",
      interrupted = "; the rows written are complete, --resume goes on with them" },
   evaluate = { module = "totality.cli.evaluate", text = "compare verdicts with labels: scores and intervals" },
   experiment = { module = "totality.cli.experiment", text = "make a table or figure of docs/results",
      interrupted = "; the same command goes on with what is missing" },
   posterior = { module = "totality.cli.posterior", text = "weigh light curves against models: total? mass ratio?",
      interrupted = "; the rows written are complete, --resume goes on with them" },
   report = { module = "totality.cli.report", text = "make an HTML page of verdicts" },
   simulate = { module = "totality.cli.simulate", text = "write light curves of simulated stars, and what is true",
      interrupted = "; the stars written are complete, --resume goes on with them" },
   train = { module = "totality.cli.train", text = "train a network by its recipe",
      interrupted = "; the same command continues from the last checkpoint" },
}

local cli = {}

local function usage()
   local lines = { "usage: totality COMMAND [ARGUMENTS]", "       totality --help | --version", "", "Commands:" }
   local names = {}
   for name in pairs(commands) do names[#names + 1] = name end
   table.sort(names)
   for _, name in ipairs(names) do lines[#lines + 1] = ("  %-11s %s"):format(name, commands[name].text) end
   lines[#lines + 1] = ""
   lines[#lines + 1] = "totality COMMAND --help tells more."
   return table.concat(lines, "\n") .. "\n"
end

local INTERRUPTED = {}

local function on_error(message)
   if interruption.is(message) then return INTERRUPTED end
   return debug.traceback(message, 2)
end

--- Runs the command with its arguments; returns the exit status.
---@param arguments string[]
---@return integer status 0: all is well; 1: something could not be done; 2: the arguments are wrong; 130: Ctrl-C
function cli.main(arguments)
   local first = arguments[1]
   if first == "--version" then
      print("totality " .. require("totality").version)
      return 0
   end
   if first == "--help" or first == "-h" then
      io.write(usage())
      return 0
   end
   if first == nil then
      io.stderr:write(usage())
      return 2
   end
   if not commands[first] then
      local options = require "totality.options"
      local names = { "--help", "--version" }
      for name in pairs(commands) do names[#names + 1] = name end
      local near = options.suggestion(first, names)
      io.stderr:write(("totality: unknown command '%s'%s\n"):format(first,
         near and "; did you mean '" .. near .. "'?" or "; see totality --help"))
      return 2
   end
   local command = require(commands[first].module)
   local finished, status = xpcall(command.run, on_error, table.move(arguments, 2, #arguments, 1, {}))
   if finished and status ~= 130 then return status end
   if finished or status == INTERRUPTED then
      io.stderr:write(("totality %s: interrupted%s\n"):format(first,
         commands[first].interrupted or ""))
      return 130
   end
   error(status, 0)
end

return cli

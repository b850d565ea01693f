--- The command `totality`: a thin layer over the same functions.

local cli = {}

local usage = [[
usage: totality --help | --version
]]

--- Runs the command with its arguments; returns the exit status.
---@param arguments string[]
---@return integer status
function cli.main(arguments)
   local first = arguments[1]
   if first == "--version" then
      print("totality " .. require("totality").version)
      return 0
   end
   if first == nil or first == "--help" then
      io.write(usage)
      return 0
   end
   io.stderr:write(("totality: unknown argument '%s'\n%s"):format(first, usage))
   return 2
end

return cli

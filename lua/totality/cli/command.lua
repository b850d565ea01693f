--- What the commands have in common: options, help, and complaints.

local arguments = require "totality.cli.arguments"

local command = {}

--- A command.
---@param given table `name`; `usage` (the text of --help); `options` (see arguments.parse; --help is added);
--- `operands` (true: it takes arguments that are no options); `run(values)`, which returns the exit status, or nil
--- and a message about what can't be used
---@return table command `run(arguments)` returns the exit status
function command.new(given)
   local specification = { help = { flag = true } }
   for name, rule in pairs(given.options) do specification[name] = rule end
   local function complain(message)
      io.stderr:write(("totality %s: %s\n"):format(given.name, message))
      return 2
   end
   return {
      run = function(list)
         local values, message = arguments.parse(list, specification)
         if not values then return complain(message) end
         if values.help then
            io.write(given.usage)
            return 0
         end
         if values[1] and not given.operands then return complain(("unexpected argument '%s'"):format(values[1])) end
         local status
         status, message = given.run(values)
         return status or complain(message)
      end,
   }
end

return command

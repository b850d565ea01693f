--- Ctrl-C: lua5.4 answers it by raising "interrupted!" from a hook, in whatever code runs. Whoever catches errors
-- must pass that one on, or the key would have no effect.

local interruption = {}

--- Whether an error is that of Ctrl-C.
---@param message any
---@return boolean
function interruption.is(message) return type(message) == "string" and message:find("interrupted!$") ~= nil end

local function pass_on(done, message, ...)
   if not done and interruption.is(message) then error(message, 0) end
   return done, message, ...
end

--- As pcall, but Ctrl-C goes through.
---@param f function
---@param ... any
---@return boolean done
---@return any message or results
function interruption.attempt(f, ...) return pass_on(pcall(f, ...)) end

return interruption

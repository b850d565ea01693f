--- How far long work has come: one line on standard error, when that is a terminal.

local core = require "totality.core"

local progress_bar = {}

---@class totality.ProgressBar
local ProgressBar = {}
ProgressBar.__index = ProgressBar

local INTERVAL = 0.2 -- seconds between updates

--- "7s", "3:05", "2:03:05"
---@param seconds number
---@return string
function progress_bar.duration(seconds)
   local whole = math.floor(seconds + 0.5)
   if whole < 60 then return ("%ds"):format(whole) end
   if whole < 3600 then return ("%d:%02d"):format(whole // 60, whole % 60) end
   return ("%d:%02d:%02d"):format(whole // 3600, whole // 60 % 60, whole % 60)
end

--- A line for `total` pieces of work, of which `done` have been done before.
---@param given table `total`, `done` (default 0), `unit` ("stars"), `shown` (false: never; default: when
--- standard error is a terminal)
---@return totality.ProgressBar
function progress_bar.new(given)
   return setmetatable({ total = given.total, before = given.done or 0, unit = given.unit,
      shown = given.shown ~= false and core.stderr_is_terminal(), began = core.monotonic_time(), last = -math.huge },
      ProgressBar)
end

--- Shows that `done` pieces are done, unless it has just been shown.
---@param done integer
function ProgressBar:update(done)
   local now = core.monotonic_time()
   if not self.shown or (now - self.last < INTERVAL and done < self.total) then return end
   local rate = (done - self.before) / math.max(now - self.began, 1e-9)
   self.last, self.dirty = now, true
   io.stderr:write(("\r\27[K%d of %d %s - %.3g/s - %s left"):format(done, self.total, self.unit, rate,
      rate > 0 and progress_bar.duration((self.total - done) / rate) or "?"))
   io.stderr:flush()
end

--- Removes the line; so does the end of a variable that is <close>.
function ProgressBar:clear()
   if self.dirty then io.stderr:write("\r\27[K") end
   self.dirty = false
end

ProgressBar.__close = ProgressBar.clear

return progress_bar

--- What fit shows: a line on stderr that follows the batches, when that is a terminal, and one line
-- on stdout per epoch.

local core = require "totality.core"
local duration = require("totality.progress_bar").duration

local progress = {}

local Progress = {}
Progress.__index = Progress

local INTERVAL = 0.1 -- seconds between updates

--- A line for an epoch of `batches` batches; silent unless `verbose`.
function progress.new(given)
   return setmetatable({
      verbose = given.verbose, epochs = given.epochs,
      live = given.verbose and core.stderr_is_terminal(),
   }, Progress)
end

-- The values in the order of their names, the loss first: "loss: 0.3521 - f1_score: 0.8123".
local function show(values, names)
   local shown = {}
   for _, name in ipairs(names) do
      if values[name] then shown[#shown + 1] = ("%s: %.4f"):format(name, values[name]) end
   end
   return table.concat(shown, " - ")
end

--- `before` samples of it are done already.
function Progress:begin_epoch(epoch, samples, before)
   self.epoch, self.samples, self.before = epoch, samples, math.min(before, samples)
   self.began, self.shown = core.monotonic_time(), -math.huge
end

--- True when the line may be renewed: it is not worth computing values otherwise.
function Progress:is_due()
   return self.live and core.monotonic_time() - self.shown >= INTERVAL
end

function Progress:update(done, batch, batches, values, names)
   local now = core.monotonic_time()
   local rate = (done - self.before) / math.max(now - self.began, 1e-9)
   self.shown, self.dirty = now, true
   io.stderr:write(("\r\27[KEpoch %d/%d - batch %d/%d - %s - %.0f images/s - %s left"):format(self.epoch,
      self.epochs, batch, batches, show(values, names), rate, duration((self.samples - done) / rate)))
   io.stderr:flush()
end

--- Removes the line.
function Progress:clear()
   if self.dirty then io.stderr:write("\r\27[K") end
   self.dirty = false
end

function Progress:end_epoch(values, names)
   self:clear()
   if not self.verbose then return end
   local seconds = core.monotonic_time() - self.began
   io.stdout:write(("Epoch %d/%d - %s - %s - %.0f images/s\n"):format(self.epoch, self.epochs,
      duration(seconds), show(values, names), (self.samples - self.before) / math.max(seconds, 1e-9)))
   io.stdout:flush()
end

--- A warning, which is shown whether verbose or not.
function Progress:warn(text)
   self:clear()
   io.stderr:write("totality: ", text, "\n")
end

function Progress:say(text)
   self:clear()
   if self.verbose then
      io.stdout:write(text, "\n")
      io.stdout:flush()
   end
end

return progress

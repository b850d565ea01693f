--- Curves on their way to images, one or many at once: what is behind `curve:prepare` and
-- `classifier:classify_all`.

local core = require "totality.core"
local image = require "totality.image"

local drawing = {}

--- What curve:prepare does when nothing else is asked for.
drawing.DEFAULTS = { width = 100, height = 100, sigma_lower = 5, sigma_upper = 4, statistic = "mean", style = "area",
   drift = 0.3, baseline = true }

--- The lower and upper edge of an image, in normalised flux, as weights' metadata name them.
drawing.FLUX_RANGE = ("%g to %g"):format(core.image_bottom, core.image_top)

---@class totality.DrawingJob
local Job = {}
Job.__index = Job

local function about(curve, message)
   local name = curve.file or curve.name
   return name and name .. ": " .. message or message
end

local function request_of(given)
   local curve = given.curve
   if not given.period then
      if curve.phase then return { phase = curve.phase, flux = curve.flux } end
      return nil, about(curve, "neither phases nor a period")
   end
   if not curve.time then return nil, about(curve, "the curve has no times") end
   return { time = curve.time, flux = curve.flux, segment = curve.segment, period = given.period,
      epoch = given.epoch or curve.time:min_max(), drift = given.drift, baseline = given.baseline }
end

--- Begins to draw.
---@param curves table[] { curve, period (nil: as it is folded), epoch, drift, baseline }, see curve:prepare
---@param given table `images` (a list of { `width`, `height`, `style` }: every curve is drawn as each of them),
--- `sigma_lower`, `sigma_upper`, `statistic`: all are needed
---@param threads integer
---@param background boolean go on while the caller does something else
---@return totality.DrawingJob
function drawing.start(curves, given, threads, background)
   local requests, job = {}, { curves = curves, rows = {}, messages = {} }
   for k, one in ipairs(curves) do
      local request, message = request_of(one)
      job.messages[k] = message
      if request then
         requests[#requests + 1] = request
         job.rows[k] = #requests
      end
   end
   job.work = core.draw(requests, given.images, given.sigma_lower, given.sigma_upper, given.statistic, threads,
      background)
   return setmetatable(job, Job)
end

local function summary_of(found)
   local folding = found.folding
   if not folding then return found end
   found.folding = nil
   for name, value in pairs(folding) do found[name] = value end
   found.epoch = folding.epoch + found.shift * folding.period
   found.epoch_error = found.shift_error * folding.period
   return found
end

--- Waits for the end.
---@return totality.Tensor[] images count x 1 x height x width, for each of `images`, with a row for each curve that
--- has times or phases
---@return table[] results a curve each: { row (of the tensors), image (the first one), summary }, or { message }
function Job:wait()
   local images, found = self.work:wait()
   local _, _, height, width = images[1]:shape()
   local results = {}
   for k, one in ipairs(self.curves) do
      local row = self.rows[k]
      local summary = row and found[row]
      if type(summary) == "table" then
         results[k] = { row = row, image = image.new(images[1]:rows(row, 1):reshape(height, width)),
            summary = summary_of(summary) }
      else
         results[k] = { message = self.messages[k] or about(one.curve, summary) }
      end
   end
   return images, results
end

return drawing

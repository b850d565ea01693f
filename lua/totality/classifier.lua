--- The verdict: is the eclipse of this star total?
--
-- A classifier holds a trained network and looks at curves through the same processing that made its
-- training images.

local model = require "totality.model"
local options = require "totality.options"

local classifier = {}

---@class totality.Classifier
---@field model totality.Model
---@field total_from number p_total from which the verdict is "total"
---@field partial_below number p_total below which it is "partial"
local Classifier = {}
Classifier.__index = Classifier
Classifier.__name = "totality.Classifier"

---@class totality.Verdict
---@field p_total number probability that the eclipse is total
---@field verdict string "total", "partial" or "uncertain"
---@field minimum string the flatter minimum, where a total eclipse would be: "primary" (the deeper one),
--- "secondary" or "unclear"
---@field n_points integer points used
---@field noise number sigma of a point in units of the maximum flux
---@field period? number days; the one used, which may differ from the one given
---@field note string what makes the verdict doubtful; empty when nothing does
---@field image totality.Image what the network saw
---@field summary table see curve:prepare
local Verdict = {}
Verdict.__index = Verdict
Verdict.__name = "totality.Verdict"

--- The shipped weights of a network, beside its definition.
---@param name string "cnn10"
---@return string|nil path
---@return string? message
function classifier.shipped_weights(name)
   local found, message = package.searchpath("totality.models." .. name, package.path)
   if not found then return nil, "no such network: " .. name .. message end
   return (found:gsub("%.lua$", ".safetensors"))
end

--- A classifier with the shipped weights, or with others.
--
-- Options: `weights`, a safetensors file written by `model:save`, whose metadata may name the `style` of the
-- images (default: the CNN10 that comes with the
-- project); `total_from` and `partial_below`: probabilities that divide total, uncertain and partial
-- (default 0.5 and 0.2). Returns nil and a message when the file can't be used.
---@param given? table
---@return totality.Classifier|nil classifier
---@return string? message
function classifier.new(given)
   local what = "totality.classifier"
   local checked = options.check(what, given, {
      weights = { type = "string" },
      total_from = { type = "number", default = 0.5, minimum = 0, maximum = 1 },
      partial_below = { type = "number", default = 0.2, minimum = 0, maximum = 1 },
   })
   if checked.partial_below > checked.total_from then
      options.fail(what, 2, "option 'partial_below' (%g) must not exceed 'total_from' (%g)",
         checked.partial_below, checked.total_from)
   end
   local path, message = checked.weights, nil
   if not path then path, message = classifier.shipped_weights("cnn10") end
   if not path then return nil, message end
   local loaded, reason = model.load_model(path)
   if not loaded then return nil, reason end
   return setmetatable({ model = loaded, weights = path, total_from = checked.total_from,
      partial_below = checked.partial_below }, Classifier)
end

-- Fewer points than this leave most columns of the image empty; the network was trained on 80 and more.
local FEW_POINTS = 60

-- curve:prepare's double_wave of a curve with two like minima a cycle is near 1; without them it falls.
local POOR_DOUBLE_WAVE = 0.5

-- Trained up to this noise in units of the maximum flux.
local LARGEST_NOISE = 0.1

local function doubts(summary)
   local notes = {}
   if summary.n_used < FEW_POINTS then
      notes[#notes + 1] = ("few points (%d)"):format(summary.n_used)
   end
   if summary.n_outliers > 0.05 * summary.n_points then
      notes[#notes + 1] = ("%d of %d points are outliers"):format(summary.n_outliers, summary.n_points)
   end
   if summary.noise == summary.noise and summary.noise > LARGEST_NOISE then
      notes[#notes + 1] = "more noise than the network was trained for"
   end
   if summary.double_wave < POOR_DOUBLE_WAVE then
      notes[#notes + 1] = "not two like minima a cycle: is the period right?"
   end
   return table.concat(notes, "; ")
end

--- Judges one light curve.
---@param curve totality.LightCurve folded, or with a period
---@param given? table `period` (days) and `epoch`, for a curve that is not folded (default: its own);
--- `refine_period`: whether to look for a better period nearby (default true, see curve:refine_period)
---@return totality.Verdict|nil verdict
---@return string? message when the data make no curve
function Classifier:classify(curve, given)
   local checked = options.check("classifier:classify", given, {
      period = { type = "number", above = 0, default = curve.period }, epoch = { type = "number" },
      refine_period = { type = "boolean", default = true },
   })
   local image, summary = curve:prepare { width = self.model.width, height = self.model.height,
      style = self.model.metadata.style, epoch = checked.epoch, drift = not checked.refine_period and 0 or nil,
      period = curve.time and checked.period or nil } -- a curve that is given in phase needs none
   if not image then return nil, summary end
   local tensor = image:to_tensor()
   local p_total = self.model:predict(tensor, { threads = 1 })[1]
   local verdict = p_total >= self.total_from and "total" or p_total < self.partial_below and "partial"
      or "uncertain"
   return setmetatable({
      p_total = p_total, verdict = verdict, minimum = summary.flatter_minimum, n_points = summary.n_used,
      noise = summary.noise, note = doubts(summary), period = summary.period, image = image, summary = summary,
   }, Verdict)
end

function Classifier:__tostring()
   return ("totality.Classifier(%s, total from %g, partial below %g)"):format(self.weights, self.total_from,
      self.partial_below)
end

function Verdict:__tostring()
   return ("%s %.2f (%s minimum)%s"):format(self.verdict, self.p_total, self.minimum,
      self.note == "" and "" or "; " .. self.note)
end

return classifier

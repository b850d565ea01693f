--- The verdict: is the eclipse of this star total?
--
-- A classifier holds a trained network and looks at curves through the same processing that made its
-- training images.

local model = require "totality.model"
local options = require "totality.options"
local verdict = require "totality.verdict"

local classifier = {}

---@class totality.Classifier
---@field model totality.Model
---@field total_from number p_total from which the verdict is "total"
---@field partial_below number p_total below which it is "partial"
local Classifier = {}
Classifier.__index = Classifier
Classifier.__name = "totality.Classifier"

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

-- Trained up to this noise in units of the maximum flux.
local LARGEST_NOISE = 0.1

local function doubts(summary)
   local notes = verdict.doubts(summary)
   if summary.noise == summary.noise and summary.noise > LARGEST_NOISE then
      notes[#notes + 1] = "more noise than the network was trained for"
   end
   return notes
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
   return verdict.new({ p_total = p_total, notes = doubts(summary), period = summary.period, image = image,
      summary = summary }, self)
end

function Classifier:__tostring()
   return ("totality.Classifier(%s, total from %g, partial below %g)"):format(self.weights, self.total_from,
      self.partial_below)
end

return classifier

--- What a judge of light curves says about one: the network (`totality.classifier`) and the Bayesian
--- posterior (`totality.posterior`) alike.

local verdict = {}

---@class totality.Verdict
---@field p_total number probability that the eclipse is total
---@field verdict string "total", "partial" or "uncertain"
---@field minimum string the flatter minimum, where a total eclipse would be: "primary" (the deeper one),
--- "secondary" or "unclear"
---@field n_points integer points used
---@field noise number sigma of a point in units of the maximum flux
---@field period? number days; the one used, which may differ from the one given
---@field note string what makes the verdict doubtful; empty when nothing does
---@field image? totality.Image what the network saw, of several the first
---@field summary table see curve:prepare
---@field posterior? totality.PosteriorResult what the posterior says beside p_total
local Verdict = {}
Verdict.__index = Verdict
Verdict.__name = "totality.Verdict"

-- Fewer points than this leave most columns of the image empty; the network was trained on 80 and more.
local FEW_POINTS = 60

-- curve:prepare's double_wave of a curve with two like minima a cycle is near 1; without them it falls.
local POOR_DOUBLE_WAVE = 0.5

-- A phase smeared by this much, rms, fills the corners of a short total eclipse (half of them last less than 0.05).
local LARGE_SMEAR = 0.01

-- curve:reduce looks for the period within a drift of 0.3 cycles; one at its end may lie beyond.
local END_OF_SEARCH = 0.29

-- Spots make the amplitude of seasons differ by some per cent, a neighbour's light by more.
local LARGE_AMPLITUDE_SPREAD = 0.1

--- What in the data makes a verdict doubtful.
---@param summary table see curve:prepare
---@return string[] notes
---@return boolean outside whether the curve is unlike those that networks are trained on
function verdict.doubts(summary)
   local notes, outside = {}, false
   if summary.n_used < FEW_POINTS then
      notes[#notes + 1], outside = ("few points (%d)"):format(summary.n_used), true
   end
   if summary.n_outliers > 0.05 * summary.n_points then
      notes[#notes + 1] = ("%d of %d points are outliers"):format(summary.n_outliers, summary.n_points)
   end
   if summary.double_wave < POOR_DOUBLE_WAVE then
      notes[#notes + 1], outside = "not two like minima a cycle: is the period right?", true
   end
   if summary.smear and summary.smear > LARGE_SMEAR then
      notes[#notes + 1] = ("the period leaves the phase uncertain by %.3f"):format(summary.smear)
   end
   if summary.drift and math.abs(summary.drift) > END_OF_SEARCH then
      notes[#notes + 1] = "the period given may be further off than was searched"
   end
   if summary.baseline and summary.baseline.amplitude_spread > LARGE_AMPLITUDE_SPREAD then
      notes[#notes + 1] = "the amplitude changes from season to season: a neighbour's light?"
   end
   return notes, outside
end

--- A verdict from the probability, the summary of the curve and the notes.
---@param fields table `p_total`, `summary`, `notes`, `outside` (whatever the probability, the verdict is uncertain),
--- and what else the verdict shall hold
---@param limits table `total_from`, `partial_below`: probabilities that divide total, uncertain and partial
---@return totality.Verdict
function verdict.new(fields, limits)
   local made, summary = {}, fields.summary
   for name, value in pairs(fields) do made[name] = value end
   made.notes, made.outside = nil, nil
   made.note = table.concat(fields.notes, "; ")
   made.verdict = fields.outside and "uncertain" or fields.p_total >= limits.total_from and "total"
      or fields.p_total < limits.partial_below and "partial" or "uncertain"
   made.minimum, made.n_points, made.noise = summary.flatter_minimum, summary.n_used, summary.noise
   return setmetatable(made, Verdict)
end

function Verdict:__tostring()
   return ("%s %.2f (%s minimum)%s"):format(self.verdict, self.p_total, self.minimum,
      self.note == "" and "" or "; " .. self.note)
end

return verdict

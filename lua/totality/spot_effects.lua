--- What spots do to light curves, as a few curves: the likelihood of `totality.posterior` integrates over any
-- combination of them, where the systems of its bank have no spots.
--
-- For systems with a spot, seen as it is and later on, the difference is taken between their curve and that of the
-- same system without spots, scaled to it. Its covariance over the systems is factored by Cholesky's method with
-- pivots (Harbrecht, Peters & Schneider 2012, Appl. Numer. Math. 62, 428), which ends after a few curves: differences
-- are smooth.

local core = require "totality.core"
local population = require "totality.population"
local system = require "totality.system"

local spot_effects = {}

-- Systems that the covariance is taken from, and curves that stand for it: with eight the rest is below 1e-3 of the
-- flux (rms over systems and phases).
local SYSTEMS, CURVES, SEED = 600, 8, 1

-- The curves of the systems in three states, one after the other: without spots, as drawn, and later.
local function model_curves(phases, threads)
   local rng, systems, stars = core.rng(SEED, 0), population.survey { spots = 1 }, {}
   for k = 1, SYSTEMS do
      local drawn = systems:draw(rng)
      local later, clean = population.later(rng, drawn), {}
      for name, value in pairs(drawn) do clean[name] = value end
      clean.spots = nil
      stars[k] = {}
      for state, parameters in ipairs { clean, drawn, later } do
         stars[k][state] = system.contact(parameters).model
      end
   end
   local flux = core.make_models(stars, phases, 0, threads)
   return flux, rng
end

-- Differences as tables of numbers by phase. A survey of some years sees a mixture of the states.
local function differences_of(phases, threads)
   local flux, rng = model_curves(phases, threads)
   local list = {}
   for k = 1, SYSTEMS do
      local share, spotted, curve, with, without = rng:uniform(), {}, flux[k], 0, 0
      for j = 1, phases do
         spotted[j] = share * curve[phases + j] + (1 - share) * curve[2 * phases + j]
         with, without = with + spotted[j] * curve[j], without + spotted[j] ^ 2
      end
      for j = 1, phases do spotted[j] = with / without * spotted[j] - curve[j] end
      list[k] = spotted
   end
   return list
end

local function covariance_of(list, phases)
   local covariance = {}
   for i = 1, phases do
      covariance[i] = {}
      for j = 1, i do
         local sum = 0
         for _, difference in ipairs(list) do sum = sum + difference[i] * difference[j] end
         covariance[i][j] = sum / #list
      end
   end
   for i = 1, phases do
      for j = i + 1, phases do covariance[i][j] = covariance[j][i] end
   end
   return covariance
end

--- Curves whose combinations with coefficients that are independent normal deviates have the covariance of what spots
--- do to the systems of `totality.population.survey`.
---@param phases integer of the curves, -0.5 + k/phases
---@param threads integer
---@return totality.Tensor curves x phases, in units of the flux at phase 0.25
---@return number rest rms of what they leave out
function spot_effects.curves(phases, threads)
   local left = covariance_of(differences_of(phases, threads), phases)
   local curves = core.tensor(CURVES, phases)
   for k = 1, CURVES do
      local pivot = 1
      for j = 2, phases do
         if left[j][j] > left[pivot][pivot] then pivot = j end
      end
      local scale, curve = math.sqrt(left[pivot][pivot]), {}
      for j = 1, phases do
         curve[j] = left[pivot][j] / scale
         curves[(k - 1) * phases + j] = curve[j]
      end
      for i = 1, phases do
         for j = 1, phases do left[i][j] = left[i][j] - curve[i] * curve[j] end
      end
   end
   local rest = 0
   for j = 1, phases do rest = rest + math.max(0, left[j][j]) / phases end
   return curves, math.sqrt(rest)
end

return spot_effects

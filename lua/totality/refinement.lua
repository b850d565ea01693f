--- Importance sampling about the heavy curves of a bank, where they are too few: new systems are drawn from a
-- mixture around them, their curves computed and weighed, and so again with the new ones (population Monte Carlo:
-- Cappe et al. 2004, J. Comput. Graph. Stat. 13, 907). Weights are raised to a power that leaves enough effective
-- curves for the next mixture (Koblents & Miguez 2015, Stat. Comput. 25, 407): at power 0 the mixture stays as it is,
-- and the power reaches 1 as it closes in on the posterior.

local bank = require "totality.bank"
local core = require "totality.core"
local prior = require "totality.prior"

local refinement = {}

-- Curves a stage, stages at most, components of the mixture, effective curves it needs.
local CURVES, MOST_STAGES, COMPONENTS, ENOUGH = 1000, 16, 150, 100

-- Standard deviation of a kernel in units of that of the centres: somewhat less than Silverman's rule, 0.66 for 100
-- centres in ten dimensions, with which stages close in more slowly.
local WIDTH = 0.5

-- Kernels are multivariate t: tails that are too thin would give single curves all the weight.
local FREEDOM = 5

-- The least standard deviation of a kernel in each coordinate, where few curves would make it thinner.
local LEAST_DEVIATION = { 0.01, 0.01, 0.003, 0.002, 0.01, 0.01, 0.03, 2, 0.5, 0.005 }

local function system_of_row(parameters, row)
   local width = #bank.columns()
   local function value(name) return parameters[(row - 1) * width + bank.column(name)] end
   local system = { mass_ratio = value "mass_ratio", fillout = value "fillout", inclination = value "inclination",
      t1 = value "t1", t2 = value "t2", limb_darkening = { x = value "limb_darkening" } }
   if value "spot_radius" > 0 then
      system.spots = { { star = math.tointeger(value "spot_star"), colatitude = value "spot_colatitude",
         longitude = value "spot_longitude", radius = value "spot_radius",
         temperature_factor = value "spot_temperature_factor" } }
   end
   return system
end

-- Lower triangle of Cholesky's factor of a positive definite matrix.
local function cholesky(a, n)
   local l = {}
   for i = 1, n do
      l[i] = {}
      for j = 1, i do
         local sum = a[i][j]
         for k = 1, j - 1 do sum = sum - l[i][k] * l[j][k] end
         l[i][j] = i == j and math.sqrt(sum) or sum / l[j][j]
      end
   end
   return l
end

-- l^-1 x
local function whiten(l, x)
   local z = {}
   for i = 1, #l do
      local sum = x[i]
      for k = 1, i - 1 do sum = sum - l[i][k] * z[k] end
      z[i] = sum / l[i][i]
   end
   return z
end

-- The kernels of a class: centres, and the factor of their common covariance, that of the centres scaled.
local function make_kernels(centres)
   local n, count = #centres[1], #centres
   local mean, covariance = {}, {}
   for i = 1, n do
      local sum = 0
      for _, x in ipairs(centres) do sum = sum + x[i] end
      mean[i] = sum / count
   end
   for i = 1, n do
      covariance[i] = {}
      for j = 1, i do
         local sum = 0
         for _, x in ipairs(centres) do sum = sum + (x[i] - mean[i]) * (x[j] - mean[j]) end
         covariance[i][j] = WIDTH ^ 2 * (sum / count + (i == j and LEAST_DEVIATION[i] ^ 2 or 0))
      end
   end
   local factor, log_volume, whitened = cholesky(covariance, n), 0, {}
   for i = 1, n do log_volume = log_volume + math.log(factor[i][i]) end
   for k, x in ipairs(centres) do whitened[k] = whiten(factor, x) end
   return { centres = centres, factor = factor, log_volume = log_volume, whitened = whitened }
end

-- A mixture about COMPONENTS systems chosen by weight: kernels by class.
local function make_mixture(rng, systems, weights)
   local mixture, cumulated = {}, 0
   local k, step, start = 0, 1 / COMPONENTS, rng:uniform() / COMPONENTS
   local centres = {}
   for c = 0, COMPONENTS - 1 do -- systematic resampling
      while k < #weights and cumulated < start + c * step do
         k = k + 1
         cumulated = cumulated + weights[k]
      end
      local class, x = systems(math.max(k, 1))
      centres[class] = centres[class] or {}
      table.insert(centres[class], x)
   end
   for class in pairs(prior.CLASSES) do
      if centres[class] then mixture[class] = make_kernels(centres[class]) end
   end
   return mixture
end

local function draw_from(rng, kernels)
   local centre = kernels.centres[rng:integer(1, #kernels.centres)]
   local n, normal, chi2 = #centre, {}, 0
   for i = 1, n do normal[i] = rng:normal() end
   for _ = 1, FREEDOM do chi2 = chi2 + rng:normal() ^ 2 end
   local scale, x = math.sqrt(FREEDOM / chi2), {}
   for i = 1, n do
      local sum = 0
      for k = 1, i do sum = sum + kernels.factor[i][k] * normal[k] end
      x[i] = centre[i] + scale * sum
   end
   return x
end

-- log of Gamma((nu + n)/2) / Gamma(nu/2) / (nu pi)^(n/2), n even: the constant of the t density
local function log_t_constant(n)
   local sum = 0
   for k = 0, n / 2 - 1 do sum = sum + math.log((FREEDOM / 2 + k) / (FREEDOM * math.pi)) end
   return sum
end

local function log_mixture_density(kernels, x)
   local n, z, sum = #x, whiten(kernels.factor, x), 0
   for _, centre in ipairs(kernels.whitened) do
      local distance = 0
      for i = 1, n do distance = distance + (z[i] - centre[i]) ^ 2 end
      sum = sum + (1 + distance / FREEDOM) ^ (-(FREEDOM + n) / 2)
   end
   return math.log(sum / COMPONENTS) - kernels.log_volume + log_t_constant(n)
end

-- New systems from the mixture, with prior / proposal as the log of a factor; those outside the population are
-- left out, and where only few are inside it is given up before CURVES are reached.
local function draw_systems(rng, mixture, population)
   local classes = {} -- as often as they have kernels
   for _, class in ipairs { "plain", "1 cool", "1 hot", "2 cool", "2 hot" } do
      for _ = 1, mixture[class] and #mixture[class].centres or 0 do classes[#classes + 1] = class end
   end
   local systems, log_factors = {}, {}
   for _ = 1, 8 * CURVES do
      local class = classes[rng:integer(1, #classes)]
      local x = draw_from(rng, mixture[class])
      local density = prior.log_density(population, class, x)
      if density > -math.huge and (class == "plain" or math.abs(x[8]) <= 180) then
         systems[#systems + 1] = prior.system(population, class, x)
         log_factors[#log_factors + 1] = density - log_mixture_density(mixture[class], x)
         if #systems == CURVES then break end
      end
   end
   return systems, log_factors
end

-- log(likelihood * prior / proposal) of the rows that are kept
local function log_weights_of(log_likelihood, log_factors, kept)
   local log_weights = core.tensor(1, #kept)
   for row, k in ipairs(kept) do log_weights[row] = log_likelihood[row] + log_factors[k] end
   return log_weights
end

--- Refines a posterior until it rests on enough curves, is enough for the caller, or the stages are used up.
---@param given table `parameters` (of the bank, a Tensor), `log_likelihood` (a Tensor of one row), `population`,
--- `evaluate` (gives the log likelihoods, a Tensor of one row, of the curves in a Tensor), `phases`,
--- `minimum_amplitude`, `threads`, `seed`, `is_enough` (a function of the flattened weights and the parameters)
---@return table refined `parameters`, `log_weight` (a Tensor of one row: of likelihood times prior over proposal),
--- `stages`
function refinement.run(given)
   local rng = core.rng(given.seed, 0)
   local state = { parameters = given.parameters, log_weight = given.log_likelihood, stages = 0 }
   while state.stages < MOST_STAGES do
      local weights, found = core.posterior_weights(state.log_weight, 1, ENOUGH)
      if state.stages > 0 and found.effective_size >= ENOUGH or given.is_enough(weights, state.parameters) then
         break
      end
      local mixture = make_mixture(rng, function(row)
         return prior.coordinates(system_of_row(state.parameters, row))
      end, weights)
      local systems, log_factors = draw_systems(rng, mixture, given.population)
      local flux, parameters, kept = bank.curves(systems, given)
      if #kept == 0 then break end
      state = { parameters = parameters, stages = state.stages + 1,
         log_weight = log_weights_of(given.evaluate(flux), log_factors, kept) }
   end
   return state
end

return refinement

---@meta totality
-- Made by `make docs` from the comments in lua/totality.

local totality = {}

--- A random generator, made by `totality.rng`.
---@class totality.Rng
---@field uniform fun(self, low?: number, high?: number): number from [low, high), default [0, 1)
---@field normal fun(self, mean?: number, deviation?: number): number default mean 0, deviation 1
---@field beta fun(self, a: number, b: number): number
---@field integer fun(self, low: integer, high: integer): integer both ends included
---@field split fun(self): totality.Rng a generator unrelated to this one and to its other splits
local Rng = {}

--- A random generator with its own state. The same seed and stream give the same numbers on every
-- machine; different streams of a seed are unrelated.
---@param seed integer
---@param stream? integer default 0
---@return totality.Rng
function totality.rng(seed, stream) end

--- Prints what there is, or what is said about one thing.
---@param topic? any the name of a function, method, class or module, or the thing itself; default: everything
function totality.help(topic) end

return totality

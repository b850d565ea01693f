--- The order in which an epoch goes through samples that are kept.

local core = require "totality.core"

local order = {}

--- Shuffles a list in place (Fisher & Yates).
---@param list any[]
---@param rng totality.Rng
---@return any[] list
function order.shuffle(list, rng)
   for k = #list, 2, -1 do
      local j = rng:integer(1, k)
      list[k], list[j] = list[j], list[k]
   end
   return list
end

--- The rows of a data set in the order of an epoch, which depends on (seed, epoch) alone; without an epoch as they
-- are. The last order is kept, since batches of it follow each other.
---@param dataset { rows: integer[], seed: integer }
---@param epoch? integer
---@return integer[]
function order.of_epoch(dataset, epoch)
   if not epoch then return dataset.rows end
   if dataset.ordered_epoch ~= epoch then
      local rows = table.move(dataset.rows, 1, #dataset.rows, 1, {})
      dataset.order, dataset.ordered_epoch = order.shuffle(rows, core.rng(dataset.seed, epoch)), epoch
   end
   return dataset.order
end

return order

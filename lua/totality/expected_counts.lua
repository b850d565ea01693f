--- The counts that `totality.measures` takes, expected of stars whose labels are known as probabilities only; labels
-- are probabilities of 0 and 1.

--- Counts the classes that were predicted.
---@param truth number[] probabilities of label 1
---@param predicted integer[] 0 or 1
---@return table<integer, table<integer, number>> counts [true label][predicted label]
return function(truth, predicted)
   local counts = { [0] = { [0] = 0.0, 0.0 }, { [0] = 0.0, 0.0 } }
   for k, class in ipairs(predicted) do
      local p = truth[k]
      counts[1][class], counts[0][class] = counts[1][class] + p, counts[0][class] + 1 - p
   end
   return counts
end

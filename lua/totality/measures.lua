--- Measures of a classifier as functions of the counts { [true label] = { [predicted label] = n } }: what
-- `totality.metrics` offers for lists of labels, and what a running epoch shows.

local function ratio(part, whole) return whole == 0 and 0.0 or part / whole end

local measures = {}

-- Of any number of classes, as balanced_accuracy_score; the others are of two.
function measures.accuracy_score(n)
   local right, all = 0, 0
   for label = 0, #n do
      right = right + n[label][label]
      for predicted = 0, #n do all = all + n[label][predicted] end
   end
   return ratio(right, all)
end

function measures.precision_score(n) return ratio(n[1][1], n[0][1] + n[1][1]) end

function measures.recall_score(n) return ratio(n[1][1], n[1][0] + n[1][1]) end

function measures.f1_score(n) return ratio(2 * n[1][1], 2 * n[1][1] + n[0][1] + n[1][0]) end

-- The mean recall of the classes that occur in y_true.
function measures.balanced_accuracy_score(n)
   local sum, classes = 0.0, 0
   for label = 0, #n do
      local all = 0
      for predicted = 0, #n do all = all + n[label][predicted] end
      if all > 0 then
         sum, classes = sum + n[label][label] / all, classes + 1
      end
   end
   return ratio(sum, classes)
end

return measures

--- Collects labels and probabilities batch after batch and gives the metrics of what it has seen.
-- A probability above 0.5 counts as the prediction 1, as in Keras.

local measures = require "totality.measures"
local metrics = require "totality.metrics"
local options = require "totality.options"

local tracker = {}

local Tracker = {}
Tracker.__index = Tracker

-- From the names of compile { metrics = ... } to functions: by counts, or by all scores.
local by_counts, by_scores = {}, {}
for name, measure in pairs(measures) do
   by_counts[name], by_counts[(name:gsub("_score$", ""))] = measure, measure
end
for _, name in ipairs { "roc_auc_score", "log_loss" } do
   by_scores[name], by_scores[(name:gsub("_score$", ""))] = metrics[name], metrics[name]
end

--- Raises, on behalf of the function `what`, when a name of the list is unknown.
function tracker.check_names(what, names, level)
   local known = {}
   for name in pairs(by_counts) do known[#known + 1] = name end
   for name in pairs(by_scores) do known[#known + 1] = name end
   table.sort(known)
   for k, name in ipairs(names) do
      if not by_counts[name] and not by_scores[name] then
         local near = type(name) == "string" and options.suggestion(name, known)
         options.fail(what, level + 1, "metrics[%d]: unknown metric '%s'%s", k, tostring(name),
            near and ("; did you mean '" .. near .. "'?") or "; known are " .. table.concat(known, ", "))
      end
   end
end

--- A tracker of the named metrics.
function tracker.new(names)
   local self = { names = names, counts = { [0] = { [0] = 0, 0 }, { [0] = 0, 0 } } }
   for _, name in ipairs(names) do
      if by_scores[name] then self.labels, self.scores = {}, {} end
   end
   return setmetatable(self, Tracker)
end

--- Takes in a batch: Tensors or lists of labels and of probabilities.
function Tracker:add(labels, probabilities)
   if #self.names == 0 then return end
   for k = 1, #labels do
      local label, p = labels[k] > 0.5 and 1 or 0, probabilities[k]
      local row, predicted = self.counts[label], p > 0.5 and 1 or 0
      row[predicted] = row[predicted] + 1
      if self.labels then
         local n = #self.labels + 1
         self.labels[n], self.scores[n] = label, p
      end
   end
end

--- The values by name; with `running`, only those that cost no pass over all samples.
function Tracker:values(running)
   local values = {}
   for _, name in ipairs(self.names) do
      if by_counts[name] then
         values[name] = by_counts[name](self.counts)
      elseif not running then
         values[name] = by_scores[name](self.labels, self.scores)
      end
   end
   return values
end

return tracker

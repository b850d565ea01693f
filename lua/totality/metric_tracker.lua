--- Collects labels and probabilities batch after batch and gives the metrics of what it has seen.
-- A probability above 0.5 counts as the prediction 1, as in Keras; of several classes, the most probable.

local core = require "totality.core"
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

-- Those with a meaning for more than two classes.
local of_classes = { accuracy = true, accuracy_score = true, balanced_accuracy = true,
   balanced_accuracy_score = true }

--- Raises, on behalf of the function `what`, when a name of the list is unknown, or unfit for a network of
-- so many outputs.
function tracker.check_names(what, names, outputs, level)
   local known = {}
   for _, list in ipairs { by_counts, by_scores } do
      for name in pairs(list) do
         if outputs == 1 or of_classes[name] then known[#known + 1] = name end
      end
   end
   table.sort(known)
   for k, name in ipairs(names) do
      local exists = by_counts[name] or by_scores[name]
      if exists and outputs > 1 and not of_classes[name] then
         options.fail(what, level + 1, "metrics[%d]: '%s' is for two classes; for more there are %s", k, name,
            table.concat(known, ", "))
      elseif not exists then
         local near = type(name) == "string" and options.suggestion(name, known)
         options.fail(what, level + 1, "metrics[%d]: unknown metric '%s'%s", k, tostring(name),
            near and ("; did you mean '" .. near .. "'?") or "; known are " .. table.concat(known, ", "))
      end
   end
end

--- The class, from 0, of sample k: labels or probabilities of a network with so many outputs.
function tracker.class_of(values, k, outputs)
   if outputs == 1 then return values[k] > 0.5 and 1 or 0 end
   local best, class = -math.huge, 0
   for j = 1, outputs do
      local value = values[(k - 1) * outputs + j]
      if value > best then best, class = value, j - 1 end
   end
   return class
end

--- The same of labels of `count` samples, which for several outputs may be the classes themselves.
function tracker.label_of(labels, k, count, outputs)
   if outputs > 1 and #labels == count then return labels[k] // 1 | 0 end
   return tracker.class_of(labels, k, outputs)
end

--- A tracker of the named metrics for a network of so many outputs (default 1).
function tracker.new(names, outputs)
   local classes = math.max(2, outputs or 1)
   local self = { names = names, outputs = outputs or 1, counts = {} }
   for label = 0, classes - 1 do
      self.counts[label] = {}
      for predicted = 0, classes - 1 do self.counts[label][predicted] = 0 end
   end
   for _, name in ipairs(names) do
      if by_scores[name] then self.labels, self.scores = {}, {} end
   end
   return setmetatable(self, Tracker)
end

--- Takes in a batch: Tensors or lists of labels (or of classes) and of probabilities.
function Tracker:add(labels, probabilities)
   if #self.names == 0 then return end
   local outputs = self.outputs
   local count = #probabilities // outputs
   for k = 1, count do
      local label = tracker.label_of(labels, k, count, outputs)
      local row, predicted = self.counts[label], tracker.class_of(probabilities, k, outputs)
      row[predicted] = row[predicted] + 1
      if self.labels then
         local n = #self.labels + 1
         self.labels[n], self.scores[n] = label, probabilities[k]
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

local function to_tensor(list)
   local tensor = core.tensor(#list)
   for k, value in ipairs(list) do tensor[k] = value end
   return tensor
end

--- What a checkpoint keeps: the counts, row after row, and labels and scores, which are float32 numbers.
function Tracker:get_state()
   local counts = {}
   for label = 0, #self.counts do
      for predicted = 0, #self.counts do counts[#counts + 1] = self.counts[label][predicted] end
   end
   return { counts = counts, labels = self.labels and to_tensor(self.labels),
      scores = self.scores and to_tensor(self.scores) }
end

function Tracker:set_state(state)
   local classes = #self.counts + 1
   for k, count in ipairs(state.counts) do self.counts[(k - 1) // classes][(k - 1) % classes] = count end
   if self.labels then
      self.labels, self.scores = {}, state.scores:to_table()
      for k, label in ipairs(state.labels:to_table()) do self.labels[k] = label // 1 | 0 end
   end
end

return tracker

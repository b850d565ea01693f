--- Labelled images for a network.
--
-- Anything is a data set that has these two methods:
--   dataset:size()                      samples per epoch (or #dataset)
--   dataset:batch(first, count, epoch)  images, labels of samples first ... first + count - 1 of that
--                                       epoch: a Tensor count x channels x height x width of
--                                       values in 0 ... 1, and a Tensor of count labels 0 or 1;
--                                       for K classes, of count labels 0 ... K-1 or of count x K
--                                       probabilities. A third result may be a Tensor of count
--                                       weights of the samples' losses
-- `epoch` is an integer from 1 on while training: data in memory come in an order of that epoch's
-- own, data made on the fly are new ones. It is nil for validation and prediction: the same
-- samples in the same order every time. The same arguments always give the same batch.

local core = require "totality.core"
local options = require "totality.options"
local order = require "totality.order"

local dataset = {}

--- Labelled images in memory, made by `totality.dataset`.
---@class totality.Dataset
local Dataset = { __name = "totality.Dataset" }
Dataset.__index = Dataset

function Dataset:size() return #self.rows end

Dataset.__len = Dataset.size

local function is_tensor(value)
   local metatable = getmetatable(value)
   return type(metatable) == "table" and metatable.__name == "totality.Tensor"
end

function Dataset:batch(first, count, epoch)
   first = options.check_value("dataset:batch", "first", first, { type = "integer", minimum = 1 })
   count = options.check_value("dataset:batch", "count", count, { type = "integer", minimum = 0 })
   if first - 1 + count > #self.rows then
      options.fail("dataset:batch", 2, "samples %d to %d were asked for, there are %d", first,
         first - 1 + count, #self.rows)
   end
   local chosen = table.move(order.of_epoch(self, epoch), first, first + count - 1, 1, {})
   return core.gather(self.images, chosen), core.gather(self.labels, chosen),
      self.weights and core.gather(self.weights, chosen)
end

local function subset(self, rows)
   return setmetatable({
      images = self.images, labels = self.labels, weights = self.weights, classes = self.classes,
      seed = self.seed, rows = rows,
   }, Dataset)
end

--- Cuts the samples at random into two data sets that share the images' memory.
---@param given { test_size: number, seed?: integer } test_size: share of the second part, in (0, 1)
---@return table train, table test
function Dataset:split(given)
   local checked = options.check("dataset:split", given, {
      test_size = { type = "number", required = true, above = 0, below = 1 },
      seed = { type = "integer", default = 0 },
   })
   local rows = order.shuffle(table.move(self.rows, 1, #self.rows, 1, {}), core.rng(checked.seed, 0))
   local cut = #rows - math.floor(#rows * checked.test_size + 0.5)
   return subset(self, table.move(rows, 1, cut, 1, {})),
      subset(self, table.move(rows, cut + 1, #rows, 1, {}))
end

function Dataset:__tostring()
   local _, channels, height, width = self.images:shape()
   local kind = ("%d classes"):format(self.classes)
   if self.classes == 2 and #self.labels == (self.images:shape()) then
      local positive = 0
      for _, row in ipairs(self.rows) do positive = positive + (self.labels[row] > 0.5 and 1 or 0) end
      kind = ("%d labelled 1"):format(positive)
   end
   return ("totality.Dataset(%d images %d x %d x %d, %s%s)"):format(#self.rows, channels, height, width, kind,
      self.weights and ", weighted" or "")
end

-- Labels as a Tensor: of classes, or, given as a Tensor count x classes, of probabilities as they are.
local function check_labels(what, given, count, classes)
   if type(given) ~= "table" and type(given) ~= "userdata" then
      options.fail(what, 3, "option 'labels' must be a list, Series or Tensor, got %s", type(given))
   end
   if is_tensor(given) and select("#", given:shape()) == 2 then
      local rows, columns = given:shape()
      if rows ~= count or columns ~= classes then
         options.fail(what, 3, "option 'labels' must be %d x %d, got %s", count, classes, tostring(given))
      end
      return given
   end
   if #given ~= count then options.fail(what, 3, "there are %d images and %d labels", count, #given) end
   local labels = core.tensor(count)
   for k = 1, count do
      local label = given[k]
      if not (math.tointeger(label) and label >= 0 and label < classes) then
         options.fail(what, 3, "labels[%d] is %s, %s was expected", k, tostring(label),
            classes == 2 and "0 or 1" or ("a class from 0 to %d"):format(classes - 1))
      end
      labels[k] = label
   end
   return labels
end

local function check_weights(what, given, count)
   if given == nil then return nil end
   if type(given) ~= "table" and type(given) ~= "userdata" then
      options.fail(what, 3, "option 'weights' must be a list, Series or Tensor, got %s", type(given))
   end
   if #given ~= count then options.fail(what, 3, "there are %d images and %d weights", count, #given) end
   local weights = core.tensor(count)
   for k = 1, count do
      weights[k] = options.check_value(what, ("weights[%d]"):format(k), given[k], { type = "number", minimum = 0 }, 3)
   end
   return weights
end

--- A data set of images in memory. The order of an epoch depends on (seed, epoch) alone.
---@param given { images: table, labels: table, classes?: integer, weights?: table, seed?: integer } images:
--- Tensor count x channels x height x width; labels: a list, Series or Tensor of 0 and 1, or of 0 ... classes-1,
--- or a Tensor count x classes of probabilities; weights: how much each sample's loss counts
function dataset.new(given)
   local what = "totality.dataset"
   local checked = options.check(what, given, {
      images = { class = "totality.Tensor", required = true },
      labels = { type = "any", required = true },
      classes = { type = "integer", default = 2, minimum = 2 },
      weights = { type = "any" },
      seed = { type = "integer", default = 0 },
   })
   local shape = { checked.images:shape() }
   if #shape ~= 4 then
      options.fail(what, 2,
         "option 'images' must have 4 dimensions (count, channels, height, width), got %s",
         tostring(checked.images))
   end
   local count, rows = shape[1], {}
   for k = 1, count do rows[k] = k end
   return setmetatable({
      images = checked.images, labels = check_labels(what, checked.labels, count, checked.classes),
      weights = check_weights(what, checked.weights, count), classes = checked.classes, seed = checked.seed,
      rows = rows,
   }, Dataset)
end

--- Raises, on behalf of `what`, unless the value follows the protocol; returns its size.
function dataset.check(what, name, value, level)
   local kind = type(value)
   local has = (kind == "table" or kind == "userdata") and not is_tensor(value) and value.batch
   if not has then
      options.fail(what, (level or 2) + 1,
         "%s must be a data set (with a method batch; totality.dataset makes one), got %s", name,
         is_tensor(value) and "totality.Tensor" or kind)
   end
   return value.size and value:size() or #value
end

return dataset

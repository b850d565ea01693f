--- Data sets as folders of PNG files, one folder a label, as services of image recognition take them; and scores of
--- what such a service answers.

local catalogue = require "totality.catalogue"
local csv = require "totality.csv"
local dataset_module = require "totality.dataset"
local files = require "totality.files"
local image = require "totality.image"
local options = require "totality.options"
local progress_bar = require "totality.progress_bar"
local scores = require "totality.experiment.scores"

local labelled_images = {}

local FOLDERS = { [0] = "partial", "total" }

local BATCH = 64

--- Writes the images of a data set as DIRECTORY/total/NUMBER.png and DIRECTORY/partial/NUMBER.png, and
--- DIRECTORY/labels.csv with the columns file and label.
---@param dataset table see totality.dataset; labels 1 (total) and 0 (partial), images of one channel
---@param directory string is made when it is missing
---@param given? { first?: integer, count?: integer, verbose?: boolean } a part of the samples (default all); a line
--- of progress on a terminal (default true)
---@return integer|nil count of images written
---@return string? message
function labelled_images.write(dataset, directory, given)
   local what = "labelled_images.write"
   local size = dataset_module.check(what, "dataset", dataset)
   options.check_value(what, "directory", directory, { type = "string" })
   local checked = options.check(what, given, {
      first = { type = "integer", default = 1, minimum = 1 },
      count = { type = "integer", minimum = 1 },
      verbose = { type = "boolean", default = true },
   })
   local first, last = checked.first, checked.count and checked.first + checked.count - 1 or size
   if first > size or last > size then
      options.fail(what, 2, "samples %d to %d were asked for, there are %d", first, last, size)
   end
   for label = 0, 1 do
      local made, message = files.make_directory(directory .. "/" .. FOLDERS[label])
      if not made then return nil, message end
   end
   local lines = { csv.line { "file", "label" } }
   local bar <close> = progress_bar.new { total = last - first + 1, unit = "images", shown = checked.verbose }
   for from = first, last, BATCH do
      local count = math.min(BATCH, last - from + 1)
      local images, labels = dataset:batch(from, count)
      local _, _, height, width = images:shape()
      for k = 1, count do
         local folder = FOLDERS[math.tointeger(labels[k])]
         local file = ("%s/%06d.png"):format(folder, from + k - 1)
         local saved, message = image.new(images:rows(k, 1):reshape(height, width)):save(directory .. "/" .. file)
         if not saved then return nil, message end
         lines[#lines + 1] = csv.line { file, folder }
      end
      bar:update(from + count - first)
   end
   local written, message = files.write(directory .. "/labels.csv", table.concat(lines, "\n") .. "\n")
   if not written then return nil, message end
   return last - first + 1
end

local function name_of(file) return file:match "[^/\\]*$" end

-- Predicted classes by the names of the files: of the column p_total, else of label.
local function predictions_of(path, threshold)
   local rows, message = catalogue.read(path)
   if not rows then return nil, message end
   local predicted = {}
   for _, row in ipairs(rows) do
      local class
      if row.p_total then
         local p = tonumber(row.p_total)
         class = p and (p >= threshold and 1 or 0)
      else
         class = ({ total = 1, partial = 0 })[row.label]
      end
      if not class then
         return nil, ("%s:%d: a number p_total, or a label total or partial, was expected"):format(path, row.line)
      end
      predicted[name_of(row.file)] = class
   end
   return predicted
end

--- Scores the answers of another program to images that `totality.labelled_images.write` wrote, with 95 % intervals.
---@param labels_path string the labels.csv of the images
---@param predictions_path string a CSV table with the columns file and p_total (probability of a total eclipse), or
--- file and label (total or partial); folders in front of the files' names don't count
---@param given? { threshold?: number } of p_total, from which the answer is "total" (default 0.5)
---@return table<string, { value: number, low: number, high: number }>|nil scores accuracy, balanced_accuracy, f1,
--- recall, precision
---@return string? message when a file can't be read, or an image has no answer
function labelled_images.score(labels_path, predictions_path, given)
   local what = "labelled_images.score"
   options.check_value(what, "labels_path", labels_path, { type = "string" })
   options.check_value(what, "predictions_path", predictions_path, { type = "string" })
   local checked = options.check(what, given, {
      threshold = { type = "number", default = 0.5, minimum = 0, maximum = 1 },
   })
   local rows, message = catalogue.read(labels_path)
   if not rows then return nil, message end
   local predicted
   predicted, message = predictions_of(predictions_path, checked.threshold)
   if not predicted then return nil, message end
   local labels, classes = {}, {}
   for k, row in ipairs(rows) do
      labels[k] = ({ total = 1, partial = 0 })[row.label]
      classes[k] = predicted[name_of(row.file)]
      if not labels[k] then
         return nil, ("%s:%d: the label is neither total nor partial"):format(labels_path, row.line)
      end
      if not classes[k] then return nil, ("%s: no answer for %s"):format(predictions_path, row.file) end
   end
   return scores.intervals(labels, classes)
end

return labelled_images

--- The labelled stars of a catalogue in an experiment: their curves for its judges, and a table that shows each.

local catalogue = require "totality.catalogue"
local image_file = require "totality.image_file"
local scores = require "totality.experiment.scores"
local totality = require "totality"

local real_stars = {}

local CLASS = { total = 1, partial = 0 }

-- Where the images are, relative to the page; those of the network with the smallest.
local IMAGES, IMAGES_OF = "real_stars", "cnn10"

--- The stars that have a period and are labelled total or partial.
---@param path string
---@return table[]|nil rows as of totality.read_catalogue, with `class` (1 total, 0 partial)
---@return string? message also when one of the classes is missing
function real_stars.read(path)
   local all, message = catalogue.read(path)
   if not all then return nil, message end
   local rows, found = {}, { [0] = 0, 0 }
   for _, row in ipairs(all) do
      row.class = CLASS[row.label]
      if row.class and row.period then
         rows[#rows + 1] = row
         found[row.class] = found[row.class] + 1
      end
   end
   if found[0] == 0 or found[1] == 0 then
      return nil, ("%s: stars with a period and the labels total and partial are needed, there are %d and %d"):format(
         path, found[1], found[0])
   end
   return rows
end

--- Their curves, one after the other.
---@param rows table[]
---@return function next gives a curve, or the message why it can't be read; nil at the end
function real_stars.curves(rows)
   local k = 0
   return function()
      k = k + 1
      local row = rows[k]
      if not row then return nil end
      if row.problem then return row.problem end
      local curve, problem = totality.read(row.path, { period = row.period, epoch = row.epoch })
      return curve or problem
   end
end

-- Which of two judges are wrong.
local function wrong_ones(class, one, other)
   local wrong = { one ~= class, other ~= class }
   return wrong[1] and wrong[2] and "both" or wrong[1] and "networks" or wrong[2] and "posterior" or ""
end

--- Every star with what a network saw of it, the label, and what the networks and the posterior say; the most
--- probable ones first.
---@param page table see totality.experiment.report
---@param rows table[] of `read`; where they have a `remark`, it is shown
---@param judged { networks: number[], posterior: number[], notes: string[], threshold: number } probabilities of the
--- default networks and of the posterior, and its notes, in the order of the rows
---@return string? message when the network can't be had
function real_stars.write(page, rows, judged)
   local judge, message = totality.classifier { weights = IMAGES_OF }
   if not judge then return message end
   local networks = scores.classes(judged.networks, judged.threshold)
   local posterior = scores.classes(judged.posterior, judged.threshold)
   local lines, wrong, order = {}, 0, {}
   for k, verdict, problem in judge:classify_all(real_stars.curves(rows)) do
      local row = rows[k]
      local differ = wrong_ones(row.class, networks[k], posterior[k])
      wrong = wrong + (differ ~= "" and 1 or 0)
      lines[k] = { row.id,
         verdict and { image = verdict.image, file = image_file.path(IMAGES, row.id), about = row.id } or "",
         row.label, verdict and judged.networks[k] or "", verdict and judged.posterior[k] or "", differ,
         verdict and judged.notes[k] or problem, row.remark or "" }
      order[k] = k
   end
   table.sort(order, function(a, b)
      local p, q = judged.networks[a], judged.networks[b]
      if p ~= q then return p > q end
      return a < b
   end)
   local sorted = {}
   for place, k in ipairs(order) do sorted[place] = lines[k] end
   page:text(("Each star, as a network of 100 x 100 sees it, with the probabilities of the default networks and of "
      .. "the posterior; %d of %d have a label that one of them disagrees with at %g."):format(wrong, #rows,
      judged.threshold))
   page:table("real_stars", { "star", "image", "label", "networks", "posterior", "not so labelled by", "note",
      "remark" }, sorted)
   return nil
end

return real_stars

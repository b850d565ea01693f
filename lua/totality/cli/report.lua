--- totality report: a table of verdicts as one HTML page.

local command = require "totality.cli.command"
local csv = require "totality.csv"
local files = require "totality.files"
local image_file = require "totality.image_file"
local labels = require "totality.cli.labels"
local report = require "totality.report"

local USAGE = [[
usage: totality report --verdicts TABLE.csv --output FILE.html [OPTIONS]

Makes one HTML page of a table of verdicts: how many there are, a histogram of p_total, and the stars, the most total
first. The page needs no other file and no network.

  --verdicts TABLE       what totality classify or posterior has written; id or file and p_total
                         are enough
  --output FILE          the page
  --images DIRECTORY     what totality classify --images has written
  --images-for N         show so many stars with their image, the most total ones (default: 200)
  --labels TABLE         what is true, a table with the column id or file; verdicts that differ are marked
  --label-column NAME    in the labels (default: label)
  --title TEXT           default: Total eclipses
  --help

Examples:
  totality report --verdicts verdicts.csv --images pictures --output report.html
  totality report --verdicts verdicts.csv --labels simulated/catalogue.csv --output report.html

Exit status: 0 the page was written, 2 the arguments, the tables or the output can't be used.
]]

local OPTIONS = {
   verdicts = { value = "TABLE" }, output = { value = "FILE" }, images = { value = "DIRECTORY" },
   ["images-for"] = { value = "N", integer = true, minimum = 0 }, labels = { value = "TABLE" },
   ["label-column"] = { value = "NAME" }, title = { value = "TEXT" },
}

local CLASSES = { [0] = "partial", [1] = "total" }

-- Adds the field `label` to the rows; true, or nil and a message.
local function add_labels(values, rows, names)
   local column = (values["label-column"] or "label"):lower()
   local labelled, label_names = csv.read(values.labels, { column })
   if not labelled then return nil, label_names end
   local key, by_key, message
   key, message = labels.key_of(values.labels, label_names, names)
   if not key then return nil, message end
   by_key, message = labels.by_key(values.labels, labelled, key)
   if not by_key then return nil, message end
   for _, row in ipairs(rows) do
      local found = by_key[row[key]]
      row.label = found and CLASSES[labels.class_of(found[column])] or ""
   end
   return true
end

local function content(path)
   local file <close> = io.open(path, "rb")
   return file and file:read "a"
end

local function run(values)
   for _, name in ipairs { "verdicts", "output" } do
      if not values[name] then return nil, ("option '--%s' is missing; see totality report --help"):format(name) end
   end
   if values["images-for"] and not values.images then return nil, "--images-for needs --images: the directory" end
   if values["label-column"] and not values.labels then return nil, "--label-column needs --labels: the table" end
   local rows, names = csv.read(values.verdicts, { "p_total" })
   if not rows then return nil, names end
   for _, row in ipairs(rows) do row.label = nil end -- of another origin than --labels
   if values.labels then
      local added, message = add_labels(values, rows, names)
      if not added then return nil, message end
   end
   local seen = not values.images
   local image = values.images and function(id)
      local bytes = content(image_file.path(values.images, id))
      seen = seen or bytes ~= nil
      return bytes
   end
   local page = report.html(rows, { title = values.title, image = image, images_for = values["images-for"] })
   if not seen and values["images-for"] ~= 0 then
      return nil, values.images .. ": no image of a star is there, as ID.png"
   end
   local written, message = files.write(values.output, page)
   return written and 0, message
end

return command.new { name = "report", usage = USAGE, options = OPTIONS, run = run }

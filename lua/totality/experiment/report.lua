--- The result of an experiment: a page in Markdown, its tables as CSV and its figures as SVG or PNG.

local csv = require "totality.csv"
local files = require "totality.files"

local report = {}

local Report = {}
Report.__index = Report

--- An empty report. Its files, texts by name, are `report.files`; they are written by `report:write`.
function report.new() return setmetatable({ lines = {}, files = {}, images = {} }, Report) end

--- A paragraph, or a heading.
---@param text string Markdown
function Report:text(text) self.lines[#self.lines + 1] = text .. "\n" end

-- What a field is in the page: a `|` would end it there.
local function show(value)
   if type(value) == "table" then return ("![%s](%s)"):format(value.about, value.file) end
   if type(value) == "string" then return (value:gsub("|", "\\|")) end
   if math.type(value) ~= "float" then return tostring(value) end
   return value == value and ("%.3f"):format(value) or ""
end

local function csv_field(value)
   if type(value) == "table" then return value.file end
   if value ~= value then return "" end
   return math.type(value) == "float" and ("%.6g"):format(value) or value
end

local function markdown_row(row) return "| " .. table.concat(row, " | ") .. " |" end

--- A table, which is also written as NAME.csv. Floats are shown with three decimals; in the CSV they are complete.
---@param name string
---@param columns string[]
---@param rows any[][] "" or NaN: an empty field; `{ image =, file =, about = }`: an image, and the path that it gets,
--- which is what the CSV names
function Report:table(name, columns, rows)
   local lines, dashes, records = { markdown_row(columns) }, {}, { csv.line(columns) }
   for k in ipairs(columns) do dashes[k] = "---" end
   lines[2] = "|" .. table.concat(dashes, "|") .. "|"
   for _, row in ipairs(rows) do
      local shown, fields = {}, {}
      for k = 1, #columns do
         shown[k] = show(row[k])
         fields[k] = csv_field(row[k])
         if type(row[k]) == "table" then self.images[row[k].file] = row[k].image end
      end
      lines[#lines + 1], records[#records + 1] = markdown_row(shown), csv.line(fields)
   end
   self:text(table.concat(lines, "\n"))
   self.files[name .. ".csv"] = table.concat(records, "\n") .. "\n"
end

--- A chart of totality.plot as NAME.svg.
---@param name string
---@param chart totality.Plot
---@param about string what the figure shows
function Report:figure(name, chart, about)
   self.files[name .. ".svg"] = chart:svg()
   self:text(("![%s](%s.svg)"):format(about, name))
end

--- An image as NAME.png.
---@param name string
---@param image totality.Image
---@param about string
function Report:image(name, image, about)
   self.images[name .. ".png"] = image
   self:text(("![%s](%s.png)"):format(about, name))
end

--- Writes all files into a directory, the page as README.md.
---@param directory string
---@return boolean|nil written
---@return string? message
function Report:write(directory)
   local done, message = files.make_directory(directory)
   if not done then return nil, message end
   self.files["README.md"] = table.concat(self.lines, "\n")
   for name, text in pairs(self.files) do
      done, message = files.write(directory .. "/" .. name, text)
      if not done then return nil, message end
   end
   local made = {}
   for name, image in pairs(self.images) do
      local folder = name:match "^(.*)/"
      if folder and not made[folder] then
         done, message = files.make_directory(directory .. "/" .. folder)
         if not done then return nil, message end
         made[folder] = true
      end
      done, message = image:save(directory .. "/" .. name)
      if not done then return nil, message end
   end
   return true
end

return report

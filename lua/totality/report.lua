--- A table of verdicts as one HTML page that needs no other file: counts, a histogram of the probabilities, and the
--- stars in the order of their probability.

local markup = require "totality.markup"
local options = require "totality.options"
local plot = require "totality.plot"

local report = {}

local escape = markup.escape

local STYLE = [[
body { font: 15px/1.4 system-ui, sans-serif; color: #111; margin: 2em auto; max-width: 72em; padding: 0 1em }
table { border-collapse: collapse; width: 100% }
th, td { padding: .25em .6em; text-align: left; border-bottom: 1px solid #ddd; vertical-align: middle }
th { position: sticky; top: 0; background: #fff; border-bottom: 2px solid #111 }
td.number { text-align: right; font-variant-numeric: tabular-nums }
td.note { color: #555; font-size: 90% }
td img { display: block; width: 100px; height: 100px; image-rendering: pixelated; border: 1px solid #ccc }
tr.total td.verdict { color: #0072b2; font-weight: bold }
tr.partial td.verdict { color: #d55e00 }
tr.differs td.label { background: #fbe6b2 }
.counts span { display: inline-block; margin-right: 2em }
.counts b { font-size: 150% }
input { font: inherit; padding: .3em; width: 22em; margin: 1em 0 }
]]

-- Rows that don't hold the text that is looked for are hidden.
local SCRIPT = [[
const rows = Array.from(document.querySelectorAll("tbody tr"));
const texts = rows.map(row => row.textContent.toLowerCase());
document.getElementById("search").addEventListener("input", event => {
   const wanted = event.target.value.toLowerCase();
   rows.forEach((row, k) => { row.hidden = !texts[k].includes(wanted); });
});
]]

-- Columns of the page, where the verdicts have them: name in the table, title, class of the cell.
local COLUMNS = {
   { "id", "star", "id" }, { "p_total", "p(total)", "number" }, { "verdict", "verdict", "verdict" },
   { "label", "label", "label" }, { "minimum", "flatter minimum", "" }, { "period", "period (d)", "number" },
   { "n_points", "points", "number" }, { "noise", "noise", "number" },
   { "mass_ratio", "mass ratio (68 %)", "number" }, { "inclination", "inclination (68 %, deg)", "number" },
   { "fillout", "fillout (68 %)", "number" }, { "note", "note", "note" },
}

local HISTOGRAM_BINS = 20

--- Probabilities counted in bins; what lies outside 0 to 1 is in none.
local function counts_of(rows, label)
   local counts = {}
   for bin = 1, HISTOGRAM_BINS do counts[bin] = 0 end
   for _, row in ipairs(rows) do
      local p = row.p
      if p and (label == nil or row.label == label) then
         local bin = math.min(HISTOGRAM_BINS, 1 + math.floor(p * HISTOGRAM_BINS))
         counts[bin] = counts[bin] + 1
      end
   end
   return counts
end

local function histogram(rows, labelled)
   local groups, bars = {}, { { values = counts_of(rows) } }
   for bin = 1, HISTOGRAM_BINS do
      groups[bin] = bin % 2 == 1 and ("%.1f"):format((bin - 1) / HISTOGRAM_BINS) or ""
   end
   if labelled then
      bars = { { label = "label total", values = counts_of(rows, "total") },
         { label = "label partial", values = counts_of(rows, "partial") },
         { label = "no label", values = counts_of(rows, "") } }
   end
   return plot.bar_chart { groups = groups, bars = bars, x_label = "p(total), from", y_label = "stars", width = 720,
      height = 280 }
end

-- By falling probability; those without one at the end, in the order in which they came.
local function sorted(given)
   local rows = {}
   for k, row in ipairs(given) do
      local own = { place = k }
      for name, value in pairs(row) do own[name] = value end
      own.id = own.id ~= nil and own.id ~= "" and own.id or own.file or ""
      local p = tonumber(own.p_total)
      own.p = p and p >= 0 and p <= 1 and p or nil
      rows[k] = own
   end
   table.sort(rows, function(a, b)
      local pa, pb = a.p or -1, b.p or -1
      if pa ~= pb then return pa > pb end
      return a.place < b.place
   end)
   return rows
end

local function columns_of(rows)
   local shown = {}
   for _, column in ipairs(COLUMNS) do
      for _, row in ipairs(rows) do
         if row[column[1]] ~= nil and row[column[1]] ~= "" then
            shown[#shown + 1] = column
            break
         end
      end
   end
   return shown
end

local function class_of(row)
   local words = {}
   if row.verdict == "total" or row.verdict == "partial" then words[1] = row.verdict end
   if row.label and row.label ~= "" and words[1] and row.label ~= row.verdict then words[2] = "differs" end
   return table.concat(words, " ")
end

-- A quantity of `totality posterior` with the range that holds 68 % of the probability.
local function text_of(row, name)
   local value, low, high = tostring(row[name] or ""), row[name .. "_low"] or "", row[name .. "_high"] or ""
   if value == "" or low == "" or high == "" then return value end
   return ("%s (%s to %s)"):format(value, low, high)
end

local function add_row(parts, row, columns, image)
   parts[#parts + 1] = ('<tr class="%s">'):format(class_of(row))
   if image then
      parts[#parts + 1] = image == "" and "<td></td>"
         or ('<td><img alt="" src="%s"></td>'):format(markup.data_uri("image/png", image))
   end
   for _, column in ipairs(columns) do
      parts[#parts + 1] = ('<td class="%s">%s</td>'):format(column[3], escape(text_of(row, column[1])))
   end
   parts[#parts + 1] = "</tr>\n"
end

local function add_counts(parts, rows)
   local counts, judged = {}, 0
   for _, row in ipairs(rows) do
      local verdict = row.verdict or ""
      counts[verdict] = (counts[verdict] or 0) + 1
      if row.p then judged = judged + 1 end
   end
   parts[#parts + 1] = '<p class="counts">'
   local function add(count, text) parts[#parts + 1] = ("<span><b>%d</b> %s</span>"):format(count, escape(text)) end
   add(#rows, #rows == 1 and "star" or "stars")
   for _, verdict in ipairs { "total", "uncertain", "partial" } do
      if counts[verdict] then add(counts[verdict], verdict) end
   end
   if judged < #rows then add(#rows - judged, "without a verdict") end
   parts[#parts + 1] = "</p>\n"
end

--- The page as text.
---@param rows table[] a verdict each, as `totality classify` writes them: `id` (or `file`), `p_total`, and if present
--- `verdict`, `minimum`, `period`, `n_points`, `noise`, `note`, `label` (total, partial or ""), or as `totality
--- posterior` does: `mass_ratio`, `inclination`, `fillout`, each also with `_low` and `_high`
---@param given? table `title` (default "Total eclipses"); `image`, a function from an id to the bytes of a PNG or
--- nil; `images_for`: how many stars are shown with it, the most total first (default 200)
---@return string html
function report.html(rows, given)
   local what = "report.html"
   options.check_value(what, "rows", rows, { type = "table" })
   local checked = options.check(what, given, {
      title = { type = "string", default = "Total eclipses" }, image = { type = "function" },
      images_for = { type = "integer", default = 200, minimum = 0 },
   })
   rows = sorted(rows)
   local columns, labelled = columns_of(rows), false
   for _, column in ipairs(columns) do labelled = labelled or column[1] == "label" end
   local parts = { "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>",
      escape(checked.title), "</title>\n<style>\n", STYLE, "</style>\n</head>\n<body>\n<h1>", escape(checked.title),
      "</h1>\n" }
   add_counts(parts, rows)
   parts[#parts + 1] = histogram(rows, labelled):svg()
   parts[#parts + 1] = '<p><input id="search" type="search" placeholder="show rows with ..."></p>\n<table>\n'
      .. "<thead><tr>"
   local with_images = checked.image and checked.images_for > 0
   if with_images then parts[#parts + 1] = "<th>what a network saw</th>" end
   for _, column in ipairs(columns) do parts[#parts + 1] = ("<th>%s</th>"):format(escape(column[2])) end
   parts[#parts + 1] = "</tr></thead>\n<tbody>\n"
   for k, row in ipairs(rows) do
      local image = with_images and (k <= checked.images_for and checked.image(row.id) or "") or nil
      add_row(parts, row, columns, image)
   end
   parts[#parts + 1] = "</tbody>\n</table>\n<script>\n" .. SCRIPT .. "</script>\n</body>\n</html>\n"
   return table.concat(parts)
end

return report

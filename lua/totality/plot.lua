--- Line and bar charts as SVG files, drawn without other programs; the same numbers give the same bytes.
--
--    local chart = totality.plot.line_chart { x_label = "epoch", y_label = "loss",
--       lines = { { x = { 1, 2, 3 }, y = { 0.7, 0.5, 0.4 }, label = "training" } } }
--    chart:save "loss.svg"

local files = require "totality.files"
local markup = require "totality.markup"
local options = require "totality.options"

local plot = {}

local escape = markup.escape

-- Okabe & Ito (2008): colours that people with colour blindness can tell apart; black last.
local COLOURS = { "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#F0E442", "#000000" }

-- Without a colour, lines and bars of a black and white print differ by these.
local DASHES = { "", "6,3", "2,2", "8,3,2,3" }

local MARGIN = { left = 64, right = 16, top = 14, bottom = 44 }
local LINE_HEIGHT = 17 -- of a legend or a title
local TEXT_WIDTH = 6.4 -- of a letter, on the average

--- Charts on a page, made by `totality.plot.page`; or one chart.
---@class totality.Plot
---@field svg fun(self): string the picture as text
---@field save fun(self, path: string): boolean|nil, string|nil writes an SVG file; nil and a message
local Plot = { __name = "totality.Plot" }
Plot.__index = Plot

-- A number in a picture: two decimals, no more zeros than needed.
local function coordinate(value)
   local text = ("%.2f"):format(value):gsub("0+$", ""):gsub("%.$", "")
   return text == "-0" and "0" or text
end

local function element(name, attributes, content)
   local words = { name }
   local names = {}
   for key in pairs(attributes) do names[#names + 1] = key end
   table.sort(names)
   for _, key in ipairs(names) do
      local value = attributes[key]
      if value ~= "" then
         words[#words + 1] = ('%s="%s"'):format(key:gsub("_", "-"), type(value) == "number" and coordinate(value)
            or escape(value))
      end
   end
   return content and ("<%s>%s</%s>"):format(table.concat(words, " "), content, name)
      or ("<%s/>"):format(table.concat(words, " "))
end

local function text(x, y, content, attributes)
   attributes.x, attributes.y = x, y
   return element("text", attributes, escape(content))
end

--- About `wanted` round numbers (1, 2 or 5 times a power of ten) from low to high, and their texts.
local function ticks(low, high, wanted, integer)
   local raw = (high - low) / wanted
   local power = 10 ^ math.floor(math.log(raw, 10))
   local step = power * (raw / power < 1.5 and 1 or raw / power < 3.5 and 2 or raw / power < 7.5 and 5 or 10)
   if integer then step = math.max(1, math.floor(step + 0.5)) end
   local decimals = math.max(0, -math.floor(math.log(step, 10) + 1e-9))
   local list = {}
   for k = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) do
      local value = k * step
      local large = math.abs(high) >= 1e6 or decimals > 6
      list[#list + 1] = { value = value, text = large and ("%.3g"):format(value)
         or ("%." .. decimals .. "f"):format(value == 0 and 0.0 or value) }
   end
   return list
end

-- The range of what is drawn, a little larger than the data; never empty.
local function range_of(given, low, high, margin)
   if given then return given[1], given[2] end
   if low > high then low, high = 0, 1 end
   if low == high then
      local half = low == 0 and 1 or math.abs(low) / 2
      return low - half, high + half
   end
   return low - (high - low) * margin, high + (high - low) * margin
end

local function is_finite(value) return value == value and value ~= math.huge and value ~= -math.huge end

-- ------------------------------------------------------------------------------ frame

-- Names and signs of a legend in as many rows as they need; gives the height.
local function legend(parts, entries, width, top, sign)
   local x, y = MARGIN.left, top + LINE_HEIGHT - 5
   for k, entry in ipairs(entries) do
      local length = 30 + TEXT_WIDTH * utf8.len(entry)
      if x > MARGIN.left and x + length > width - MARGIN.right then x, y = MARGIN.left, y + LINE_HEIGHT end
      parts[#parts + 1] = sign(k, x, y - 4)
      parts[#parts + 1] = text(x + 24, y, entry, {})
      x = x + length + 6
   end
   return #entries > 0 and y - top + 6 or 0
end

-- Title, legend, frame, horizontal lines with their numbers, and names of the axes. Gives the place of the
-- frame and a function from a value to its height.
local function frame(parts, chart, width, height, low, high, sign)
   local top = MARGIN.top
   if chart.title then
      parts[#parts + 1] = text(width / 2, top + 8, chart.title, { text_anchor = "middle", font_weight = "bold" })
      top = top + LINE_HEIGHT
   end
   top = top + legend(parts, chart.entries, width, top - 4, sign)
   local area = { left = MARGIN.left, right = width - MARGIN.right, top = top, bottom = height - MARGIN.bottom }
   local function place(value) return area.bottom - (value - low) / (high - low) * (area.bottom - area.top) end
   for _, tick in ipairs(ticks(low, high, 5)) do
      local y = place(tick.value)
      parts[#parts + 1] = element("line", { x1 = area.left, x2 = area.right, y1 = y, y2 = y, stroke = "#dddddd" })
      parts[#parts + 1] = text(area.left - 6, y + 4, tick.text, { text_anchor = "end" })
   end
   parts[#parts + 1] = element("rect", { x = area.left, y = area.top, width = area.right - area.left,
      height = area.bottom - area.top, fill = "none", stroke = "#333333" })
   if chart.x_label then
      parts[#parts + 1] = text((area.left + area.right) / 2, height - 8, chart.x_label, { text_anchor = "middle" })
   end
   if chart.y_label then
      local y = (area.top + area.bottom) / 2
      parts[#parts + 1] = text(14, y, chart.y_label, { text_anchor = "middle",
         transform = ("rotate(-90 14 %s)"):format(coordinate(y)) })
   end
   return area, place
end

-- An error bar; what reaches beyond the frame is cut off.
local function error_bar(parts, area, x, y1, y2, colour)
   y1, y2 = math.min(math.max(y1, area.top), area.bottom), math.min(math.max(y2, area.top), area.bottom)
   for _, line in ipairs { { x, y1, x, y2 }, { x - 3, y1, x + 3, y1 }, { x - 3, y2, x + 3, y2 } } do
      parts[#parts + 1] = element("line", { x1 = line[1], y1 = line[2], x2 = line[3], y2 = line[4], stroke = colour })
   end
end

-- Widens { low, high } to the finite ones of the values, each more or less its error.
local function widen(bounds, values, errors)
   for k = 1, #values do
      local off = errors and errors[k] or 0
      if is_finite(values[k]) and is_finite(off) then
         bounds[1], bounds[2] = math.min(bounds[1], values[k] - off), math.max(bounds[2], values[k] + off)
      end
   end
end

-- ------------------------------------------------------------------------- line charts

local function colour_of(k) return COLOURS[(k - 1) % #COLOURS + 1] end

local function stroke_of(line, k)
   return { fill = "none", stroke = colour_of(k), stroke_width = 1.8,
      stroke_dasharray = line.dashed and "6,3" or DASHES[(k - 1) // #COLOURS % #DASHES + 1] }
end

local function draw_line(parts, line, k, area, place_x, place_y)
   local run = {}
   local function flush()
      if #run > 1 and line.marks ~= "only" then
         local attributes = stroke_of(line, k)
         attributes.points = table.concat(run, " ")
         parts[#parts + 1] = element("polyline", attributes)
      end
      run = {}
   end
   for j = 1, #line.x do
      if is_finite(line.x[j]) and is_finite(line.y[j]) then
         local x, y = place_x(line.x[j]), place_y(line.y[j])
         run[#run + 1] = coordinate(x) .. "," .. coordinate(y)
         if line.marks or #line.x == 1 then
            parts[#parts + 1] = element("circle", { cx = x, cy = y, r = 2.6, fill = colour_of(k) })
         end
         local off = line.errors and line.errors[j]
         if off and is_finite(off) then
            error_bar(parts, area, x, place_y(line.y[j] - off), place_y(line.y[j] + off), colour_of(k))
         end
      else
         flush()
      end
   end
   flush()
end

local function draw_lines(chart, parts, width, height)
   local xs, ys = { math.huge, -math.huge }, { math.huge, -math.huge }
   for _, line in ipairs(chart.lines) do
      widen(xs, line.x)
      widen(ys, line.y, line.errors)
   end
   local x_low, x_high = range_of(chart.x_range, xs[1], xs[2], chart.x_integer and 0 or 0.02)
   local low, high = range_of(chart.y_range, ys[1], ys[2], 0.05)
   local area, place_y = frame(parts, chart, width, height, low, high, function(k, x, y)
      local attributes = stroke_of(chart.lines[k], k)
      attributes.points = ("%s,%s %s,%s"):format(coordinate(x), coordinate(y), coordinate(x + 20), coordinate(y))
      return element("polyline", attributes)
   end)
   local function place_x(value) return area.left + (value - x_low) / (x_high - x_low) * (area.right - area.left) end
   for _, tick in ipairs(ticks(x_low, x_high, (area.right - area.left) / 70, chart.x_integer)) do
      local x = place_x(tick.value)
      parts[#parts + 1] = element("line", { x1 = x, x2 = x, y1 = area.bottom, y2 = area.bottom + 4,
         stroke = "#333333" })
      parts[#parts + 1] = text(x, area.bottom + 17, tick.text, { text_anchor = "middle" })
   end
   -- what lies outside the ranges is cut off, but for half a mark
   local x, y, across, down = area.left - 3, area.top - 3, area.right - area.left + 6, area.bottom - area.top + 6
   parts[#parts + 1] = ('<svg x="%s" y="%s" width="%s" height="%s" viewBox="%s %s %s %s">'):format(coordinate(x),
      coordinate(y), coordinate(across), coordinate(down), coordinate(x), coordinate(y), coordinate(across),
      coordinate(down))
   for k, line in ipairs(chart.lines) do draw_line(parts, line, k, area, place_x, place_y) end
   parts[#parts + 1] = "</svg>"
end

-- -------------------------------------------------------------------------- bar charts

local function draw_bars(chart, parts, width, height)
   local bounds = { 0, 0 }
   for _, bar in ipairs(chart.bars) do widen(bounds, bar.values, bar.errors) end
   local low, high = range_of(chart.y_range, bounds[1], bounds[2], 0)
   if not chart.y_range then low, high = low < 0 and low * 1.05 or low, high > 0 and high * 1.05 or high end
   local area, place = frame(parts, chart, width, height, low, high, function(k, x, y)
      return element("rect", { x = x + 6, y = y - 5, width = 12, height = 10, fill = colour_of(k) })
   end)
   local slot = (area.right - area.left) / #chart.groups
   local bar_width = slot * 0.8 / #chart.bars
   local base = place(math.max(low, math.min(high, 0)))
   for g, group in ipairs(chart.groups) do
      local left = area.left + (g - 1) * slot
      parts[#parts + 1] = text(left + slot / 2, area.bottom + 17, group, { text_anchor = "middle" })
      for k, bar in ipairs(chart.bars) do
         local value = bar.values[g]
         if value and is_finite(value) then
            local x, y = left + slot * 0.1 + (k - 1) * bar_width, place(math.max(low, math.min(high, value)))
            parts[#parts + 1] = element("rect", { x = x + bar_width * 0.04, width = bar_width * 0.92,
               y = math.min(y, base), height = math.abs(base - y), fill = colour_of(k) })
            local off = bar.errors and bar.errors[g]
            if off and is_finite(off) then
               error_bar(parts, area, x + bar_width / 2, place(value - off), place(value + off), "#333333")
            end
         end
      end
   end
end

-- ------------------------------------------------------------------------------- pages

function Plot:svg()
   local rows = (#self.charts + self.columns - 1) // self.columns
   local width, height = self.columns * self.width, rows * self.height
   local parts = { ('<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" '
      .. 'font-family="Helvetica, Arial, sans-serif" font-size="12" fill="#111111">'):format(width, height, width,
      height),
      element("rect", { width = width, height = height, fill = "#ffffff" }) }
   for k, chart in ipairs(self.charts) do
      local x, y = (k - 1) % self.columns * self.width, (k - 1) // self.columns * self.height
      parts[#parts + 1] = ('<g transform="translate(%d %d)">'):format(x, y)
      chart.draw(chart, parts, self.width, self.height)
      parts[#parts + 1] = "</g>"
   end
   parts[#parts + 1] = "</svg>\n"
   return table.concat(parts, "\n")
end

function Plot:save(path)
   options.check_value("plot:save", "path", path, { type = "string" })
   if not path:find("%.svg$") then options.fail("plot:save", 2, "the path must end with .svg, got %q", path) end
   return files.write(path, self:svg())
end

function Plot:__tostring()
   return ("totality.Plot(%d chart%s)"):format(#self.charts, #self.charts == 1 and "" or "s")
end

local COMMON = { title = { type = "string" }, x_label = { type = "string" }, y_label = { type = "string" },
   y_range = { type = "table" }, width = { type = "integer", default = 480, minimum = 160 },
   height = { type = "integer", default = 320, minimum = 120 } }

local function check(what, given, rules)
   for name, rule in pairs(COMMON) do rules[name] = rule end
   local checked = options.check(what, given, rules, 3)
   for _, name in ipairs { "x_range", "y_range" } do
      local range = checked[name]
      if range and not (type(range[1]) == "number" and type(range[2]) == "number" and range[1] < range[2]) then
         options.fail(what, 3, "option '%s' must be a pair of numbers, the smaller first", name)
      end
   end
   return checked
end

local function numbers(what, name, list, count)
   local kind = type(list)
   if kind ~= "table" and kind ~= "userdata" then
      options.fail(what, 3, "%s must be a list of numbers, got %s", name, kind)
   end
   if count and #list ~= count then
      options.fail(what, 3, "%s has %d numbers, %d were expected", name, #list, count)
   end
   for k = 1, #list do
      if type(list[k]) ~= "number" then
         options.fail(what, 3, "%s[%d] must be a number, got %s", name, k, type(list[k]))
      end
   end
end

-- The names for the legend: none when nothing has one.
local function entries_of(list)
   local entries, named = {}, false
   for k, item in ipairs(list) do
      entries[k] = item.label or ""
      named = named or item.label ~= nil
   end
   return named and entries or {}
end

local function single(chart)
   return setmetatable({ charts = { chart }, columns = 1, width = chart.width, height = chart.height }, Plot)
end

--- Lines through points, each with a name in the legend. Where a value is not a number the line is broken.
---@param given { lines: { x: number[], y: number[], label?: string, errors?: number[], marks?: boolean|"only",
--- dashed?: boolean }[], title?: string, x_label?: string, y_label?: string, x_range?: number[],
--- y_range?: number[], x_integer?: boolean, width?: integer, height?: integer } errors: half the height of an
--- error bar; marks: a dot at each point, or dots only; x_integer: whole numbers at the x axis; width and height
--- in pixels (480 x 320)
---@return totality.Plot
function plot.line_chart(given)
   local what = "plot.line_chart"
   local checked = check(what, given, { lines = { type = "table", required = true }, x_range = { type = "table" },
      x_integer = { type = "boolean", default = false } })
   for k, line in ipairs(checked.lines) do
      options.check(("%s: lines[%d]"):format(what, k), line, { x = { type = "any", required = true },
         y = { type = "any", required = true }, label = { type = "string" }, errors = { type = "any" },
         marks = { type = "any" }, dashed = { type = "boolean" } })
      numbers(what, ("lines[%d].x"):format(k), line.x)
      numbers(what, ("lines[%d].y"):format(k), line.y, #line.x)
      if line.errors then numbers(what, ("lines[%d].errors"):format(k), line.errors, #line.x) end
   end
   checked.draw, checked.entries = draw_lines, entries_of(checked.lines)
   return single(checked)
end

--- Groups of bars from zero; each kind of bar has a name in the legend.
---@param given { groups: string[], bars: { values: number[], label?: string, errors?: number[] }[], title?: string,
--- x_label?: string, y_label?: string, y_range?: number[], width?: integer, height?: integer } values and errors
--- (half the height of an error bar): one for each group; NaN: no bar
---@return totality.Plot
function plot.bar_chart(given)
   local what = "plot.bar_chart"
   local checked = check(what, given, { groups = { type = "table", required = true },
      bars = { type = "table", required = true } })
   if #checked.groups == 0 then options.fail(what, 2, "option 'groups' must not be empty") end
   for k, group in ipairs(checked.groups) do
      options.check_value(what, ("groups[%d]"):format(k), group, { type = "string" })
   end
   for k, bar in ipairs(checked.bars) do
      options.check(("%s: bars[%d]"):format(what, k), bar, { values = { type = "any", required = true },
         label = { type = "string" }, errors = { type = "any" } })
      numbers(what, ("bars[%d].values"):format(k), bar.values, #checked.groups)
      if bar.errors then numbers(what, ("bars[%d].errors"):format(k), bar.errors, #checked.groups) end
   end
   checked.draw, checked.entries = draw_bars, entries_of(checked.bars)
   return single(checked)
end

--- Several charts on one page, row by row; each gets the size of the first.
---@param charts totality.Plot[] made by the functions above
---@param given? { columns?: integer } default 2, or 1 for a single chart
---@return totality.Plot
function plot.page(charts, given)
   local what = "plot.page"
   options.check_value(what, "charts", charts, { type = "table" })
   if #charts == 0 then options.fail(what, 2, "there are no charts") end
   local checked = options.check(what, given, { columns = { type = "integer", minimum = 1 } })
   local all = {}
   for k, chart in ipairs(charts) do
      options.check_value(what, ("charts[%d]"):format(k), chart, { class = "totality.Plot" })
      table.move(chart.charts, 1, #chart.charts, #all + 1, all)
   end
   return setmetatable({ charts = all, columns = math.min(checked.columns or 2, #all), width = charts[1].width,
      height = charts[1].height }, Plot)
end

return plot

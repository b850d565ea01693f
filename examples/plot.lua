-- Plots for the examples: lines, points, text and pictures in grey on white, written as PNG. No example itself.
--
--    local plot = dofile "examples/plot.lua"
--    local page = plot.page(640, 480)
--    local axes = page:axes { left = 70, top = 20, right = 620, bottom = 430,
--       x = { from = -0.5, to = 0.5, step = 0.25, label = "phase" },
--       y = { from = 0, to = 1, step = 0.5, label = "flux" } }
--    axes:line(phase, flux)
--    page:save "plot.png"

local core = require "totality.core"
local image = require "totality.image"

-- Strokes on a grid 4 wide: "xy" is a corner, "|" lifts the pen; the base line is y = 2, capitals end at 8.
local GLYPHS = {
   ["0"] = "18 07 03 12 32 43 47 38 18", ["1"] = "06 28 22 | 12 32", ["2"] = "07 18 38 47 46 02 42",
   ["3"] = "07 18 38 47 46 35 25 | 35 44 43 32 12 03", ["4"] = "32 38 04 44", ["5"] = "48 08 05 35 44 43 32 02",
   ["6"] = "38 18 06 03 12 32 43 44 35 15 04", ["7"] = "08 48 22",
   ["8"] = "15 06 07 18 38 47 46 35 15 04 03 12 32 43 44 35", ["9"] = "46 35 15 06 07 18 38 47 44 32 12",
   a = "46 42 | 45 36 16 05 03 12 32 43", b = "08 02 | 03 12 32 43 45 36 16 05", c = "45 36 16 05 03 12 32 43",
   d = "48 42 | 43 32 12 03 05 16 36 45", e = "04 44 45 36 16 05 03 12 32 43", f = "48 38 27 22 | 16 36",
   g = "46 41 30 10 01 | 45 36 16 05 03 12 32 43", h = "08 02 | 05 16 36 45 42", i = "26 22 | 28 28",
   j = "26 21 10 00 | 28 28", k = "08 02 | 46 04 | 15 42", l = "28 22", m = "06 02 | 05 16 25 22 | 25 36 45 42",
   n = "06 02 | 05 16 36 45 42", o = "16 05 03 12 32 43 45 36 16", p = "06 00 | 05 16 36 45 43 32 12 03",
   q = "46 40 | 45 36 16 05 03 12 32 43", r = "06 02 | 05 16 36", s = "45 36 16 05 14 34 43 32 12 03",
   t = "18 13 22 32 | 06 36", u = "06 03 12 32 43 | 46 42", v = "06 22 46", w = "06 12 26 32 46", x = "06 42 | 02 46",
   y = "06 22 | 46 10 00", z = "06 46 02 42",
   A = "02 28 42 | 14 34", C = "47 38 18 07 03 12 32 43", D = "02 08 28 46 44 22 02", H = "02 08 | 42 48 | 05 45",
   K = "02 08 | 48 05 42", M = "02 08 25 48 42", O = "18 07 03 12 32 43 47 38 18", P = "02 08 38 47 46 35 05",
   R = "02 08 38 47 46 35 05 | 25 42", S = "47 38 18 07 06 15 35 44 43 32 12 03", T = "08 48 | 28 22",
   V = "08 22 48", W = "08 12 26 32 48",
   ["."] = "22 22", [","] = "22 11", ["-"] = "15 35", ["+"] = "05 45 | 27 23", ["/"] = "02 48",
   ["="] = "04 44 | 06 46", [":"] = "23 23 | 26 26", ["("] = "38 26 24 32", [")"] = "18 26 24 12", [" "] = "",
}

local Page, Axes = {}, {}
Page.__index, Axes.__index = Page, Axes

local plot = {}

--- A white page of that many pixels.
function plot.page(width, height)
   local pixels = core.tensor(height, width)
   for k = 1, width * height do pixels[k] = 1 end
   return setmetatable({ width = width, height = height, pixels = pixels }, Page)
end

-- Each pixel gets the ink of the part of the stroke that covers it, by its distance from the middle line.
function Page:stroke(x0, y0, x1, y1, width, ink)
   local reach, dx, dy = width / 2 + 0.5, x1 - x0, y1 - y0
   local length2 = dx * dx + dy * dy
   local top, bottom = math.floor(math.min(y0, y1) - reach), math.ceil(math.max(y0, y1) + reach)
   local left, right = math.floor(math.min(x0, x1) - reach), math.ceil(math.max(x0, x1) + reach)
   for y = math.max(0, top), math.min(self.height - 1, bottom) do
      for x = math.max(0, left), math.min(self.width - 1, right) do
         local px, py = x + 0.5 - x0, y + 0.5 - y0
         local part = length2 > 0 and math.max(0, math.min(1, (px * dx + py * dy) / length2)) or 0
         local cover = reach - math.sqrt((px - part * dx) ^ 2 + (py - part * dy) ^ 2)
         if cover > 0 then
            local k = y * self.width + x + 1
            self.pixels[k] = math.min(self.pixels[k], 1 - ink * math.min(cover, 1))
         end
      end
   end
end

--- Text of `size` pixels a grid unit at x, y (the base line); `align` 0 begins there, 0.5 is centred on it, 1
--- ends there. Upwards when `vertical`.
function Page:text(x, y, text, align, vertical, size)
   size = size or 1.5
   local start = -(align or 0) * (6 * #text - 2) * size
   for k = 1, #text do
      local glyph = assert(GLYPHS[text:sub(k, k)], "no glyph for " .. text:sub(k, k))
      local px, py
      for mark in glyph:gmatch "%S+" do
         if mark == "|" then
            px = nil
         else
            local across = start + (6 * (k - 1) + tonumber(mark:sub(1, 1))) * size
            local up = (tonumber(mark:sub(2)) - 2) * size
            local qx, qy = x + (vertical and -up or across), y - (vertical and across or up)
            if px then self:stroke(px, py, qx, qy, 1.2, 1) end
            px, py = qx, qy
         end
      end
   end
end

--- Puts an image's upper left corner at x, y.
function Page:paste(picture, x, y)
   for row = 0, picture.height - 1 do
      for column = 1, picture.width do
         self.pixels[(y + row) * self.width + x + column] = picture.tensor[row * picture.width + column]
      end
   end
end

function Page:save(path)
   assert(image.new(self.pixels):save(path))
   print("wrote " .. path)
end

local function number(value, step)
   local decimals = 0
   while decimals < 3 and math.abs(step * 10 ^ decimals - math.floor(step * 10 ^ decimals + 0.5)) > 1e-9 do
      decimals = decimals + 1
   end
   return (("%%.%df"):format(decimals):format(math.abs(value) < 1e-9 and 0 or value))
end

--- A frame with ticks; `x` and `y` are tables with from, to, step and label.
function Page:axes(given)
   local axes = setmetatable({ page = self, x = given.x, y = given.y, left = given.left, right = given.right,
      top = given.top, bottom = given.bottom }, Axes)
   local corners = { { given.left, given.top }, { given.right, given.top }, { given.right, given.bottom },
      { given.left, given.bottom } }
   for k, corner in ipairs(corners) do
      local other = corners[k % 4 + 1]
      self:stroke(corner[1], corner[2], other[1], other[2], 1, 1)
   end
   for k = 0, (given.x.to - given.x.from) / given.x.step + 1e-9 do
      local value = given.x.from + k * given.x.step
      local x = axes:place(value, given.y.from)
      self:stroke(x, given.bottom, x, given.bottom - 5, 1, 1)
      self:text(x, given.bottom + 18, number(value, given.x.step), 0.5)
   end
   for k = 0, (given.y.to - given.y.from) / given.y.step + 1e-9 do
      local value = given.y.from + k * given.y.step
      local _, y = axes:place(given.x.from, value)
      self:stroke(given.left, y, given.left + 5, y, 1, 1)
      self:text(given.left - 7, y + 5, number(value, given.y.step), 1)
   end
   self:text((given.left + given.right) / 2, given.bottom + 38, given.x.label, 0.5)
   self:text(given.left - 50, (given.top + given.bottom) / 2, given.y.label, 0.5, true)
   return axes
end

function Axes:place(x, y)
   return self.left + (x - self.x.from) / (self.x.to - self.x.from) * (self.right - self.left),
      self.bottom - (y - self.y.from) / (self.y.to - self.y.from) * (self.bottom - self.top)
end

--- A line through points, broken where a value is not a number; `width` in pixels (1.6), `ink` 0 to 1 (1).
function Axes:line(xs, ys, width, ink)
   for k = 2, #xs do
      local x0, y0 = self:place(xs[k - 1], ys[k - 1])
      local x1, y1 = self:place(xs[k], ys[k])
      if x0 + y0 + x1 + y1 == x0 + y0 + x1 + y1 then self.page:stroke(x0, y0, x1, y1, width or 1.6, ink or 1) end
   end
end

--- Text at a place of the plot.
function Axes:text(x, y, text, align)
   local px, py = self:place(x, y)
   self.page:text(px, py, text, align)
end

return plot

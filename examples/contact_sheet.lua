-- Contact sheets of a catalogue: each star's folded points beside the image that a network sees, and a legend.
--
--    build/lua examples/contact_sheet.lua CATALOGUE.csv PREFIX [STYLE]
--
-- writes PREFIX-1.png, PREFIX-2.png, ... and PREFIX.csv. CATALOGUE has the columns of `totality classify`; STYLE is
-- that of the images (area or marks). Points that were taken for outliers are crossed.
local totality = require "totality"
local plot = dofile((arg[0]:match "^(.*/)" or "") .. "plot.lua")

local COLUMNS, ROWS = 5, 9
local SIZE = 100 -- pixels, of an image and the height of the plot beside it
local PLOT_WIDTH = 170
local CELL_WIDTH, CELL_HEIGHT = PLOT_WIDTH + SIZE + 14, SIZE + 20

-- The folded points, normalised with the summary of `prepare`; the fluxes as `prepare` had them.
local function points_of(curve, summary)
   local reduced = curve.time and curve.period and assert(curve:reduce()) or curve
   local phase, flux = {}, {}
   for k = 1, #reduced do
      phase[k] = (reduced.phase[k] - summary.shift + 0.25) % 1
      flux[k] = (reduced.flux[k] - summary.bottom) / (summary.top - summary.bottom)
   end
   return phase, flux, reduced
end

local function draw_points(page, x, y, curve, summary)
   local phase, flux, reduced = points_of(curve, summary)
   local kept = {}
   local clean = reduced:remove_outliers()
   for k = 1, #clean do kept[clean.phase[k] .. "/" .. clean.flux[k]] = true end
   local step = math.max(1, #phase // 4000) -- more points than that are a grey mass
   for k = 1, #phase, step do
      local px = x + phase[k] * PLOT_WIDTH
      local py = y + (1.15 - math.max(-0.15, math.min(1.15, flux[k]))) / 1.3 * SIZE
      if kept[reduced.phase[k] .. "/" .. reduced.flux[k]] then
         page:stroke(px, py, px, py, 1, 0.8)
      else
         page:stroke(px - 2, py - 2, px + 2, py + 2, 0.5, 1)
         page:stroke(px - 2, py + 2, px + 2, py - 2, 0.5, 1)
      end
   end
end

local function draw_image(page, x, y, image)
   for row = 1, SIZE do
      for column = 1, SIZE do
         page.pixels[(y + row - 1) * page.width + x + column] = 1 - image:pixel(column, row)
      end
   end
end

local function frame(page, x, y, width, height)
   page:stroke(x, y, x + width, y, 0.3, 0.4)
   page:stroke(x, y + height, x + width, y + height, 0.3, 0.4)
   page:stroke(x, y, x, y + height, 0.3, 0.4)
   page:stroke(x + width, y, x + width, y + height, 0.3, 0.4)
end

-- Draws star `number` at its place; a line of the legend.
local function draw_star(page, place, number, row, style)
   local x = place % COLUMNS * CELL_WIDTH + 4
   local y = place // COLUMNS * CELL_HEIGHT + 16
   page:text(x, y - 3, tostring(number), 0, false, 1)
   local curve, message = totality.read(row.path, { period = row.period, epoch = row.epoch })
   if curve and not (curve.period or curve.phase) then curve, message = curve:find_period() end
   local image, summary
   if curve then image, summary = curve:prepare { width = SIZE, height = SIZE, style = style } end
   if not image then return ("%d,%s,,,,,%s"):format(number, row.id, (message or summary):gsub("[,\n]", ";")) end
   draw_points(page, x, y, curve, summary)
   draw_image(page, x + PLOT_WIDTH + 4, y, image)
   frame(page, x, y, PLOT_WIDTH, SIZE)
   frame(page, x + PLOT_WIDTH + 4, y, SIZE, SIZE)
   return ("%d,%s,%s,%d,%d,%.4f,"):format(number, row.id,
      summary.period and ("%.7f"):format(summary.period) or "", summary.n_points, summary.n_outliers, summary.noise)
end

local path, prefix, style = arg[1], arg[2], arg[3]
if not prefix then
   io.stderr:write("usage: contact_sheet.lua CATALOGUE.csv PREFIX [area|marks]\n")
   os.exit(2)
end
local rows = assert(totality.read_catalogue(path))
local legend = { "number,id,period,n_points,n_outliers,noise,note" }
local a_page = COLUMNS * ROWS
for first = 1, #rows, a_page do
   local page = plot.page(COLUMNS * CELL_WIDTH, ROWS * CELL_HEIGHT)
   for k = first, math.min(first + a_page - 1, #rows) do
      legend[#legend + 1] = draw_star(page, k - first, k, rows[k], style)
   end
   page:save(("%s-%d.png"):format(prefix, (first - 1) // a_page + 1))
end
local file = assert(io.open(prefix .. ".csv", "w"))
assert(file:write(table.concat(legend, "\n"), "\n"))
file:close()
print("wrote " .. prefix .. ".csv")

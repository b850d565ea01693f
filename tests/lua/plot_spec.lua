local totality = require "totality"

local plot = totality.plot

local function count(text, pattern) return select(2, text:gsub(pattern, "")) end

local function line_chart(fields)
   local given = { lines = { { x = { 0, 1, 2 }, y = { 1, 3, 2 }, label = "a & b" } } }
   for name, value in pairs(fields or {}) do given[name] = value end
   return plot.line_chart(given)
end

describe("a line chart", function()
   it("places points by its ranges", function()
      -- the frame goes from (64, 32) to (464, 276): 14 + 18 for the legend, 44 below
      local svg = line_chart { x_range = { 0, 2 }, y_range = { 1, 3 } }:svg()
      assert.matches('points="64,276 264,32 464,154"', svg, 1, true)
      assert.matches(">a &amp; b</text>", svg, 1, true)
      assert.matches('^<svg xmlns="http://www.w3.org/2000/svg" width="480" height="320"', svg)
      assert.matches("</svg>\n$", svg)
   end)

   it("is broken where there is no number, and marks a lonely point", function()
      local svg = plot.line_chart { lines = { { x = { 1, 2, 3, 4, 5 }, y = { 1, 2, 0 / 0, 4, 5 } },
         { x = { 1 }, y = { 1 } } } }:svg()
      assert.equal(2, count(svg, "<polyline"))
      assert.equal(1, count(svg, "<circle"))
   end)

   it("cuts off what lies outside its ranges", function()
      local svg = line_chart { y_range = { 1.5, 2 } }:svg()
      local inner = svg:match('<svg x="61" y="29" width="406" height="250" viewBox="61 29 406 250">\n(.-)</svg>')
      assert.matches("<polyline", inner)
   end)

   it("has round ticks", function()
      local function texts(chart)
         local list = {}
         for value in chart:svg():gmatch('text%-anchor="middle"[^>]*>(%-?[%d.e+-]+)<') do list[#list + 1] = value end
         return table.concat(list, " ")
      end
      local function of(low, high, integer)
         return texts(plot.line_chart { lines = { { x = { low, high }, y = { 0, 1 } } }, x_range = { low, high },
            x_integer = integer })
      end
      assert.equal("0 2 4 6 8 10", of(0, 10))
      assert.equal("-0.4 -0.2 0.0 0.2 0.4", of(-0.5, 0.5))
      assert.equal("1 2 3", of(1, 3, true))
      assert.equal("0 500 1000 1500 2000 2500 3000", of(0, 3000))
      assert.equal("0.0000 0.0005 0.0010 0.0015 0.0020", of(0, 0.002))
      assert.equal("1e+06 2e+06 3e+06", of(1e6, 3e6):gsub("%S*5e%+06 ", "", 2))
   end)

   it("survives what is no range", function()
      for _, y in ipairs { { 1, 1 }, { 0, 0 }, { 0 / 0, 0 / 0 }, { math.huge, 1 } } do
         local svg = plot.line_chart { lines = { { x = { 1, 1 }, y = y } } }:svg()
         assert.is_nil(svg:find("nan"))
         assert.is_nil(svg:find("inf"))
      end
      assert.matches("</svg>", plot.line_chart { lines = {} }:svg(), 1, true)
   end)
end)

describe("a bar chart", function()
   it("draws bars from zero, up and down", function()
      local svg = plot.bar_chart { groups = { "g", "h" }, y_range = { -1, 1 },
         bars = { { values = { 1, -1 }, label = "x", errors = { 0.5, 0 / 0 } }, { values = { 0 / 0, 0.5 } } } }:svg()
      -- frame 64 to 464 and 32 to 276, zero at 154; a slot is 200 wide, a bar 80
      assert.matches('height="122" width="73.6" x="87.2" y="32"', svg, 1, true)
      assert.matches('height="122" width="73.6" x="287.2" y="154"', svg, 1, true)
      assert.matches('height="61" width="73.6" x="367.2" y="93"', svg, 1, true)
   end)
end)

describe("a page of charts", function()
   it("is written whole, the same each time", function()
      local path = os.tmpname() .. ".svg"
      local page = plot.page({ line_chart(), line_chart(), line_chart() })
      assert.equal("totality.Plot(3 charts)", tostring(page))
      assert.is_true(page:save(path))
      local file = assert(io.open(path))
      local svg = file:read("a")
      file:close()
      os.remove(path)
      assert.equal(page:svg(), svg)
      assert.matches('width="960" height="640"', svg, 1, true)
      assert.matches("translate(0 320)", svg, 1, true)
      local saved, message = page:save("/nowhere/x.svg")
      assert.is_nil(saved)
      assert.equal("/nowhere/x.svg: No such file or directory", message)
   end)

   it("names what is wrong", function()
      local function fails(message, f, ...)
         local ok, reason = pcall(f, ...)
         assert.is_false(ok)
         assert.matches(message, reason, 1, true)
         assert.matches("plot_spec.lua:%d+: ", reason)
      end
      fails("plot.line_chart: lines[1].y has 1 numbers, 2 were expected",
         function() plot.line_chart { lines = { { x = { 1, 2 }, y = { 1 } } } } end)
      fails("option 'y_range' must be a pair of numbers", function() line_chart { y_range = { 2, 1 } } end)
      fails("unknown option 'titel'; did you mean 'title'?", function() line_chart { titel = "x" } end)
      fails("option 'groups' must not be empty", function() plot.bar_chart { groups = {}, bars = {} } end)
      fails("bars[1].values[2] must be a number, got string",
         function() plot.bar_chart { groups = { "a", "b" }, bars = { { values = { 1, "2" } } } } end)
      fails("plot:save: the path must end with .svg", function() line_chart():save("x.png") end)
      fails("plot.page: there are no charts", function() plot.page {} end)
   end)
end)

describe("a history", function()
   it("is drawn", function()
      local path = os.tmpname() .. ".svg"
      local history = require("totality.history").new { "loss", "accuracy", "val_loss", "val_accuracy" }
      history.epoch = { 1, 2, 3 }
      for _, name in ipairs { "loss", "accuracy", "val_loss", "val_accuracy" } do history[name] = { 0.5, 0.4, 0.3 } end
      assert.is_true(history:plot(path))
      local file = assert(io.open(path))
      local svg = file:read("a")
      file:close()
      os.remove(path)
      assert.equal(4, count(svg, 'stroke%-width="1.8"') // 2) -- a line and its sign
      assert.equal(2, count(svg, ">validation<"))
      assert.has_error(function() history:plot(path, { names = { "f1" } }) end,
         "history:plot: 'f1' was not measured; measured are accuracy, loss, val_accuracy, val_loss")
   end)
end)

local docs = require "totality.docs"
local help = require "totality.help"
local totality = require "totality"

local source = [[
--- A module. Of two sentences.
--
-- And a paragraph.

--- Not public.
local M = {}

--- A curve.
---@class (exact) totality.Curve: totality.Base
---@field flux number[] relative
---@field map fun(f: fun(x: number): number, n?: integer): totality.Curve a new curve
local Curve = {}
Curve.__index = Curve

-- not documentation
local function hidden() end

--- Not public.
local function inner(a) return a end

--- Folds it. See below.
-- More about it.
---@param period number days, above 0
---@param options? { epoch?: number, phase: number | nil } where it begins
-- and ends
---@return totality.Curve|nil folded
---@return string? message
function Curve:fold(period,
                    options)
end

--- Makes one.
---@param x table<string, number> # the parts
M.curve = function(x) return inner(x) end

--- Comes from C.
---@param n integer
M.count = hidden

--- 200 by habit.
M.limit = 200

return M
]]

describe("docs.parse", function()
   local module = docs.parse(source, "totality.sample")
   local entries = {}
   for _, entry in ipairs(module.entries) do entries[entry.name] = entry end

   it("takes the module's text and summary", function()
      assert.equal("A module.", module.summary)
      assert.equal("A module. Of two sentences.\n\nAnd a paragraph.", module.text)
   end)

   it("names what the comments stand before", function()
      local names = {}
      for k, entry in ipairs(module.entries) do names[k] = entry.kind .. " " .. docs.signature(entry) end
      assert.same({
         "local M()", "class totality.Curve", "local inner(a)", "method totality.Curve:fold(period, options?)",
         "function totality.sample.curve(x)", "function totality.sample.count(n)", "value totality.sample.limit",
      }, names)
   end)

   it("separates types from text", function()
      local fold = entries["totality.Curve:fold"]
      assert.equal("Folds it. See below.\nMore about it.", fold.text)
      assert.same({ name = "period", optional = false, type = "number", text = "days, above 0" }, fold.params[1])
      assert.same({ name = "options", optional = true, type = "{ epoch?: number, phase: number | nil }",
         text = "where it begins and ends" }, fold.params[2])
      assert.same({ { type = "totality.Curve|nil", text = "folded" }, { type = "string?", text = "message" } },
         fold.returns)
      local fields = entries["totality.Curve"].fields
      assert.equal("fun(f: fun(x: number): number, n?: integer): totality.Curve", fields[2].type)
      assert.equal("a new curve", fields[2].text)
      assert.same({ type = "table<string, number>", text = "the parts", name = "x", optional = false },
         entries["totality.sample.curve"].params[1])
   end)
end)

describe("help", function()
   it("lists what there is", function()
      local text = help.text()
      assert.matches("\n   totality%.rng%(seed, stream%?%) +A random generator with its own state%.\n", text)
      assert.matches("^totality: recognises total eclipses", text)
   end)

   it("finds a function by name and by value, a class by name and by object", function()
      assert.equal(help.text("rng"), help.text(totality.rng))
      assert.equal(help.text("totality.rng"), help.text(totality.rng))
      assert.matches("^totality%.rng%(seed, stream%?%)\n   A random.*\n   seed: integer", help.text("rng"))
      assert.equal(help.text("Rng"), help.text(totality.rng(1)))
      assert.equal(help.text("totality"), help.text(totality))
   end)

   it("says when there is nothing", function()
      assert.equal("Nothing is called 'help_'; did you mean 'help'?", help.text("help_"))
      assert.equal("Nothing is called 'rng.seed.x'.", help.text("rng.seed.x"))
      assert.equal("This function has no description.", help.text(print))
   end)
end)

describe("docs.modules", function()
   it("puts methods from other files, and the classes of what they return, with their class", function()
      local found = {}
      for _, module in ipairs(docs.modules()) do
         for _, entry in ipairs(module.entries) do
            if entry.name == "totality.LightCurve:observe" or entry.name == "totality.Totality" then
               found[#found + 1] = module.name
            end
         end
      end
      assert.same({ "totality.curve", "totality.system" }, found)
   end)

   it("doesn't show a class twice", function()
      local part = docs.parse("--- Methods.\n\n---@class totality.Curve\nlocal Curve = class.Curve\n\n" ..
         "--- Folds it.\nfunction Curve:fold() end\n", "totality.part")
      assert.equal("reopened", part.entries[1].kind)
      assert.equal("totality.Curve:fold", part.entries[2].name)
      local own = docs.parse("--- One.\n\n---@class totality.Curve\nlocal Curve = { __name = 1 }\n", "totality.own")
      assert.equal("class", own.entries[1].kind)
   end)
end)

describe("every public function", function()
   local entries = {}
   for _, module in ipairs(docs.modules()) do
      for _, entry in ipairs(module.entries) do
         if entry.text ~= "" then entries[entry.name] = entry end
      end
   end

   -- The functions without a description in a table of the API, and in the classes that it holds.
   local function undocumented(value, name, found, visited)
      if type(value) == "function" then
         local entry = entries[name] or docs.of(value)
         if not entry or entry.text == "" then found[#found + 1] = name end
      elseif type(value) == "table" and not visited[value] then
         visited[value] = true
         for key, field in pairs(value) do
            if type(key) == "string" and not key:find("^_") then
               undocumented(field, name .. "." .. key, found, visited)
            end
         end
      end
      return found
   end

   it("is described", function()
      local found, visited = {}, {}
      for _, module in ipairs(docs.modules()) do
         undocumented(package.loaded[module.name], module.name, found, visited)
      end
      assert.same({}, found)
   end)

   it("names its arguments as they are", function()
      local wrong = {}
      for name, entry in pairs(entries) do
         for _, param in ipairs(entry.arguments and entry.params or {}) do
            if not entry.arguments:find("%f[%w_.]" .. param.name:gsub("%p", "%%%0") .. "%f[^%w_.]") then
               wrong[#wrong + 1] = name .. ": " .. param.name
            end
         end
      end
      assert.same({}, wrong)
   end)
end)

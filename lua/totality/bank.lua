--- Banks of model curves: systems drawn from a population, with the light curve and the parameters of each.
-- What `totality.posterior` weighs an observed curve against.

local core = require "totality.core"
local options = require "totality.options"
local population = require "totality.population"
local progress_bar = require "totality.progress_bar"
local system = require "totality.system"

local bank = {}

--- Made by `totality.bank`. `#bank` is how many curves it holds.
---@class totality.Bank
---@field flux totality.Tensor curves x phases -0.5 + k/phases, in units of the flux at phase 0.25
---@field parameters totality.Tensor curves x columns, see `totality.bank.columns`
---@field drawn integer systems drawn, those that vary too little included
---@field population totality.Population
---@field recipe table<string, string> what decides which curves these are
local Bank = { __name = "totality.Bank" }
Bank.__index = Bank

--- Below this share of light left of the eclipsed star its eclipse counts as total.
bank.TOTAL_LIGHT = 1e-4

-- The parameters of a curve; a spot_radius of 0 means no spot.
local COLUMNS = {
   "light_left", "mass_ratio", "fillout", "inclination", "t1", "t2", "limb_darkening", "spot_star",
   "spot_colatitude", "spot_longitude", "spot_radius", "spot_temperature_factor",
}

-- Systems drawn and kept together; a file holds whole chunks, so that it can be continued.
local CHUNK = 4096

local SAVE_INTERVAL = 120 -- seconds between the states of a bank in the making

--- The names of the columns of `bank.parameters`, in order: light_left (of the eclipsed star, as
--- `system:totality`), mass_ratio, fillout, inclination (degrees), t1, t2 (K), limb_darkening (linear coefficient),
--- and the spot's star, colatitude, longitude, radius (degrees; 0: no spot) and temperature_factor.
---@return string[]
function bank.columns() return COLUMNS end

--- The number of a column of `bank.parameters`.
---@param name string
---@return integer
function bank.column(name)
   for k, column in ipairs(COLUMNS) do
      if column == name then return k end
   end
   return options.fail("totality.bank.column", 2, "no column '%s'; the columns are %s", name,
      table.concat(COLUMNS, ", "))
end

local function row_of(parameters, light_left)
   local spot = parameters.spots and parameters.spots[1]
      or { star = 0, colatitude = 0, longitude = 0, radius = 0, temperature_factor = 1 }
   return { light_left, parameters.mass_ratio, parameters.fillout, parameters.inclination, parameters.t1,
      parameters.t2, parameters.limb_darkening.x, spot.star, spot.colatitude, spot.longitude, spot.radius,
      spot.temperature_factor }
end

--- Model curves of the given systems as the rows of a bank; those that vary too little are left out.
---@param systems table[] parameters as `population:draw` gives them, at most one spot each
---@param given table `phases`, `minimum_amplitude`, `threads`
---@return totality.Tensor flux
---@return totality.Tensor parameters
---@return integer[] kept the numbers of the systems, a row each
function bank.curves(systems, given)
   local stars = {}
   for k, parameters in ipairs(systems) do stars[k] = { system.contact(parameters).model } end
   local curves, light_left = core.make_models(stars, given.phases, given.minimum_amplitude, given.threads)
   local kept, flux = {}, {}
   for k = 1, #systems do
      if light_left[k] == light_left[k] then
         kept[#kept + 1], flux[#flux + 1] = k, curves[k]
      end
   end
   local parameters = core.tensor(#kept, #COLUMNS)
   for row, k in ipairs(kept) do
      for column, value in ipairs(row_of(systems[k], light_left[k])) do
         parameters[(row - 1) * #COLUMNS + column] = value
      end
   end
   return core.stack(flux), parameters, kept
end

-- What decides which curves a bank holds: a file with another recipe is another bank.
local function recipe_of(checked)
   local recipe = { seed = tostring(checked.seed), phases = tostring(checked.phases),
      minimum_amplitude = ("%.9g"):format(checked.minimum_amplitude), population = tostring(checked.population) }
   for name, value in pairs(checked.population) do
      if type(value) == "number" then recipe["population." .. name] = ("%.9g"):format(value) end
   end
   return recipe
end

-- Joins the pieces of a bank, all that are there, into one.
local function join(pieces, name)
   local rows = 0
   for _, piece in ipairs(pieces) do rows = rows + piece[name]:shape() end
   local _, width = pieces[1][name]:shape()
   local whole = core.tensor(rows, width)
   local first = 1
   for _, piece in ipairs(pieces) do
      whole:set_rows(first, piece[name])
      first = first + piece[name]:shape()
   end
   return whole
end

local function drawn_of(pieces)
   local drawn = 0
   for _, piece in ipairs(pieces) do drawn = drawn + piece.drawn end
   return drawn
end

local function joined(pieces)
   if #pieces == 1 then return pieces end
   return { { flux = join(pieces, "flux"), parameters = join(pieces, "parameters"), drawn = drawn_of(pieces) } }
end

local function save(path, piece, recipe)
   local metadata = { drawn = tostring(piece.drawn) }
   for name, value in pairs(recipe) do metadata[name] = value end
   return core.write_tensors(path, { flux = piece.flux, parameters = piece.parameters }, metadata)
end

-- The bank in a file, or nil and a message.
local function read(path)
   local tensors, metadata = core.read_tensors(path)
   if not tensors then return nil, metadata end
   local flux, parameters, drawn = tensors.flux, tensors.parameters, math.tointeger(metadata.drawn)
   if not (flux and parameters and drawn) then return nil, path .. ": not a bank of curves" end
   local rows, phases, rank = flux:shape()
   local parameter_rows, columns, parameter_rank = parameters:shape()
   if rank or parameter_rank or not phases or rows ~= parameter_rows or columns ~= #COLUMNS then
      return nil, path .. ": not a bank of curves as this version makes them"
   end
   metadata.drawn = nil
   return { flux = flux, parameters = parameters, drawn = drawn, recipe = metadata }
end

-- nil, or what tells two recipes apart.
local function difference(found, wanted)
   for name, value in pairs(wanted) do
      if found[name] ~= value then
         return ("%s is %s, %s was asked for"):format(name, tostring(found[name]), value)
      end
   end
   return nil
end

local function draw_chunk(checked, first, count)
   local systems = {}
   for k = 1, count do
      systems[k] = checked.population:draw(core.rng(checked.seed, first + k))
   end
   local flux, parameters = bank.curves(systems, checked)
   return { flux = flux, parameters = parameters, drawn = count }
end

--- A bank of model curves.
---@param given table `size` (systems to draw; those that vary less than `minimum_amplitude`, as a part of the
--- maximum flux, default 0.1, are left out); `seed` (default 0); `population` (default
--- `totality.population.survey()`); `phases` of a curve (even, default 80: interpolating between them errs by less
--- than 2e-4 rms in 95 % of the curves, 1.5e-3 at the corners of a total eclipse); `path` of a safetensors file that
--- keeps it: what is there is read, what is missing is made and added, the states in between are saved, so that a
--- bank may be made in several goes and enlarged later; `threads` (default all processors); `verbose` (progress on
--- standard error, default false)
---@return totality.Bank|nil bank
---@return string? message when the file can't be used or holds a bank made otherwise
function bank.new(given)
   local checked = options.check("totality.bank", given, {
      size = { type = "integer", required = true, minimum = 1 },
      seed = { type = "integer", default = 0, minimum = 0 },
      population = { class = "totality.Population" },
      minimum_amplitude = { type = "number", default = 0.1, minimum = 0, below = 1 },
      phases = { type = "integer", default = 80, minimum = 16, maximum = 4096 },
      path = { type = "string" },
      threads = { type = "integer", default = core.processor_count(), minimum = 1 },
      verbose = { type = "boolean", default = false },
   })
   if checked.phases % 2 == 1 then options.fail("totality.bank", 2, "option 'phases' must be even") end
   checked.population = checked.population or population.survey()
   local recipe, pieces = recipe_of(checked), {}
   local there = checked.path and io.open(checked.path, "rb")
   if there then
      there:close()
      local found, message = read(checked.path)
      if not found then return nil, message end
      local other = difference(found.recipe, recipe)
      if other then return nil, ("%s: a bank made otherwise: %s"):format(checked.path, other) end
      pieces[1] = found
   end
   local last_save, kept = core.monotonic_time(), drawn_of(pieces)
   local function keep()
      local whole = joined(pieces)
      pieces, last_save, kept = whole, core.monotonic_time(), whole[1].drawn
      return save(checked.path, whole[1], recipe)
   end
   -- Ctrl-C loses no more than the piece in the making
   local _ <close> = setmetatable({}, { __close = function()
      if checked.path and drawn_of(pieces) > kept then keep() end
   end })
   local drawn = kept
   local bar <close> = progress_bar.new { total = checked.size, done = drawn, unit = "systems",
      shown = checked.verbose }
   while drawn < checked.size do
      -- the last chunk may be short; the next one of an enlarged bank then starts where it ended
      pieces[#pieces + 1] = draw_chunk(checked, drawn, math.min(CHUNK, checked.size - drawn))
      drawn = drawn_of(pieces)
      bar:update(drawn)
      if checked.path and (drawn >= checked.size or core.monotonic_time() - last_save > SAVE_INTERVAL) then
         local done, message = keep()
         if not done then return nil, message end
      end
   end
   bar:clear()
   local whole = joined(pieces)[1]
   return setmetatable({ flux = whole.flux, parameters = whole.parameters, drawn = drawn, recipe = recipe,
      population = checked.population }, Bank)
end

--- The share of total eclipses among the curves: the prior probability of one.
---@return number
function Bank:total_share()
   local total = 0
   for k = 1, #self do
      total = total + (self.parameters[(k - 1) * #COLUMNS + 1] < bank.TOTAL_LIGHT and 1 or 0)
   end
   return total / #self
end

function Bank:__len() return (self.flux:shape()) end

function Bank:__tostring()
   return ("totality.Bank(%d curves of %s phases, seed %s, %s)"):format(#self, self.recipe.phases, self.recipe.seed,
      self.recipe.population)
end

return bank

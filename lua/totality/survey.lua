--- Surveys as data: when a survey looks at a star, and what it gets wrong.
--
-- `totality.surveys` has those that come with the project; docs/surveys.md tells what each field means and where
-- its numbers are from. A survey is made from a table in which a distribution is a number (always that), or a list of
-- quantiles: the least value, the greatest, and others between them in steps of equal probability.

local attempt = require("totality.interruption").attempt
local core = require "totality.core"
local options = require "totality.options"
local passbands = require "totality.passbands"

local survey = {}

--- A survey, made by `totality.survey`. Its fields are those of the table, defaults filled in, distributions as
--- lists. `print(survey:summary())` shows them.
---@class totality.Survey
---@field name string
---@field record table what the core takes
local Survey = {}
Survey.__index = Survey
Survey.__name = "totality.Survey"

-- Distributions, with what they are where nothing is said; false: must be given for the window named.
local DISTRIBUTIONS = {
   points = { default = false, windows = { nights = true, cycle = true } },
   baseline = { default = false, windows = { nights = true, cycle = true } },
   season = { default = { 0.4, 0.6 }, windows = { nights = true } },
   revisit = { default = { 1 }, windows = { nights = true } },
   repeat_visits = { default = { 0 }, windows = { nights = true } },
   datasets = { default = { 1 }, windows = { nights = true } },
   segments = { default = false, windows = { continuous = true } },
   segment_gap = { default = { 1 }, windows = { continuous = true } },
   magnitude = { default = false },
   third_light = { default = { 0 } },
   noise_factor = { default = { 1 } },
   outliers = { default = { 0 } },
   visit_offset = { default = { 0 } },
   season_offset = { default = { 0 } },
   segment_offset = { default = { 0 } },
   segment_trend = { default = { 0 } },
   segment_scale = { default = { 0 } },
   period_error = { default = { 0 } },
   epoch_error = { default = { 0 } },
}

local OPTIONS = {
   name = { type = "string", required = true },
   band = { type = "string", default = "V" },
   unit = { type = "string", default = "magnitude", one_of = { "magnitude", "flux", "constant" } },
   window = { type = "string", required = true, one_of = { "nights", "continuous", "cycle" } },
   time_system = { type = "string" },
   start = { type = "number", default = 2450000 },
   exposure = { type = "number", default = 0 },
   night = { type = "number", default = 0.4, windows = { nights = true } },
   hour_angle = { type = "number", default = 0.08, windows = { nights = true } },
   yearly_scatter = { type = "number", default = 0, windows = { nights = true } },
   moon = { type = "number", default = 0, windows = { nights = true } },
   exposures = { type = "integer", default = 1, minimum = 1, windows = { nights = true } },
   exposure_spacing = { type = "number", default = 0, windows = { nights = true } },
   cadence = { type = "number", windows = { continuous = true } },
   segment_length = { type = "number", windows = { continuous = true } },
   pause = { type = "number", default = 0, windows = { continuous = true } },
   lost_segments = { type = "number", default = 0, windows = { continuous = true } },
   lost = { type = "number", default = 0, windows = { continuous = true } },
   noise = { type = "table", required = true },
   quoted_scatter = { type = "number", default = 0 },
   tail = { type = "number", default = 0 },
   outlier_size = { type = "number", default = 0.2 },
   outlier_faint = { type = "number", default = 0.5 },
   epoch_swapped = { type = "number", default = 0 },
   sources = { type = "table", default = {} },
}

-- Neither matters for the other windows, but the core wants numbers.
local UNUSED = { points = { 1 }, baseline = { 1 }, segments = { 1 } }

local function specification()
   local all = {}
   for name, rule in pairs(OPTIONS) do all[name] = rule end
   for name in pairs(DISTRIBUTIONS) do all[name] = { type = "any" } end
   return all
end

local function check_distribution(what, name, value)
   local list = type(value) == "number" and { value } or value
   local fits = type(list) == "table" and #list > 0
   for _, x in ipairs(fits and list or {}) do fits = fits and type(x) == "number" and x == x end
   if not fits then
      options.fail(what, 3, "option '%s' must be a number or a list of quantiles in ascending order", name)
   end
   return list
end

-- Rows { magnitude, sigma, quoted error }, as columns.
local function noise_columns(what, rows)
   local columns = { magnitudes = {}, sigma = {}, quoted = {} }
   for k, row in ipairs(rows) do
      local fits = type(row) == "table" and (#row == 2 or #row == 3)
      for j = 1, fits and #row or 0 do fits = fits and type(row[j]) == "number" end
      if not fits then
         options.fail(what, 3, "option 'noise': row %d must be { magnitude, sigma, quoted error }", k)
      end
      columns.magnitudes[k], columns.sigma[k], columns.quoted[k] = row[1], row[2], row[3] or row[2]
   end
   if #rows == 0 then options.fail(what, 3, "option 'noise' must not be empty") end
   return columns
end

--- A survey of one's own. The window needs: `nights` points and baseline; `continuous` cadence, segment_length and
--- segments; `cycle` (regular in phase) points and baseline. `name`, `window`, `magnitude` and `noise` are always
--- needed; the other fields have defaults that make no error. docs/surveys.md lists all.
---@param given table days and magnitudes throughout; `noise`: rows `{ magnitude, sigma, quoted error }`
---@return totality.Survey
function survey.new(given)
   local what = "totality.survey"
   local checked = options.check(what, given, specification())
   if not rawget(passbands, checked.band) then
      local names = {}
      for name in pairs(passbands) do names[#names + 1] = name end
      local near = options.suggestion(checked.band, names)
      options.fail(what, 2, "option 'band': unknown pass band '%s'%s", checked.band,
         near and "; did you mean '" .. near .. "'?" or "")
   end
   for _, rules in ipairs { OPTIONS, DISTRIBUTIONS } do
      for name, rule in pairs(rules) do
         if given[name] ~= nil and rule.windows and not rule.windows[checked.window] then
            options.fail(what, 2, "option '%s' is not for the window '%s'", name, checked.window)
         end
      end
   end
   for name, rule in pairs(DISTRIBUTIONS) do
      local value = checked[name]
      local applies = not rule.windows or rule.windows[checked.window]
      if value == nil and applies and not rule.default then
         options.fail(what, 2, "option '%s' is missing", name)
      end
      checked[name] = value ~= nil and check_distribution(what, name, value) or rule.default or UNUSED[name]
   end
   for _, name in ipairs { "cadence", "segment_length" } do
      if checked.window == "continuous" and not checked[name] then
         options.fail(what, 2, "option '%s' is missing", name)
      end
      checked[name] = checked[name] or 1
   end
   local record = noise_columns(what, checked.noise)
   for name, value in pairs(checked) do
      if name ~= "repeat_visits" then record[name] = value end
   end
   record["repeat"] = checked.repeat_visits
   local made, result = attempt(core.survey, record)
   if not made then options.fail(what, 2, "%s", (result:gsub("^repeat ", "repeat_visits "))) end
   checked.record = result
   return setmetatable(checked, Survey)
end

local function show(list)
   local shown = {}
   for k, x in ipairs(list) do shown[k] = ("%.4g"):format(x) end
   if #shown == 1 then return shown[1] end
   return table.concat(shown, " ")
end

--- All fields with their values, one a line, and where the numbers are from.
---@return string
function Survey:summary()
   local names = {}
   for _, rules in ipairs { OPTIONS, DISTRIBUTIONS } do
      for name, rule in pairs(rules) do
         local applies = not rule.windows or rule.windows[self.window]
         if applies and self[name] ~= nil and name ~= "noise" and name ~= "sources" and name ~= "name" then
            names[#names + 1] = name
         end
      end
   end
   table.sort(names)
   local lines = { self.name }
   for _, name in ipairs(names) do
      local value = self[name]
      lines[#lines + 1] = ("   %-18s %s"):format(name, type(value) == "table" and show(value)
         or type(value) == "number" and ("%.7g"):format(value) or tostring(value))
   end
   lines[#lines + 1] = "   noise              magnitude   sigma  quoted"
   for _, row in ipairs(self.noise) do
      lines[#lines + 1] = ("   %18s %9.2f %7.2g %7.2g"):format("", row[1], row[2], row[3] or row[2])
   end
   for _, source in ipairs(self.sources) do lines[#lines + 1] = "   " .. source end
   return table.concat(lines, "\n")
end

function Survey:__tostring()
   local size
   if self.window == "continuous" then
      size = ("%s segments of %.4g d every %.4g min"):format(show(self.segments), self.segment_length,
         self.cadence * 1440)
   else
      size = ("%s points"):format(show { self.points[1], self.points[#self.points] }:gsub(" ", " to "))
   end
   return ("totality.Survey(%s, %s, %s, %s to %s mag)"):format(self.name, self.band, size,
      show { self.magnitude[1] }, show { self.magnitude[#self.magnitude] })
end

return survey

--- What is known of the tables that surveys deliver. A survey is a module totality.readers.surveys.NAME with
--   name
--   header        names of columns that together tell this survey from others (none: it has to be asked for)
--   columns       which column is what: time, magnitude or flux, error, segment, band, flag, ra, dec; each a name, a
--                 list of names of which the first counts that is there, or a number; names in lower case, without
--                 blanks, underscores and units
--   good_flags    what the flag of a good point says
--   bands         other names of bands
--   time_system   what the times are
--   time_zero     the Julian date that is added to times below 1e6
-- and a name in the list below. The first whose header fits is it: those that ask for more come first.

local surveys = {}

local names = { "ztf", "gaia", "asas_sn_v2", "asas_sn", "crts", "ogle", "linear" }

local known = {}

local function load_survey(name) return require("totality.readers.surveys." .. name) end

for _, name in ipairs(names) do known[name] = true end

--- The names of all surveys.
function surveys.names() return names end

--- The survey of this name, or nil.
function surveys.get(name) return known[name] and load_survey(name) or nil end

local function plain(name) return (name:lower():gsub("%b()", ""):gsub("%b[]", ""):gsub("[%s_]", "")) end

-- The number of each column of a header ("a\nb\nc") by its plain name.
local function positions_of(header)
   local positions, count = {}, 0
   for name in header:gmatch("[^\n]*") do
      count = count + 1
      name = plain(name)
      positions[name] = positions[name] or count
   end
   return positions
end

local function fits(survey, positions)
   if not survey.header then return false end
   for _, name in ipairs(survey.header) do
      if not positions[name] then return false end
   end
   return true
end

-- The number of a column, or nil when the header hasn't got it.
local function position(column, positions)
   if type(column) ~= "table" then return math.tointeger(column) or positions[column] end
   for _, name in ipairs(column) do
      if positions[name] then return positions[name] end
   end
end

--- The survey that a header tells, or the one that was asked for, and what core.read_text_table is to be asked for in
-- its tables; or nil when it is none.
---@param header string names of columns, one a line
---@param asked? table a survey
---@param wanted_band? string
function surveys.recognise(header, asked, wanted_band)
   local positions, survey = positions_of(header), asked
   for k = 1, asked and 0 or #names do
      survey = load_survey(names[k])
      if fits(survey, positions) then break end
      survey = nil
   end
   if not survey then return nil end
   local request = { axis = "time", good_flags = survey.good_flags,
      wanted_band = survey.bands and survey.bands[wanted_band] or wanted_band }
   for name, column in pairs(survey.columns) do
      local number = position(column, positions)
      if name == "time" then
         request.x = number
      elseif name == "magnitude" or name == "flux" then
         request.quantity, request.value = name, number
      else
         request[name] = number
      end
   end
   return survey, request
end

return surveys

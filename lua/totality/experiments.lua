--- Experiments: the tables and figures that say how well total eclipses are recognised, each by one command.
--
-- An experiment is a file of lua/totality/experiments: a table with `title`, `shows` (what it is about), `scales`
-- (settings by name), `runs(settings)`, the list of its trainings, tests and calculations (see
-- `totality.experiment.runs`), and `report(page, results, settings)`, which writes them down and returns a message
-- when it can't.

local core = require "totality.core"
local options = require "totality.options"
local provenance = require "totality.experiment.provenance"
local report = require "totality.experiment.report"
local runs = require "totality.experiment.runs"

local experiments = {}

local NAMES = { "asas", "comparison", "insights", "kepler", "light_contributions", "limit", "mass_ratio_radius_ratio",
   "mass_ratios", "noise", "population", "processing", "totality_limits", "transfer" }

local SCALES = { "tiny", "quick", "full" }

local SCALE_NOTES = {
   tiny = "**Tiny scale: sizes that only show that the experiment works. The figures mean nothing.**",
   quick = "**Quick scale: smaller sets, less training than at the full scale (the settings are below). The figures "
      .. "show tendencies; networks trained in full do better.**",
}

--- The names of the experiments.
---@return string[]
function experiments.names() return table.move(NAMES, 1, #NAMES, 1, {}) end

--- An experiment by its name.
---@param name string
---@return table experiment title, shows, scales, runs, report
function experiments.get(name)
   for _, known in ipairs(NAMES) do
      if name == known then return require("totality.experiments." .. name) end
   end
   local near = type(name) == "string" and options.suggestion(name, NAMES)
   return options.fail("totality.experiments", 2, "there is no experiment '%s'%s", tostring(name),
      near and "; did you mean '" .. near .. "'?" or "; there are " .. table.concat(NAMES, ", "))
end

local function settings_of(experiment, checked)
   local settings = { catalogue = checked.catalogue }
   for name, value in pairs(experiment.scales[checked.scale]) do settings[name] = value end
   settings.scale, settings.seeds = checked.scale, checked.seeds or settings.seeds or 1
   return settings
end

-- A published page doesn't tell where on somebody's disk a catalogue lies.
local function show_settings(settings)
   local parts = {}
   for name, value in pairs(settings) do
      if name == "catalogue" then value = value:match "[^/]*$" end
      if type(value) == "number" or type(value) == "string" then
         parts[#parts + 1] = ("%s %s"):format(name:gsub("_", " "), value)
      elseif type(value) == "table" then
         parts[#parts + 1] = ("%s %s"):format(name:gsub("_", " "), table.concat(value, " "))
      end
   end
   table.sort(parts)
   return table.concat(parts, "; ")
end

local function write_origin(page, settings, checked, made)
   local origin = provenance.now()
   page:text "## How it was made"
   page:text(("`totality experiment %s --scale %s --seeds %d`%s; %s; runs made by %s, this page by %s; %s, %d "
      .. "processors, %d threads; the runs took %.0f s in all, beside other work of the machine."):format(
      checked.name, settings.scale, settings.seeds,
      settings.catalogue and " with a catalogue of real curves" or "", origin.date, made.versions, origin.version,
      origin.cpu, origin.processors, checked.threads, made.seconds))
   page:text("Settings: " .. show_settings(settings) .. ". Every random number follows from the seeds, which are "
      .. "1 ... " .. settings.seeds .. " for the trainings; the same settings give the same figures.")
end

--- Runs an experiment, or what of it is missing in the output folder, and writes its report there.
---@param name string see totality.experiments.names
---@param given? { scale?: "tiny"|"quick"|"full", seeds?: integer, threads?: integer, output?: string,
--- publish?: string, catalogue?: string, verbose?: boolean } scale: tiny takes seconds and shows nothing, quick (the
--- default) takes minutes, full hours; seeds: repetitions of each training; output: folder of runs and report
--- (default experiments/NAME); publish: a folder in which the report is also put, as NAME; catalogue: a table of
--- real curves with labels, for the experiments that take one; verbose: whether to say what is done (default true)
---@return string|nil path of the report; nil when files can't be read or written
---@return string? message
function experiments.run(name, given)
   local experiment = experiments.get(name)
   local checked = options.check("totality.experiments.run", given, {
      scale = { type = "string", default = "quick", one_of = SCALES },
      seeds = { type = "integer", minimum = 1 },
      threads = { type = "integer", default = core.processor_count(), minimum = 1 },
      output = { type = "string", default = "experiments/" .. name },
      publish = { type = "string" }, catalogue = { type = "string" },
      verbose = { type = "boolean", default = true },
   })
   if checked.catalogue and not experiment.takes_catalogue then
      options.fail("totality.experiments.run", 2, "experiment '%s' takes no catalogue", name)
   end
   checked.name = name
   local settings = settings_of(experiment, checked)
   local results, made = runs.execute(experiment.runs(settings), {
      directory = checked.output, threads = checked.threads, verbose = checked.verbose,
      say = function(text)
         if checked.verbose then
            io.stdout:write(text, "\n")
            io.stdout:flush()
         end
      end })
   if not results then return nil, made --[[@as string]] end
   local page = report.new()
   page:text("# " .. experiment.title)
   page:text(experiment.shows)
   if SCALE_NOTES[settings.scale] then page:text(SCALE_NOTES[settings.scale]) end
   local problem = experiment.report(page, results, settings)
   if problem then return nil, problem end
   write_origin(page, settings, checked, made)
   for _, directory in ipairs { checked.output, checked.publish and checked.publish .. "/" .. name } do
      local written, message = page:write(directory)
      if not written then return nil, message end
   end
   return checked.output .. "/README.md"
end

return experiments

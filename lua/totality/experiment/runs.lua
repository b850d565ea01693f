--- The runs of an experiment: trainings, tests, calculations. Each is kept in the output folder when it is done, so
-- that an interrupted experiment continues with the first that is missing.
--
-- A run is a table of data: `name`, `kind` (of `totality.experiment.kinds`) and what that needs. Runs that it builds
-- on are named in `model`, `start` and `runs`, and come before it. A result is a plain table; its file is called by
-- the run's name and a checksum of all that the run depends on, so that other settings never meet an old result.

local attempt = require("totality.interruption").attempt
local core = require "totality.core"
local files = require "totality.files"
local json = require "totality.json"
local kinds = require "totality.experiment.kinds"
local provenance = require "totality.experiment.provenance"
local totality = require "totality"

local runs = {}

-- What a run depends on, as text: its data, those of the runs before it that it uses, and the version.
local function key_of(run, keys)
   local described = { version = totality.version, used = {} }
   for name, value in pairs(run) do
      if type(value) ~= "function" then described[name] = value end
   end
   local used = table.move(run.runs or {}, 1, #(run.runs or {}), 1, { run.model, run.start })
   for _, name in ipairs(used) do
      described.used[#described.used + 1] = assert(keys[name], "a run uses one that comes later")
   end
   return json.encode(described)
end

local function read_result(path)
   local file <close> = io.open(path, "rb")
   if not file then return nil end
   local decoded, stored = attempt(json.decode, file:read "a")
   local complete = decoded and type(stored) == "table" and stored.key and stored.result and stored.seconds
      and stored.version
   return complete and stored or nil
end

local function sorted(set)
   local list = {}
   for text in pairs(set) do list[#list + 1] = text end
   table.sort(list)
   return table.concat(list, " and ")
end

--- Executes the runs that are not done yet.
---@param list table[]
---@param given { directory: string, threads: integer, say: fun(text: string), verbose: boolean }
---@return table|nil results by the runs' names
---@return { seconds: number, versions: string }|string made how long they took, now or earlier, and by which versions
--- of the code; or a message
function runs.execute(list, given)
   local made, message = files.make_directory(given.directory .. "/runs")
   if not made then return nil, message end
   local context = { directory = given.directory, threads = given.threads, verbose = given.verbose, results = {},
      paths = {}, opened = {} }
   local keys, seconds, versions = {}, 0, {}
   for k, run in ipairs(list) do
      assert(not keys[run.name], "two runs have the same name")
      local key = key_of(run, keys)
      keys[run.name] = ("%08x"):format(core.crc32(key))
      context.paths[run.name] = ("%s/runs/%s-%s"):format(given.directory, run.name:gsub("[^%w.]+", "_"),
         keys[run.name])
      local path = context.paths[run.name] .. ".json"
      local stored = read_result(path)
      if not (stored and stored.key == key) then
         given.say(("[%d of %d] %s"):format(k, #list, run.name))
         local began = core.monotonic_time()
         local result, problem = kinds[run.kind](run, context)
         if not result then return nil, problem end
         stored = { key = key, result = result, seconds = core.monotonic_time() - began,
            version = provenance.now().version }
         local written
         written, message = files.write(path, json.encode(stored) .. "\n")
         if not written then return nil, message end
      end
      context.results[run.name] = stored.result
      seconds, versions[stored.version] = seconds + stored.seconds, true
   end
   return context.results, { seconds = seconds, versions = sorted(versions) }
end

return runs

--- Where a result comes from: version of the code, machine, date.

local core = require "totality.core"
local totality = require "totality"

local provenance = {}

local function first_line(command)
   local pipe <close> = io.popen(command .. " 2>/dev/null")
   return pipe and pipe:read "l"
end

-- The commit of the checkout that this file lies in; nil when it was installed. "+" says that files were changed.
local function commit()
   local source = debug.getinfo(1, "S").source:match "^@(.*)/[^/]*$"
   if not source then return nil end
   local quoted = "'" .. source:gsub("'", "'\\''") .. "'"
   local hash = first_line(("git -C %s rev-parse --short=10 HEAD"):format(quoted))
   if not hash then return nil end
   local changed = first_line(("git -C %s status --porcelain --untracked-files=no"):format(quoted))
   return hash .. (changed and "+" or "")
end

local function cpu_model()
   local file <close> = io.open "/proc/cpuinfo"
   for line in file and file:lines() or function() end do
      local name = line:match "^model name%s*:%s*(.+)$"
      if name then return name end
   end
   return "unknown CPU"
end

--- What a report says of its origin.
---@return { version: string, date: string, cpu: string, processors: integer }
function provenance.now()
   local hash = commit()
   return {
      version = "totality " .. totality.version .. (hash and ", commit " .. hash or ""),
      date = os.date "!%Y-%m-%d %H:%M UTC", cpu = cpu_model(), processors = core.processor_count(),
   }
end

return provenance

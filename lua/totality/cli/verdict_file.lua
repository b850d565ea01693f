--- The table that classify writes, row by row, so that an interrupted run can go on with it.
--
-- While a run is unfinished, FILE.run beside the table says how it was begun: a run that goes on must have the same
-- settings.

local attempt = require("totality.interruption").attempt
local csv = require "totality.csv"
local files = require "totality.files"
local json = require "totality.json"

local verdict_file = {}

---@class totality.cli.VerdictFile
local VerdictFile = {}
VerdictFile.__index = VerdictFile

local function exists(path)
   local file <close> = io.open(path, "rb")
   return file ~= nil
end

-- Leaves only whole lines in the table, of which the first must be the header; returns how many rows there are, -1
-- when there is not even the header.
local function repair(path, header)
   local lines, message = io.open(path, "rb")
   if not lines then return nil, message end
   local first = lines:read "L" or ""
   local rows, whole = -1, true
   for line in function() return first ~= "" and first or nil end do
      whole = line:sub(-1) == "\n"
      if rows == -1 and whole and line ~= header .. "\n" then
         lines:close()
         return nil, path .. ": not a table of this command"
      end
      rows = whole and rows + 1 or rows
      first = lines:read "L" or ""
   end
   if whole then
      lines:close()
      return rows
   end
   lines:seek "set"
   local part
   part, message = io.open(path .. ".part", "wb")
   if not part then return nil, message end
   for _ = 0, rows do part:write(lines:read "L") end
   lines:close()
   local closed
   closed, message = part:close()
   if closed then closed, message = os.rename(path .. ".part", path) end
   if not closed then return nil, message end
   return rows
end

local function compare(path, before, now)
   for _, settings in ipairs { now, before } do -- what is nil in one of them stands in the other
      for name in pairs(settings) do
         if before[name] ~= now[name] then
            return ("%s was begun with %s %s, not %s: choose the same, or another --output"):format(path, name,
               tostring(before[name]), tostring(now[name]))
         end
      end
   end
end

local function continue(self, run)
   local text, message = io.open(self.path .. ".run", "rb")
   if not text then return nil, message end
   local done, before = attempt(json.decode, text:read "a")
   text:close()
   if not done or type(before) ~= "table" then return nil, self.path .. ".run: damaged" end
   local other = compare(self.path, before, run)
   if other then return nil, other end
   local header = csv.line(self.columns)
   local rows, problem = repair(self.path, header)
   if not rows then return nil, problem end
   self.left, self.done_lines = math.max(rows, 0), io.lines(self.path)
   if rows >= 0 then self.done_lines() end -- the header
   self.file, message = io.open(self.path, "ab")
   if not self.file then return nil, message end
   if rows < 0 then return self:write_line(header) end
   return true
end

local function begin(self, run)
   if self.path then
      local message, written
      -- the table first: what can't be opened leaves no trace
      self.file, message = io.open(self.path, "wb")
      if not self.file then return nil, message end
      written, message = files.write(self.path .. ".run", json.encode(run) .. "\n")
      if not written and not self.path:find("^/dev/") then return nil, message end
   else
      self.file = io.stdout
   end
   return self:write_line(csv.line(self.columns))
end

--- Opens the table.
---@param path string|nil nil: standard output
---@param columns string[]
---@param run table names and values of what must stay the same when the run goes on
---@param resume boolean go on with what is there, if there is something
---@return totality.cli.VerdictFile|nil
---@return string? message
function verdict_file.open(path, columns, run, resume)
   local self = setmetatable({ path = path, columns = columns, left = 0 }, VerdictFile)
   if resume and exists(path) and not exists(path .. ".run") then
      return nil, path .. ": this run is complete, there is nothing to go on with"
   end
   local opened, message
   if resume and exists(path) then opened, message = continue(self, run) else opened, message = begin(self, run) end
   if not opened then return nil, message end
   return self
end

function VerdictFile:write_line(line)
   local written, message = self.file:write(line, "\n")
   if written then written, message = self.file:flush() end
   if not written then return nil, ("%s: %s"):format(self.path or "standard output", message) end
   return true
end

--- The next row that an earlier run wrote, by the names of the columns; nil when there is none left.
---@return table|nil row
function VerdictFile:next_done()
   if self.left == 0 then return nil end
   self.left = self.left - 1
   local fields, row = csv.split(self.done_lines() or "") or {}, {}
   for k, name in ipairs(self.columns) do row[name] = fields[k] or "" end
   return row
end

--- Writes a row, at once; line feeds in it become blanks, so that a row is a line.
---@param row table by the names of the columns
---@return boolean|nil written
---@return string? message
function VerdictFile:write(row)
   local fields = {}
   for k, name in ipairs(self.columns) do fields[k] = (tostring(row[name] or ""):gsub("[\r\n]+", " ")) end
   return self:write_line(csv.line(fields))
end

--- Closes the table of a run that is complete.
---@return boolean|nil closed
---@return string? message
function VerdictFile:close()
   if not self.path then return true end
   local closed, message = self.file:close()
   if not closed then return nil, ("%s: %s"):format(self.path, message) end
   os.remove(self.path .. ".run")
   return true
end

return verdict_file

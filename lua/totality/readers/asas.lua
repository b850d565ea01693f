--- The archive files of ASAS-3 (Pojmanski 2002, Acta Astron. 52, 397): blocks, one a field, each with
-- "#key= value" lines and a header of its own. There are five apertures, in an order that changes from
-- block to block; the first named is the one advised for the star's brightness in that field. One
-- aperture is read throughout, the one advised in the block with most measurements. Grades A and B
-- count; C, D and 29.999 are no measurement. Times are HJD - 2450000 in the file, HJD in the curve. Each block has
-- a zero point of its own: its number is the segment of its points.

local curve = require "totality.curve"

local reader = { name = "ASAS-3 archive" }

-- Whoever names columns wants another choice than this reader's: that is for the text reader.
function reader.recognises(head, _, given) return head:find("^#ndata=") ~= nil and not given.columns end

-- Column numbers by name, and the aperture that comes first.
local function header_columns(line)
   local columns, count = {}, 0
   for name in line:sub(2):gmatch("%S+") do
      count = count + 1
      columns[name] = count
   end
   return columns, line:match("MAG_(%d)")
end

-- All rows as { fields, columns and number of its block, line number }, and the aperture to read.
local function scan(path)
   local file, message = io.open(path, "r")
   if not file then return nil, message end
   local rows, votes, columns, advised, number, block = {}, {}, nil, nil, 0, 0
   for line in file:lines() do
      number = number + 1
      if line:find("^#%s*HJD%s") then
         columns, advised = header_columns(line)
         block = block + 1
      elseif line:find("^[^#]") and line:find("%S") then
         if not advised then
            file:close()
            return nil, ("%s:%d: data before a header with HJD and MAG columns"):format(path, number)
         end
         local fields = {}
         for field in line:gmatch("%S+") do fields[#fields + 1] = field end
         rows[#rows + 1] = { fields = fields, columns = columns, block = block, number = number }
         votes[advised] = (votes[advised] or 0) + 1
      end
   end
   file:close()
   local aperture
   for candidate, count in pairs(votes) do
      if not aperture or count > votes[aperture] or (count == votes[aperture] and candidate < aperture) then
         aperture = candidate
      end
   end
   return rows, aperture
end

function reader.read(path, given)
   local rows, aperture = scan(path)
   if not rows then return nil, aperture end
   local time, magnitude, errors, segment, skipped = {}, {}, {}, {}, 0
   for _, row in ipairs(rows) do
      local function field(name) return row.fields[row.columns[name] or 0] end
      local values = {}
      for k, name in ipairs { "HJD", "MAG_" .. aperture, "MER_" .. aperture } do
         values[k] = tonumber(field(name))
         if not values[k] then
            return nil, ("%s:%d: %s is no number: '%s'"):format(path, row.number, name, field(name) or "")
         end
      end
      local grade = field("GRADE")
      if values[2] < 29 and (grade == "A" or grade == "B") then
         time[#time + 1] = values[1] + (values[1] < 1e6 and 2450000 or 0)
         magnitude[#magnitude + 1] = values[2]
         errors[#errors + 1] = values[3]
         segment[#segment + 1] = row.block
      else
         skipped = skipped + 1
      end
   end
   if #time == 0 then return nil, path .. ": no measurements of grade A or B" end
   local result = curve.new {
      time = time, magnitude = magnitude, error = errors, segment = segment, time_system = "HJD", file = path,
      name = path:match("([^/\\]+)$"):gsub("%.lc$", ""), period = given.period, epoch = given.epoch,
   }
   result.skipped = skipped
   return result
end

return reader

--- One curve from several files of one star: quarters, sectors, campaigns.

local core = require "totality.core"
local curve = require "totality.curve"

-- value, count times
local function constant(count, value) return core.rescale(core.series(count), -value, 1 - value) end

-- A file's segments under numbers that no file before has.
local function renumbered(segment, used)
   local renamed, highest = {}, 0
   for number in pairs(used) do highest = math.max(highest, number) end
   local low, high = segment:min_max()
   if low == high then
      local number = used[low] and highest + 1 or low
      used[number] = true
      return constant(#segment, number)
   end
   local result = core.series(#segment)
   for k = 1, #segment do
      local number = segment[k]
      if not renamed[number] then
         renamed[number] = used[number] and highest + 1 or number
         highest = math.max(highest, renamed[number])
      end
      result[k] = renamed[number]
   end
   for _, number in pairs(renamed) do used[number] = true end
   return result
end

-- Why these can't be one curve.
local function problem_of(parts)
   local first = parts[1]
   for _, part in ipairs(parts) do
      if not part.time then return part.file .. ": a folded curve can't be joined with others" end
      if part.time_system ~= first.time_system then
         return ("%s: times are %s, in %s they are %s"):format(part.file, part.time_system or "unknown", first.file,
            first.time_system or "unknown")
      end
      if part.object ~= first.object then
         return ("%s: the star is %s, in %s it is %s"):format(part.file, part.object or "unknown", first.file,
            first.object or "unknown")
      end
      if core.median(part.flux) <= 0 then return part.file .. ": the median of the flux is not above 0" end
   end
end

--- Joins curves in time, each divided by its median flux. Segments are numbered on where numbers repeat.
---@param parts table[] curves from files
---@return table|nil curve; or nil and a message
---@return string? message
return function(parts)
   local problem = problem_of(parts)
   if problem then return nil, problem end
   local time, flux, errors, segment, used, skipped, other_bands = {}, {}, {}, {}, {}, 0, 0
   for k, part in ipairs(parts) do
      local median = core.median(part.flux)
      time[k], flux[k] = part.time, core.rescale(part.flux, 0, median)
      errors[k] = part.error and core.rescale(part.error, 0, median) or constant(#part, 0 / 0)
      segment[k] = renumbered(part.segment or constant(#part, 1), used)
      skipped, other_bands = skipped + part.skipped, other_bands + part.other_bands
   end
   local first = parts[1]
   local joined = curve.new {
      time = core.concatenate(time), flux = core.concatenate(flux), error = core.concatenate(errors),
      segment = core.concatenate(segment), time_system = first.time_system, file = first.file, name = first.name,
      period = first.period, epoch = first.epoch,
   }
   joined.ra, joined.dec, joined.object, joined.band = first.ra, first.dec, first.object, first.band
   joined.skipped, joined.other_bands = skipped, other_bands
   return joined
end

--- Parameter arrays by the names of their layers: which layers a pattern means, and taking some arrays of a file.

local core = require "totality.core"

local weights = {}

-- A Lua pattern for a name in which "*" stands for anything.
local function to_pattern(glob)
   return "^" .. glob:gsub("%p", function(c) return c == "*" and ".*" or "%" .. c end) .. "$"
end

--- The numbers of the layers that have parameters and whose name fits.
---@param network table
---@param glob string
---@return integer[]
function weights.matching(network, glob)
   local pattern, numbers = to_pattern(glob), {}
   for k, layer in ipairs(network:layers()) do
      if layer.parameters > 0 and layer.name:find(pattern) then numbers[#numbers + 1] = k end
   end
   return numbers
end

--- The names of the layers that have parameters, as a list in one line.
---@param network table
---@return string
function weights.layer_names(network)
   local names = {}
   for _, layer in ipairs(network:layers()) do
      if layer.parameters > 0 then names[#names + 1] = layer.name end
   end
   return table.concat(names, ", ")
end

--- The weights that are matrices, without those of the last layer and of layers whose names fit one of the patterns:
-- a filter of a convolution is a row.
---@param network table
---@param globs string[]
---@return table[] matrices { number of the first parameter from 0, rows, columns }
function weights.matrices(network, globs)
   local found, first, last = {}, 0, nil
   for _, entry in ipairs(network:tensors()) do
      local layer, tensor = entry[1]:match "^(.*)%.", entry[2]
      local shape, excluded = { tensor:shape() }, false
      for _, glob in ipairs(globs) do excluded = excluded or layer:find(to_pattern(glob)) ~= nil end
      if #shape > 1 then
         last = not excluded and { first, shape[1], #tensor // shape[1] } or nil
         found[#found + 1] = last
      end
      first = first + #tensor
   end
   if last then table.remove(found) end
   return found
end

local function shape_text(tensor) return "[" .. table.concat({ tensor:shape() }, ", ") .. "]" end

local function same_shape(a, b) return shape_text(a) == shape_text(b) end

--- Copies the arrays of those layers whose names fit one of the patterns from a file.
---@param network table
---@param path string
---@param globs string[]
---@param skip_mismatched boolean whether arrays that don't fit are left out, instead of refusing all
---@return boolean|nil loaded
---@return string? message
function weights.load_some(network, path, globs, skip_mismatched)
   local tensors, message = core.read_tensors(path)
   if not tensors then return nil, message end
   local chosen = {}
   for k, entry in ipairs(network:tensors()) do
      local name, own = entry[1], entry[2]
      local wanted = false
      for _, glob in ipairs(globs) do wanted = wanted or name:match("^(.*)%."):find(to_pattern(glob)) ~= nil end
      local found = tensors[name]
      if wanted and found and same_shape(own, found) then
         chosen[k] = found
      elseif wanted and not skip_mismatched then
         return nil, found and ("%s: tensor '%s' has shape %s, %s was expected"):format(path, name, shape_text(found),
            shape_text(own)) or ("%s: tensor '%s' is missing"):format(path, name)
      end
   end
   for k, tensor in pairs(chosen) do network:set_tensor(k, tensor) end
   return true
end

return weights

--- Plain values as JSON text and back, bit for bit: integers stay integers and floats floats, and those that
-- are not finite are NaN, Infinity and -Infinity, as Python writes them. Tables are lists or have names; an
-- empty one is a list.

local json = {}

local ESCAPES = { ['"'] = '\\"', ["\\"] = "\\\\", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t" }

local function quote(text)
   return '"' .. text:gsub('[%c"\\]', function(c) return ESCAPES[c] or ("\\u%04x"):format(c:byte()) end) .. '"'
end

local function number(value)
   if math.type(value) == "integer" then return ("%d"):format(value) end
   if value ~= value then return "NaN" end
   if value == math.huge then return "Infinity" end
   if value == -math.huge then return "-Infinity" end
   local text = ("%.17g"):format(value)
   return text:find("[.e]") and text or text .. ".0"
end

local encode

local function encode_table(value, replace)
   local parts = {}
   if #value > 0 or next(value) == nil then
      for k, item in ipairs(value) do parts[k] = encode(item, replace) end
      return "[" .. table.concat(parts, ",") .. "]"
   end
   local names = {}
   for name in pairs(value) do
      if type(name) ~= "string" then error(("json: a table with the key %s"):format(tostring(name)), 0) end
      names[#names + 1] = name
   end
   table.sort(names)
   for k, name in ipairs(names) do parts[k] = quote(name) .. ":" .. encode(value[name], replace) end
   return "{" .. table.concat(parts, ",") .. "}"
end

function encode(value, replace)
   local kind = type(value)
   if kind == "userdata" and replace then return encode(replace(value)) end
   if kind == "string" then return quote(value) end
   if kind == "number" then return number(value) end
   if kind == "boolean" then return tostring(value) end
   if kind == "table" then return encode_table(value, replace) end
   error("json: a " .. kind, 0)
end

--- The text of a value. Raises for what JSON has no form for.
---@param value any strings, numbers, booleans, and tables of them
---@param replace? fun(value: userdata): any what is written for a userdata
---@return string
function json.encode(value, replace) return encode(value, replace) end

local UNESCAPES = { n = "\n", r = "\r", t = "\t", b = "\b", f = "\f", ['"'] = '"', ["\\"] = "\\", ["/"] = "/" }
local WORDS = { ["true"] = true, ["false"] = false, NaN = 0 / 0, Infinity = math.huge, ["-Infinity"] = -math.huge }

local decode

local function fail(position) error(("json: nothing that fits at byte %d"):format(position), 0) end

local function skip(text, position) return text:find("[^ \t\r\n]", position) or #text + 1 end

local function decode_string(text, position)
   local parts, from = {}, position + 1
   while true do
      local stop = text:find('["\\]', from)
      if not stop then fail(position) end
      parts[#parts + 1] = text:sub(from, stop - 1)
      if text:sub(stop, stop) == '"' then return table.concat(parts), stop + 1 end
      local hex, escape = text:match("^u(%x%x%x%x)", stop + 1), text:sub(stop + 1, stop + 1)
      if not hex and not UNESCAPES[escape] then fail(stop) end
      parts[#parts + 1] = hex and utf8.char(tonumber(hex, 16)) or UNESCAPES[escape]
      from = stop + (hex and 6 or 2)
   end
end

-- The items between brackets; `item` takes the table and the position of one, and returns where it ends.
local function decode_items(text, position, close, item)
   local result = {}
   position = skip(text, position + 1)
   if text:sub(position, position) == close then return result, position + 1 end
   while true do
      position = skip(text, item(result, position))
      local mark = text:sub(position, position)
      if mark == close then return result, position + 1 end
      if mark ~= "," then fail(position) end
      position = skip(text, position + 1)
   end
end

function decode(text, position)
   position = skip(text, position)
   local first = text:sub(position, position)
   if first == '"' then return decode_string(text, position) end
   if first == "[" then
      return decode_items(text, position, "]", function(list, at)
         list[#list + 1], at = decode(text, at)
         return at
      end)
   elseif first == "{" then
      return decode_items(text, position, "}", function(map, at)
         if text:sub(at, at) ~= '"' then fail(at) end
         local name, after = decode_string(text, at)
         after = skip(text, after)
         if text:sub(after, after) ~= ":" then fail(after) end
         map[name], after = decode(text, after + 1)
         return after
      end)
   end
   local word = text:match("^[%w+.-]+", position)
   local value = word and WORDS[word]
   if value == nil then value = word and not word:find("[xX]") and tonumber(word) end
   if value == nil or value == false and word ~= "false" then fail(position) end
   return value, position + #word
end

--- The value of a text; raises, naming the byte, when it is no JSON.
---@param text string
---@return any
function json.decode(text)
   local value, after = decode(text, 1)
   if skip(text, after) <= #text then fail(after) end
   return value
end

return json

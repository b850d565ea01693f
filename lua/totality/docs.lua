--- Reads the comments of source files: what `totality.help`, the pages of docs/api and the editors' types
-- are made from.
--
-- A comment begins with `---` and ends with the first line that is no comment. It documents the function,
-- or the class, that follows it; the first one of a file is the module's. Text comes first, then the tags of
-- LuaCATS: `---@param name type text`, `---@return type text`, `---@class name`, `---@field name type text`.
-- `---@class name` alone, before `local Class = other.Class`, says that the file has more methods of a class that
-- another one describes.

local docs = {}

-- The type at the beginning of a tag and the text after it. A type may hold spaces within brackets, beside
-- `|` and after the colon of `fun(...): type`.
local function split_type(rest)
   local position = 1
   while position <= #rest do
      local _, after = rest:find("^%b()", position)
      if not after then _, after = rest:find("^%b{}", position) end
      if not after then _, after = rest:find("^%b<>", position) end
      if not after then _, after = rest:find("^%):%s+", position - 1) end
      if not after then _, after = rest:find("^%s*|%s*", position) end
      if not after and rest:find("^%s", position) then break end
      position = (after or position) + 1
   end
   return rest:sub(1, position - 1), (rest:sub(position):gsub("^%s*#?%s*", ""))
end

local function first_sentence(text)
   text = text:match("^(.-)\n\n") or text
   return (text:gsub("\n", " "):gsub("%.%s.*", "."))
end

-- The lines of one comment, without their dashes, to an entry.
local function parse_comment(lines)
   local entry = { params = {}, returns = {}, fields = {}, raw = {} }
   local text, last = {}, nil
   for _, line in ipairs(lines) do
      local tag, rest = line:match("^@(%w+)%s*(.*)")
      if tag == "param" or tag == "field" then
         local name, optional, after = rest:match("^([%w_.]+)(%??)%s*(.*)")
         if name then
            local kind, about = split_type(after)
            last = { name = name, optional = optional == "?", type = kind, text = about }
            table.insert(tag == "param" and entry.params or entry.fields, last)
         end
      elseif tag == "return" then
         local kind, about = split_type(rest)
         last = { type = kind, text = about }
         table.insert(entry.returns, last)
      elseif tag == "class" then
         entry.class, last = rest:gsub("^%b()%s*", ""):match("^[%w_.]+"), nil
      elseif tag then
         last = nil
      elseif last and line ~= "" then
         last.text = last.text .. (last.text ~= "" and " " or "") .. line:gsub("^%s+", "")
      elseif not last then
         text[#text + 1] = line
      end
   end
   entry.text = table.concat(text, "\n"):gsub("^%s+", ""):gsub("%s+$", "")
   entry.summary = first_sentence(entry.text)
   return entry
end

-- What the code after a comment defines: its name and its list of arguments.
local function definition(code)
   local name, arguments = code:match("^function%s+([%w_.:]+)%s*(%b())")
   if name then return name, arguments end
   name, arguments = code:match("^([%w_.]+)%s*=%s*function%s*(%b())")
   if name then return name, arguments end
   arguments = code:match("^return%s+function%s*(%b())")
   if arguments then return "", arguments end
   name = code:match("^local%s+function%s+([%w_]+)")
   if name then return nil end
   return code:match("^([%w_.]+)%s*=[^=]") or code:match("^local%s+([%w_]+)%s*=")
end

--- Reads the source of the module called `name`.
---@param source string
---@param name string
---@return table module name, text, summary and entries: a list of tables with name, kind ("function",
-- "method", "class", "reopened", "value", "local"), line, text, summary, params, returns, fields, arguments and raw
function docs.parse(source, name)
   local module = { name = name, text = "", summary = "", entries = {} }
   local locals = {}
   local returned = source:match("\nreturn ([%w_]+)%s*$")
   if returned then locals[returned] = name end
   local lines, starts, position = {}, {}, 1
   for line, after in source:gmatch("([^\n]*)\n()") do
      lines[#lines + 1], starts[#lines + 1], position = line, position, after
   end
   local k = 1
   while k <= #lines do
      local first, comment = k, {}
      if lines[k]:find("^%s*%-%-%-") then
         while k <= #lines and lines[k]:find("^%s*%-%-") do
            comment[#comment + 1] = lines[k]:gsub("^%s*%-%-%-? ?", "")
            k = k + 1
         end
         local entry = parse_comment(comment)
         for j = first, k - 1 do entry.raw[#entry.raw + 1] = lines[j]:match("^%s*(.*)") end
         entry.line = k
         local code = starts[k] and source:sub(starts[k]):match("^%s*(.*)") or ""
         local defined, arguments
         if lines[k] and lines[k]:find("%S") then defined, arguments = definition(code) end
         if entry.class then
            local reopened = #comment == 1 and code:find("^local%s+[%w_]+%s*=%s*[%w_]+%.")
            entry.kind, entry.name = reopened and "reopened" or "class", entry.class
            if defined then locals[defined] = entry.class end
         elseif first == 1 then
            module.text, module.summary = entry.text, entry.summary
            entry.kind = "module"
         elseif defined then
            local root, rest = defined:match("^([%w_]*)(.*)")
            local public = root == "" and name or rest ~= "" and locals[root]
            entry.name, entry.arguments = (public or root) .. rest, arguments
            entry.kind = not public and "local" or rest:find(":", 1, true) and "method"
               or (arguments or entry.params[1] or entry.returns[1]) and "function" or "value"
         else
            entry.kind, entry.name = "local", code:match("^local%s+function%s+([%w_]+)") or "?"
            entry.arguments = code:match("^local%s+function%s+[%w_]+%s*(%b())")
         end
         if entry.kind ~= "module" then table.insert(module.entries, entry) end
      else
         k = k + 1
      end
   end
   return module
end

--- Reads a source file.
---@param path string
---@param name string the module's name
---@return table|nil module
---@return string|nil message
function docs.parse_file(path, name)
   local file, message = io.open(path)
   if not file then return nil, message end
   local source = file:read("a")
   file:close()
   return docs.parse(source, name)
end

--- The call as it is written: `totality.rng(seed, stream?)`.
---@param entry table
---@return string
function docs.signature(entry)
   if entry.kind == "class" or entry.kind == "value" then return entry.name end
   local names, seen = {}, {}
   for _, param in ipairs(entry.params) do seen[param.name] = param.optional end
   for argument in (entry.arguments or ""):gmatch("[%w_.]+") do
      names[#names + 1] = argument .. (seen[argument] and "?" or "")
   end
   if not entry.arguments then
      for _, param in ipairs(entry.params) do
         names[#names + 1] = param.name .. (param.optional and "?" or "")
      end
   end
   return ("%s(%s)"):format(entry.name, table.concat(names, ", "))
end

-- The directory of the sources of totality, with a slash at its end.
local function directory()
   return assert(package.searchpath("totality", package.path)):match("^(.*/)init%.lua$")
end

-- The module whose source is in `path`, below that directory.
local function module_name(path, root)
   if path:sub(1, #root) ~= root then return nil end
   local name = "totality." .. path:sub(#root + 1, -5):gsub("/", ".")
   return (name:gsub("%.init$", ""))
end

--- The entry of a function written in Lua, or nil when it has none: it is found by its file and line.
---@param f function
---@return table|nil entry
function docs.of(f)
   local info = debug.getinfo(f, "S")
   local path = info.source:match("^@(.*)")
   if not path then return nil end
   local module = docs.parse_file(path, module_name(path, directory()) or path)
   for _, entry in ipairs(module and module.entries or {}) do
      if entry.line == info.linedefined then return entry end
   end
   return nil
end

-- Functions are called by their public names: totality.contact, not totality.system.contact.
local function use_public_names(module, names)
   for _, entry in ipairs(module.entries) do entry.name = names[entry.name] or entry.name end
   return module
end

-- Moves the methods of each of `parts`, and classes of what they return, to the module that describes their class.
local function join_parts(modules, parts)
   local homes = {}
   for _, module in ipairs(modules) do
      for _, entry in ipairs(module.entries) do
         if entry.kind == "class" then homes[entry.name] = module end
      end
   end
   for _, part in ipairs(parts) do
      local reopened
      for _, entry in ipairs(part.entries) do
         if entry.kind == "reopened" then reopened = homes[entry.name] end
         local home = entry.kind == "class" and reopened
            or entry.kind == "method" and homes[entry.name:match("^[^:]+")]
         if home then table.insert(home.entries, entry) end
      end
   end
end

local function reopens_class(module)
   for _, entry in ipairs(module.entries) do
      if entry.kind == "reopened" then return true end
   end
   return false
end

--- The public modules: totality itself, those of its files that `totality` has as a field, and those that
-- hold what it has; with the methods that other files add to their classes, and what these return.
---@return table modules list of parsed modules
function docs.modules()
   local root, modules, parts, homes, names = directory(), {}, {}, {}, {}
   for name, place in pairs(require "totality.public") do
      homes[place[1]] = true
      if place[2] then names[place[1] .. "." .. place[2]] = "totality." .. name end
   end
   local quoted = "'" .. root:gsub("'", "'\\''") .. "'"
   local listing = assert(io.popen("find -L " .. quoted .. " -name '*.lua' | LC_ALL=C sort"))
   for path in listing:lines() do
      local name = module_name(path, root)
      local value = docs.find(name:sub(#"totality." + 1))
      local module = use_public_names(assert(docs.parse_file(path, name)), names)
      if homes[name] or (value and value == package.loaded[name]) then
         table.insert(modules, name == "totality" and 1 or #modules + 1, module)
      elseif reopens_class(module) then
         parts[#parts + 1] = module
      end
   end
   listing:close()
   join_parts(modules, parts)
   return modules
end

--- The value that `totality` has under a dotted name, or nil.
---@param name string such as "rng"
---@return any
function docs.find(name)
   local value = require "totality"
   for part in name:gmatch("[^.]+") do
      local found, field = pcall(function() return value[part] end)
      if not found then return nil end
      value = field
   end
   return value
end

return docs

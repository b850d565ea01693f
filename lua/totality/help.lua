--- The text that `totality.help` prints.

local docs = require "totality.docs"
local options = require "totality.options"

local help = {}

local function indent(text, by)
   return (text:gsub("[^\n]+", (" "):rep(by) .. "%0"))
end

local function describe(list, title, lines)
   if #list == 0 then return end
   lines[#lines + 1] = title
   for _, item in ipairs(list) do
      local name = item.name and item.name .. (item.optional and "?" or "") .. ": " or ""
      lines[#lines + 1] = ("   %s%s%s"):format(name, item.type, item.text ~= "" and "  " .. item.text or "")
   end
end

local function summary_line(entry)
   return (("   %-44s %s"):format(docs.signature(entry), entry.summary):gsub("%s+$", ""))
end

-- `module` is given for a class, whose methods are listed.
local function of_entry(entry, module)
   local lines = { docs.signature(entry) }
   if entry.text ~= "" then lines[#lines + 1] = indent(entry.text, 3) end
   describe(entry.fields, "fields", lines)
   describe(entry.params, "arguments", lines)
   describe(entry.returns, "returns", lines)
   for _, method in ipairs(entry.class and module.entries or {}) do
      if method.kind == "method" and method.name:match("^[^:]+") == entry.name then
         lines[#lines + 1] = summary_line(method)
      end
   end
   return table.concat(lines, "\n")
end

local function of_module(module)
   local lines = { module.name .. ": " .. module.summary:gsub("^totality: ", "") }
   for _, entry in ipairs(module.entries) do
      if entry.kind ~= "local" then lines[#lines + 1] = summary_line(entry) end
   end
   return table.concat(lines, "\n")
end

-- The texts of the entries whose name is `name` or ends with it; and all last names, to suggest from.
local function named(name, modules)
   local found, names = {}, {}
   for _, module in ipairs(modules) do
      if module.name == name or module.name == "totality." .. name then
         return { of_module(module) }, names
      end
      names[#names + 1] = module.name:match("[%w_]+$")
      for _, entry in ipairs(module.entries) do
         if entry.kind ~= "local" then
            local before = entry.name:sub(-#name - 1, -#name - 1)
            if entry.name:sub(-#name) == name and (before == "" or before == "." or before == ":") then
               found[#found + 1] = of_entry(entry, module)
            end
            names[#names + 1] = entry.name:match("[%w_]+$")
         end
      end
   end
   return found, names
end

--- The text about a topic.
---@param topic? any the name of a function, method, class or module, or the thing itself; default: everything
---@return string
function help.text(topic)
   local metatable = type(topic) ~= "string" and getmetatable(topic)
   if type(metatable) ~= "table" then metatable = {} end
   if metatable.__call and not metatable.__name then topic = metatable.__call end
   if type(topic) == "function" then
      local entry = docs.of(topic)
      return entry and of_entry(entry) or "This function has no description."
   end
   local modules = docs.modules()
   if topic == nil then
      local parts = {}
      for k, module in ipairs(modules) do parts[k] = of_module(module) end
      return table.concat(parts, "\n\n") .. "\n\ntotality.help(\"name\") or totality.help(f) tells more."
   end
   local name = topic
   if type(topic) ~= "string" then
      name = metatable.__name or tostring(topic)
      for _, module in ipairs(modules) do
         if package.loaded[module.name] == topic then name = module.name end
      end
   end
   local value = docs.find((name:gsub("^totality%.", "")))
   if type(value) == "function" and docs.of(value) then return of_entry(docs.of(value)) end
   local found, names = named(name, modules)
   if #found > 0 then return table.concat(found, "\n\n") end
   local near = options.suggestion(name, names)
   return ("Nothing is called '%s'%s"):format(name, near and "; did you mean '" .. near .. "'?" or ".")
end

return help

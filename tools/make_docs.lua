-- Writes the pages of the API and the editors' types: lua5.4 tools/make_docs.lua DIRECTORY
-- gives DIRECTORY/api/*.md, one page a module, and DIRECTORY/types/totality.lua.

local docs = require "totality.docs"

local directory = assert(arg[1], "the directory to write to is missing")
assert(os.execute(("mkdir -p '%s/api' '%s/types'"):format(directory, directory)))

local function write(name, lines)
   local file = assert(io.open(directory .. "/" .. name, "w"))
   assert(file:write(table.concat(lines, "\n"), "\n"))
   assert(file:close())
end

local function add(lines, format, ...) lines[#lines + 1] = format:format(...) end

local function list(lines, title, items)
   if #items == 0 then return end
   add(lines, "%s:\n", title)
   for _, item in ipairs(items) do
      local name = item.name and ("`%s%s` "):format(item.name, item.optional and "?" or "") or ""
      add(lines, "- %s`%s`%s", name, item.type, item.text ~= "" and " - " .. item.text or "")
   end
   add(lines, "")
end

local notice = "Made by `make docs` from the comments in lua/totality."
local index = { "# The API of totality", "", notice, "" }
local types = { "---@meta totality", "-- " .. notice, "", "local totality = {}", "" }
local classes = {}

-- The definition of an entry as the editors' language server reads it.
local function add_type(entry)
   local owner, separator, name = entry.name:match("^(.*)([.:])([%w_]+)$")
   for _, line in ipairs(entry.raw) do add(types, "%s", line) end
   if entry.kind == "class" then
      classes[entry.name] = name or entry.name
      add(types, "local %s = {}\n", classes[entry.name])
   else
      local defined = (classes[owner] or owner) .. separator .. name
      if entry.kind == "value" then
         add(types, "%s = nil\n", defined)
      else
         add(types, "function %s%s end\n", defined, docs.signature(entry):match("%b()$"):gsub("%?", ""))
      end
   end
end

for _, module in ipairs(docs.modules()) do
   local page = { "# " .. module.name, "", notice, "", module.text, "" }
   if module.name ~= "totality" then add(types, "%s = {}\n", module.name) end
   for _, entry in ipairs(module.entries) do
      if entry.kind ~= "local" then
         add_type(entry)
         add(page, "## %s\n", docs.signature(entry))
         add(page, "%s\n", entry.text)
         list(page, "Fields", entry.fields)
         list(page, "Arguments", entry.params)
         list(page, "Returns", entry.returns)
      end
   end
   while page[#page]:match("\n?$") == page[#page] do page[#page] = nil end
   page[#page] = page[#page]:gsub("\n$", "")
   write(("api/%s.md"):format(module.name), page)
   add(index, "- [%s](%s.md): %s", module.name, module.name, module.summary:gsub("^totality: ", ""))
end
write("api/README.md", index)
add(types, "return totality")
write("types/totality.lua", types)

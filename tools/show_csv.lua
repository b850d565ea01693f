-- Prints a CSV file as a table with aligned columns: lua5.4 tools/show_csv.lua FILE

local function fields_of(line)
   local fields, position = {}, 1
   while position <= #line + 1 do
      local field, after = line:match('^"(.-)"%f[,\0]()', position)
      if not field then field, after = line:match("^([^,]*)()", position) end
      fields[#fields + 1] = field:gsub('""', '"')
      position = after + 1
   end
   return fields
end

local rows, widths = {}, {}
for line in assert(io.open(arg[1])):lines() do
   local row = fields_of((line:gsub("\r$", "")))
   rows[#rows + 1] = row
   for k, field in ipairs(row) do widths[k] = math.max(widths[k] or 0, utf8.len(field) or #field) end
end
for _, row in ipairs(rows) do
   for k, field in ipairs(row) do row[k] = field .. (" "):rep(widths[k] - (utf8.len(field) or #field)) end
   print((table.concat(row, "  "):gsub(" +$", "")))
end

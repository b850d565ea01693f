--- Tables that say what stars are, and which of their rows belong to which rows of another table.

local labels = {}

local CLASSES = { total = 1, ["1"] = 1, yes = 1, ["true"] = 1, partial = 0, ["0"] = 0, no = 0, ["false"] = 0 }

--- The label that a word means: 1 total, 0 partial; nil for any other.
---@param word string
---@return integer|nil
function labels.class_of(word)
   return CLASSES[word:lower()]
end

--- The rows of a table by a column; each value may stand in one row only.
---@param path string
---@param rows table[] see csv.read
---@param key string the column
---@return table<string, table>|nil by_key rows by value; or nil and a message that begins with the path
---@return string? message
function labels.by_key(path, rows, key)
   local by_key = {}
   for _, row in ipairs(rows) do
      if by_key[row[key]] then return nil, ("%s: there are two rows with the %s '%s'"):format(path, key, row[key]) end
      by_key[row[key]] = row
   end
   return by_key
end

--- By which column two tables go together: id where both have it, or else file.
---@param path string the table that needs a column in common with the other
---@param names string[] its columns
---@param other_names string[] those of the other
---@return string|nil key or nil and a message
---@return string? message
function labels.key_of(path, names, other_names)
   local known = {}
   for _, name in ipairs(other_names) do known[name] = true end
   for _, key in ipairs { "id", "file" } do
      for _, name in ipairs(names) do
         if name == key and known[key] then return key end
      end
   end
   return nil, path .. ": no column 'id' or 'file' that both tables have"
end

return labels

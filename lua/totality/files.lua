--- Writing files so that they appear only when they are complete.

local files = {}

--- Writes `text` to `path`; what was there before stays until the new file is whole.
---@param path string
---@param text string
---@return boolean|nil done true; or nil and a message that begins with the path
---@return string? message
function files.write(path, text)
   local partial = path .. ".part"
   local file, message = io.open(partial, "wb")
   if not file then return nil, path .. (message:sub(#partial + 1)) end
   local written, failure = file:write(text)
   local closed, close_failure = file:close()
   if not (written and closed) then
      os.remove(partial)
      return nil, ("%s: %s"):format(path, failure or close_failure)
   end
   local renamed, reason = os.rename(partial, path)
   if not renamed then
      os.remove(partial)
      return nil, ("%s: %s"):format(path, reason)
   end
   return true
end

--- Makes a directory and those above it that are missing.
---@param path string
---@return boolean|nil made true, also when it was there; or nil and a message that begins with the path
---@return string? message
function files.make_directory(path)
   local quoted = "'" .. path:gsub("'", "'\\''") .. "'"
   if os.execute("mkdir -p -- " .. quoted .. " 2>/dev/null") then return true end
   return nil, path .. ": the directory can't be made"
end

return files

--- Light curves in text tables: white space, commas, semicolons or tabs; see csrc/io/text_table.h for
-- what is recognised. Takes every file that no other reader claims.

local core = require "totality.core"
local tables = require "totality.readers.tables"

local reader = { name = "text" }

function reader.recognises() return true end

function reader.read(file, given)
   local header, message = core.text_table_names(file)
   if not header then
      return nil, (message:gsub("binary data, not text$", "%0, and no other format that is known"))
   end
   local request, survey = tables.request(header, given)
   local result
   result, message = core.read_text_table(file, request)
   if not result then return nil, survey and ("%s (read as %s)"):format(message, survey.name) or message end
   return tables.finish(result, survey)
end

return reader

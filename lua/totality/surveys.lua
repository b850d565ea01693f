--- The surveys that come with the project, each a file of lua/totality/surveys/, loaded when it is first asked
--- for: `totality.surveys.asas3`. `totality.surveys.mine = totality.survey { ... }` adds one of one's own.

local options = require "totality.options"
local survey = require "totality.survey"

local NAMES = { "asas3", "asas_sn", "crts", "kepler", "linear", "ogle", "talk", "tess", "ztf" }

local surveys = setmetatable({}, {
   __index = function(self, name)
      for _, known in ipairs(NAMES) do
         if name == known then
            local made = survey.new(require("totality.surveys." .. name))
            rawset(self, name, made)
            return made
         end
      end
      if type(name) ~= "string" then return nil end
      local near = options.suggestion(name, NAMES)
      options.fail("totality.surveys", 2, "unknown survey '%s'%s", name, near and "; did you mean '" .. near .. "'?"
         or "; there are " .. table.concat(NAMES, ", "))
   end,
   -- All of them, one's own included, by name.
   __pairs = function(self)
      for _, name in ipairs(NAMES) do assert(self[name]) end
      return next, self
   end,
   __tostring = function(self)
      local lines = {}
      for name, made in pairs(self) do lines[#lines + 1] = ("%-8s %s"):format(name, made) end
      table.sort(lines)
      return table.concat(lines, "\n")
   end,
})

return surveys

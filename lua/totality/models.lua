--- The networks that come with the project: totality.models.cnn10, totality.models.cnn15. Each is a
-- file of models/, loaded when it is first asked for.

local models = setmetatable({}, {
   __index = function(self, name)
      if type(name) ~= "string" or not name:find("^[%a_][%w_]*$") then return nil end
      local found = package.searchpath("totality.models." .. name, package.path)
      if not found then return nil end
      local model = require("totality.models." .. name)
      rawset(self, name, model)
      return model
   end,
})

return models

--- What fit measured, epoch after epoch.

local options = require "totality.options"

local history = {}

--- The result of `model:fit`: by name of what was measured ("loss", "val_loss", a metric) a list over the
-- epochs, whose numbers are in `epoch`.
---@class totality.History
---@field epoch integer[] numbers of the epochs
---@field interrupted? boolean true when Ctrl-C ended the training
---@field resumed? boolean true when the training continued from a checkpoint
---@field checkpoint_failure? string why the last checkpoint could not be written
local History = { __name = "totality.History" }
History.__index = History

--- An empty history of the named measures.
function history.new(names)
   local self = setmetatable({ epoch = {} }, History)
   for _, name in ipairs(names) do self[name] = {} end
   return self
end

function History:__tostring()
   local shown = {}
   for _, name in ipairs { "loss", "val_loss" } do
      local values = rawget(self, name)
      if values and #values > 0 then shown[#shown + 1] = ("%s %.4f"):format(name, values[#values]) end
   end
   return ("totality.History(%d epochs%s%s)"):format(#self.epoch,
      #shown > 0 and ", " .. table.concat(shown, ", ") or "", self.interrupted and ", interrupted" or "")
end

-- Lists measured, without "epoch": the losses first.
local function measured(self)
   local names = {}
   for name, values in pairs(self) do
      if type(values) == "table" and name ~= "epoch" then names[#names + 1] = name end
   end
   table.sort(names)
   return names
end

--- Draws the measures over the epochs as an SVG file, a panel for each: training and validation together.
---@param path string ends with .svg
---@param given? { names?: string[] } what to draw, without "val_" (default: the loss and all metrics)
---@return boolean|nil written
---@return string? message
function History:plot(path, given)
   local what = "history:plot"
   options.check_value(what, "path", path, { type = "string" })
   local checked = options.check(what, given, { names = { type = "table" } })
   if #self.epoch == 0 then options.fail(what, 2, "there are no epochs") end
   local names = checked.names
   if not names then
      names = { "loss" }
      for _, name in ipairs(measured(self)) do
         if name ~= "loss" and not name:find("^val_") then names[#names + 1] = name end
      end
   end
   local plot = require "totality.plot"
   local charts = {}
   for k, name in ipairs(names) do
      if type(rawget(self, name)) ~= "table" then
         options.fail(what, 2, "'%s' was not measured; measured are %s", tostring(name),
            table.concat(measured(self), ", "))
      end
      local lines = { { x = self.epoch, y = self[name], label = "training" } }
      local validation = rawget(self, "val_" .. name)
      if validation then lines[2] = { x = self.epoch, y = validation, label = "validation" } end
      charts[k] = plot.line_chart { lines = lines, x_label = "epoch", y_label = name, x_integer = true }
   end
   return plot.page(charts):save(path)
end

return history

--- The table that Keras' model.summary() prints (the classic one, of TensorFlow 2.0 to 2.6).

local summary = {}

local WIDTH = 65
local POSITIONS = { 29, 55, 65 }

local class_names = { conv2d = "Conv2D", max_pooling2d = "MaxPooling2D", flatten = "Flatten",
   dense = "Dense", dropout = "Dropout", activation = "Activation",
   global_average_pooling2d = "GlobalAveragePooling2D", batch_normalization = "BatchNormalization" }

--- 393089 as "393,089".
function summary.group_digits(number)
   local text = ("%d"):format(number)
   repeat
      local count
      text, count = text:gsub("^(-?%d+)(%d%d%d)", "%1,%2")
   until count == 0
   return text
end

-- Keras cuts a column that is too long, and separates it by one space from the next.
local function row(fields)
   local line = ""
   for k, field in ipairs(fields) do
      if k > 1 then line = line:sub(1, -2) .. " " end
      line = (line .. field):sub(1, POSITIONS[k])
      line = line .. (" "):rep(POSITIONS[k] - #line)
   end
   return line
end

--- The lines of the table for a network's layers, as core's network:layers() lists them.
function summary.lines(name, layers)
   local lines, total, trainable = {}, 0, 0
   local function add(line) lines[#lines + 1] = line end
   add(('Model: "%s"'):format(name))
   add(("_"):rep(WIDTH))
   add(row { "Layer (type)", "Output Shape", "Param #" })
   add(("="):rep(WIDTH))
   for k, layer in ipairs(layers) do
      local shape = layer.flat and ("(None, %d)"):format(layer.channels)
         or ("(None, %d, %d, %d)"):format(layer.height, layer.width, layer.channels)
      add(row { ("%s (%s)"):format(layer.name, class_names[layer.class]), shape,
         tostring(layer.parameters + layer.state) })
      add((k == #layers and "=" or "_"):rep(WIDTH))
      total = total + layer.parameters + layer.state
      trainable = trainable + (layer.trainable and layer.parameters or 0)
   end
   add("Total params: " .. summary.group_digits(total))
   add("Trainable params: " .. summary.group_digits(trainable))
   add("Non-trainable params: " .. summary.group_digits(total - trainable))
   add(("_"):rep(WIDTH))
   return lines
end

return summary

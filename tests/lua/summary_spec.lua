local totality = require "totality"

local function summary_of(model)
   local lines = {}
   model:summary { print_fn = function(line) lines[#lines + 1] = line end }
   -- Keras pads every row to the table's width
   for k, line in ipairs(lines) do lines[k] = line:gsub("%s+$", "") end
   return table.concat(lines, "\n") .. "\n"
end

local function expect(rows, total, name)
   local double, single = ("="):rep(65), ("_"):rep(65)
   return ('Model: "%s"\n%s\nLayer (type)                 Output Shape              Param #\n%s\n%s\n%s\n'
      .. "Total params: %s\nTrainable params: %s\nNon-trainable params: 0\n%s\n"):format(name, single, double,
      table.concat(rows, "\n" .. single .. "\n"), double, total, total, single)
end

describe("summary", function()
   it("of CNN10 is Keras'", function()
      assert.equal(expect({
         "conv2d (Conv2D)              (None, 100, 100, 16)      160",
         "max_pooling2d (MaxPooling2D) (None, 50, 50, 16)        0",
         "conv2d_1 (Conv2D)            (None, 50, 50, 32)        4640",
         "max_pooling2d_1 (MaxPooling2 (None, 25, 25, 32)        0",
         "conv2d_2 (Conv2D)            (None, 25, 25, 64)        18496",
         "max_pooling2d_2 (MaxPooling2 (None, 12, 12, 64)        0",
         "conv2d_3 (Conv2D)            (None, 12, 12, 64)        36928",
         "max_pooling2d_3 (MaxPooling2 (None, 6, 6, 64)          0",
         "conv2d_4 (Conv2D)            (None, 6, 6, 64)          36928",
         "max_pooling2d_4 (MaxPooling2 (None, 3, 3, 64)          0",
         "flatten (Flatten)            (None, 576)               0",
         "dense (Dense)                (None, 512)               295424",
         "dense_1 (Dense)              (None, 1)                 513",
      }, "393,089", "cnn10"), summary_of(totality.models.cnn10 { width = 100, height = 100 }))
   end)

   it("of CNN15 is Keras'", function()
      assert.equal(expect({
         "conv2d (Conv2D)              (None, 250, 250, 16)      160",
         "max_pooling2d (MaxPooling2D) (None, 125, 125, 16)      0",
         "conv2d_1 (Conv2D)            (None, 125, 125, 32)      4640",
         "max_pooling2d_1 (MaxPooling2 (None, 62, 62, 32)        0",
         "conv2d_2 (Conv2D)            (None, 62, 62, 64)        18496",
         "max_pooling2d_2 (MaxPooling2 (None, 31, 31, 64)        0",
         "conv2d_3 (Conv2D)            (None, 31, 31, 64)        36928",
         "max_pooling2d_3 (MaxPooling2 (None, 15, 15, 64)        0",
         "conv2d_4 (Conv2D)            (None, 15, 15, 64)        36928",
         "max_pooling2d_4 (MaxPooling2 (None, 7, 7, 64)          0",
         "conv2d_5 (Conv2D)            (None, 7, 7, 64)          36928",
         "max_pooling2d_5 (MaxPooling2 (None, 3, 3, 64)          0",
         "flatten (Flatten)            (None, 576)               0",
         "dense (Dense)                (None, 512)               295424",
         "dropout (Dropout)            (None, 512)               0",
         "dense_1 (Dense)              (None, 1)                 513",
      }, "430,017", "cnn15"), summary_of(totality.models.cnn15 { width = 250, height = 250 }))
   end)

   it("counts the parameters of the wide CNN15", function()
      local text = summary_of(totality.models.cnn15 { width = 350, height = 175 })
      assert.matches("conv2d (Conv2D)              (None, 175, 350, 16)      160", text, 1, true)
      assert.matches("flatten (Flatten)            (None, 640)               0", text, 1, true)
      assert.matches("Total params: 462,785\n", text, 1, true)
   end)
end)

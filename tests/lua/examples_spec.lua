-- What README and examples show must work as it stands there.

local totality = require "totality"

local directory

local function run(command)
   local pipe = assert(io.popen(("'%s/build/lua' %s 2>&1"):format(os.getenv "PWD", command)))
   local output = pipe:read "a"
   local done, _, status = pipe:close()
   assert(done, ("%s: exit status %s\n%s"):format(command, status, output))
   return output
end

local function content(path)
   local file <close> = assert(io.open(path, "rb"))
   return file:read "a"
end

setup(function()
   directory = os.tmpname()
   os.remove(directory)
   assert(os.execute("mkdir " .. directory))
end)

teardown(function() os.execute("rm -r " .. directory) end)

describe("the README", function()
   it("shows code that runs", function()
      local code = content "README.md":match "```lua\n(.-)```"
      local file <close> = assert(io.open(directory .. "/readme.lua", "w"))
      file:write((code:gsub('"(%w+%.png)"', ("%q"):format(directory .. "/%1"))))
      file:close()
      local output = run(directory .. "/readme.lua")
      assert.matches("^true\n", output)
      assert.matches("\ntotal [01]%.%d%d ", output)
      assert.matches("Total params: 393,089", output)
      assert.matches("Epoch 1/1 %- ", output)
      for _, name in ipairs { "star.png", "system.png" } do
         assert.equal("\x89PNG", content(directory .. "/" .. name):sub(1, 4))
      end
   end)
end)

describe("docs/training.md", function()
   it("shows code that runs", function()
      local parts = {}
      for code in content "docs/training.md":gmatch "```lua\n(.-)```" do parts[#parts + 1] = code end
      local file <close> = assert(io.open(directory .. "/training.lua", "w"))
      file:write((table.concat(parts):gsub('"([%w_]+%.%a+)"', ("%q"):format(directory .. "/%1"))))
      file:close()
      local output = run(directory .. "/training.lua")
      assert.matches("Total params: 121\nTrainable params: 105\n", output, 1, true)
      assert.matches("^<svg", content(directory .. "/training.svg"))
      assert.matches("input 1 32 32; conv2d 8 linear l2=0.0001", content(directory .. "/run.safetensors"), 1, true)
      assert.matches("BatchNormalization", content(directory .. "/model.onnx"), 1, true)
   end)
end)

describe("examples/make_curves.lua", function()
   it("makes the curves that are shipped", function()
      run("examples/make_curves.lua " .. directory)
      assert.equal(content "examples/curves/catalogue.csv", content(directory .. "/catalogue.csv"))
      for name in content "examples/curves/catalogue.csv":gmatch "\n[^,#\n]+,([^,\n]+%.%a+)," do
         local shipped = assert(totality.read("examples/curves/" .. name))
         local made = assert(totality.read(directory .. "/" .. name))
         assert.equal(#shipped, #made)
         for k = 1, #made do
            assert.equal(shipped.time[k], made.time[k])
            -- four decimals of a magnitude, and the binary model's own error
            assert.near(shipped.flux[k], made.flux[k], 2e-3)
         end
      end
   end)
end)

describe("examples/train_cnn10.lua and examples/evaluate.lua", function()
   it("train and measure a network", function()
      local weights = directory .. "/small.safetensors"
      local output = run(("examples/train_cnn10.lua %s 64 4"):format(weights))
      local list <close> = assert(io.open(directory .. "/labelled.csv", "w"))
      list:write "file,period,label,label_confidence\n"
      local folder = os.getenv "PWD" .. "/examples/curves/"
      for _, row in ipairs { "AW_UMa.dat,0.43872,total,high", "FG_Hya.csv,0.32783,total,high",
         "W_UMa.dat,0.33364,partial,high", "none.dat,0.33364,total,high", "W_UMa.dat,0.33364,total,low",
         "AW_UMa.dat,0.43872,unknown,high" } do
         list:write(folder, row, "\n")
      end
      list:close()
      assert.matches("Epoch 1/4 %- .*Epoch 2/4 %- .*Epoch 4/4 %- .*val_roc_auc: ", output)
      output = run(("examples/evaluate.lua %s 64"):format(weights))
      for _, name in ipairs { "noise 0, no spots", "noise 0.02, no spots", "noise 0.02, spots", "noise 0.05, spots",
         "ASAS%-3", "Kepler" } do
         assert.matches("\n" .. name .. " +%d+%.%d %% +[01]%.%d+ +[01]%.%d+", output)
      end
      output = run(("examples/evaluate.lua cnn10,cnn15_350x175 16 %s/labelled.csv"):format(directory))
      assert.matches("labelled.csv: 3 stars, 66.7 %% total, 1 could not be read or judged\nROC AUC ", output)
   end)
end)

describe("examples/contact_sheet.lua", function()
   it("draws the catalogue of examples", function()
      local output = run("examples/contact_sheet.lua examples/curves/catalogue.csv " .. directory .. "/sheet marks")
      assert.matches("sheet%-1%.png", output)
      assert.equal("\x89PNG", content(directory .. "/sheet-1.png"):sub(1, 4))
      local lines = 0
      for line in content(directory .. "/sheet.csv"):gmatch "[^\n]+" do
         lines = lines + 1
         assert.matches(lines == 1 and "^number,id,period," or "^%d+,[^,]+,0%.%d+,%d+,%d+,0%.%d+,$", line)
      end
      assert.equal(13, lines)
   end)
end)

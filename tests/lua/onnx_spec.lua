-- Exported models give in ONNX Runtime what they give here. The files are those that ONNX Runtime has read, byte for
-- byte, when their hashes are; where it is installed (see tests/golden/onnx_ort.js), it reads them once more.

local models, images_of = dofile "tests/golden/onnx_models.lua"

local RUNTIME = "build/peers/node_modules"

-- FNV-1a
local function hash(bytes)
   local state = 0xcbf29ce484222325
   for k = 1, #bytes do state = (state ~ bytes:byte(k)) * 0x100000001b3 end
   return ("%016x"):format(state)
end

local function compare(lines, bytes_of)
   local count = 0
   for line in lines do
      local name, digest, values = line:match "^(%w+) (%x+) (.*)$"
      local model, k = models[name], 0
      local predictions = model:predict(images_of(model))
      assert.equal(digest, hash(bytes_of(name)), name)
      for value in values:gmatch "%S+" do
         k = k + 1
         assert.is_near(tonumber(value), predictions[k], 1e-5)
      end
      assert.equal(#predictions, k)
      count = count + 1
   end
   assert.equal(3, count)
end

describe("an exported model", function()
   local directory = os.tmpname()
   os.remove(directory)
   assert(os.execute("mkdir " .. directory))

   local function path_of(name) return ("%s/%s.onnx"):format(directory, name) end

   local function bytes_of(name)
      local file = assert(io.open(path_of(name), "rb"))
      local bytes = file:read "a"
      file:close()
      return bytes
   end

   setup(function()
      for name, model in pairs(models) do assert(model:export_onnx(path_of(name))) end
   end)
   teardown(function() os.execute("rm -r " .. directory) end)

   it("agrees with what ONNX Runtime made of it", function()
      compare(io.lines "tests/golden/onnx_ort.txt", bytes_of)
   end)

   local installed = io.open(RUNTIME .. "/onnxruntime-node/package.json")
   if installed then installed:close() end

   it(installed and "agrees with ONNX Runtime now" or "is not run now: no ONNX Runtime", function()
      if not installed then return end
      local pipe = assert(io.popen(("LD_PRELOAD= NODE_PATH=%s node tests/golden/onnx_ort.js %s"):format(RUNTIME, directory)))
      local output = pipe:read "a"
      assert.is_true(pipe:close())
      compare(output:gmatch "[^\n]+", bytes_of)
   end)

   it("carries its metadata, the same bytes each time", function()
      local totality = require "totality"
      local path = os.tmpname()
      local model = totality.models.cnn10 { width = 32, height = 32 }
      model.metadata = { style = "area" }
      assert(model:export_onnx(path))
      local file = assert(io.open(path, "rb"))
      local bytes = file:read "a"
      file:close()
      assert.matches("\n\5style\18\4area", bytes, 1, true)
      assert.matches("\n\12architecture", bytes, 1, true)
      assert(model:export_onnx(path))
      file = assert(io.open(path, "rb"))
      assert.equal(hash(bytes), hash(file:read "a"))
      file:close()
      os.remove(path)
      local written, message = model:export_onnx "/nowhere/x.onnx"
      assert.is_nil(written)
      assert.equal("/nowhere/x.onnx: No such file or directory", message)
      assert.has_error(function() model:export_onnx(3) end)
   end)
end)

describe("protobuf", function()
   -- examples of protobuf.dev/programming-guides/encoding
   it("encodes fields", function()
      local protobuf = require "totality.protobuf"
      assert.equal("\8\x96\1", protobuf.integer(1, 150))
      assert.equal("\x12\7testing", protobuf.bytes(2, "testing"))
      assert.equal("\x1a\3\8\x96\1", protobuf.bytes(3, protobuf.integer(1, 150)))
      assert.equal("\8\xfe\xff\xff\xff\xff\xff\xff\xff\xff\1", protobuf.integer(1, -2))
      assert.equal("\x85\1\0\0\x80\x3f", protobuf.float(16, 1.0))
   end)
end)

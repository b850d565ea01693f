-- Images a second of CNN10 and CNN15: each kernel and precision, training and inference, one thread and two.
-- From the top of the checkout: build/lua tests/bench/network.lua [SECONDS for each number [MODEL...]]
local core = require "totality.core"

local seconds = tonumber(arg[1] or 0.7)
local models = #arg > 1 and { table.unpack(arg, 2) } or { "cnn10", "cnn15", "cnn15w" }

local function measure(...)
   local pipe = assert(io.popen(("build/bench_network %s"):format(table.concat({ ... }, " "))))
   local output = pipe:read "a"
   assert(pipe:close(), output)
   return tonumber(output:match "max ([%d.]+)")
end

-- { precision, kernel }, without the emulation, which is for tests.
local ways = {}
for _, precision in ipairs { "fp32", "bf16" } do
   for _, kernel in ipairs(core.kernels(precision)) do
      if kernel ~= "amx-emulated" then ways[#ways + 1] = { precision, kernel } end
   end
end

print(("%-8s %-4s %-8s %9s %9s %9s %9s %9s %9s"):format("", "", "", "train 32", "2 threads", "infer 1", "infer 64",
   "2 threads", "images/s"))
for _, model in ipairs(models) do
   for _, way in ipairs(ways) do
      local precision, kernel = table.unpack(way)
      local row = { ("%-8s %-4s %-8s"):format(model, precision, kernel) }
      for _, case in ipairs { { "train", 32, 1 }, { "train", 32, 2 }, { "infer", 1, 1 }, { "infer", 64, 1 },
         { "infer", 64, 2 } } do
         row[#row + 1] = ("%9.0f"):format(measure(model, case[1], case[2], case[3], seconds, kernel,
            precision))
      end
      print(table.concat(row, " "))
   end
end

-- Our networks against PyTorch (training) and ONNX Runtime (inference) on this machine. The programs run in
-- turns, so that what disturbs the machine disturbs all; a ratio is the median of those of the rounds.
-- From the top of the checkout, after `make bench-peers` has installed the peers:
-- build/lua tests/bench/peers.lua [ROUNDS [SECONDS for each number [MODEL...]]]
local rounds, seconds = tonumber(arg[1] or 5), tonumber(arg[2] or 1.5)
local models = #arg > 2 and { table.unpack(arg, 3) } or { "cnn10", "cnn15", "cnn15w" }

local OURS = "build/bench_network"
local TORCH = "/usr/bin/python3 tests/bench/peer_torch.py"
local ORT = "node tests/bench/peer_onnxruntime.js"

-- Each comparison: our program and the peers', of which the best counts; `two` compares ours with two threads
-- to ours with one. %s is the model, %g the seconds.
local COMPARISONS = {
   { "train, batch 32 / PyTorch", { OURS .. " %s train 32 1 %g" }, { TORCH .. " %s train 32 1 %g nchw",
      TORCH .. " %s train 32 1 %g nhwc", TORCH .. " %s train 32 1 %g mkldnn" } },
   { "train bf16, batch 32 / PyTorch", { OURS .. " %s train 32 1 %g best bf16" },
      { TORCH .. " %s train 32 1 %g nhwc bf16" } },
   { "infer, batch 1 / ONNX Runtime", { OURS .. " %s infer 1 1 %g" }, { ORT .. " %s infer 1 1 %g" } },
   { "infer, batch 64 / ONNX Runtime", { OURS .. " %s infer 64 1 %g" }, { ORT .. " %s infer 64 1 %g" } },
   { "infer bf16, batch 1 / ONNX fp32", { OURS .. " %s infer 1 1 %g best bf16" }, { ORT .. " %s infer 1 1 %g" } },
   { "infer bf16, batch 64 / ONNX fp32", { OURS .. " %s infer 64 1 %g best bf16" },
      { ORT .. " %s infer 64 1 %g" } },
   { "train, two threads / one", { OURS .. " %s train 32 2 %g" }, { OURS .. " %s train 32 1 %g" } },
   { "infer, two threads / one", { OURS .. " %s infer 64 2 %g" }, { OURS .. " %s infer 64 1 %g" } },
}

-- Images a second and MiB.
local function run(command, model)
   local pipe = assert(io.popen(command:format(model, seconds) .. " 2>/dev/null"))
   local output = pipe:read "a"
   pipe:close()
   local rate, memory = output:match "([%d.]+) images/s.*rss=(%d+)MiB"
   if not rate then error(("'%s' failed: %s"):format(command:format(model, seconds), output), 0) end
   return tonumber(rate), tonumber(memory)
end

local function median(values)
   table.sort(values)
   local middle = #values // 2
   return #values % 2 == 1 and values[middle + 1] or (values[middle] + values[middle + 1]) / 2
end

-- The best of the commands: its rate, and the least memory of any.
local function best_of(commands, model)
   local best, least = 0, math.huge
   for _, command in ipairs(commands) do
      local rate, memory = run(command, model)
      best, least = math.max(best, rate), math.min(least, memory)
   end
   return best, least
end

local function compare(label, ours, peers, model)
   local rates, others, ratios, memory = {}, {}, {}, {}
   for round = 1, rounds do
      local our_memory, their_memory
      rates[round], our_memory = best_of(ours, model)
      others[round], their_memory = best_of(peers, model)
      ratios[round], memory[round] = rates[round] / others[round], our_memory / their_memory
   end
   print(("%-8s %-32s %8.0f %8.0f %7.2f %7.3f"):format(model, label, median(rates), median(others),
      median(ratios), median(memory)))
end

print(("%-8s %-32s %8s %8s %7s %7s"):format("", "images/s", "ours", "other", "ratio", "memory"))
for _, model in ipairs(models) do
   for _, comparison in ipairs(COMPARISONS) do
      compare(comparison[1], comparison[2], comparison[3], model)
   end
end

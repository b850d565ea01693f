-- Small trainings against tests/golden/training_torch.txt, which make_training_torch.py wrote.

local core = require "totality.core"
local totality = require "totality"

local layers, optimizers = totality.layers, totality.optimizers

local COUNT, CHANNELS, HEIGHT, WIDTH = 11, 2, 6, 7

local CASES = {
   sgd = { 1, optimizers.sgd { learning_rate = 0.1 } },
   momentum = { 1, optimizers.sgd { learning_rate = 0.1, momentum = 0.9, global_clipnorm = 0.2 } },
   nesterov = { 3, optimizers.sgd { learning_rate = 0.1, momentum = 0.9, nesterov = true }, smoothing = 0.1,
      l2 = 0.02 },
   adam = { 3, optimizers.adam { learning_rate = 0.01, epsilon = 1e-12 }, mean = true },
   adamw = { 1, optimizers.adamw { learning_rate = 0.01, epsilon = 1e-12, weight_decay = 0.1 }, smoothing = 0.2 },
   muon = { 3, optimizers.muon { learning_rate = 0.01, epsilon = 1e-12, weight_decay = 0.1 } },
   muon_of_convolutions = { 1, optimizers.muon { learning_rate = 0.01, epsilon = 1e-12, weight_decay = 0,
      momentum = 0.8, nesterov = false, ns_steps = 3, exclude_layers = { "dense*" }, global_clipnorm = 0.2 } },
   batch_normalization = { 1, optimizers.sgd { learning_rate = 0.1, momentum = 0.5 }, normal = true },
   batch_normalization_of_means = { 3, optimizers.sgd { learning_rate = 0.1 }, normal = true, mean = true,
      smoothing = 0.1 },
}

-- The golden numbers: by case, { losses =, predictions =, tensor names = } as lists.
local function read_golden()
   local cases, case = {}, nil
   for line in io.lines "tests/golden/training_torch.txt" do
      local name = line:match "^case (%S+)$"
      if name then
         case = {}
         cases[name] = case
      else
         local key, values = line:gsub("^tensor ", ""):match "^(%S+) (.*)$"
         case[key] = {}
         for value in values:gmatch "%S+" do table.insert(case[key], tonumber(value)) end
      end
   end
   return cases
end

local state

local function fill(tensor, width, low)
   for k = 1, #tensor do
      state = (1664525 * state + 1013904223) % 2 ^ 32 // 1 | 0
      tensor[k] = low + width * (state >> 8) / 2 ^ 24
   end
end

local function build(case)
   local list = { layers.conv2d { filters = 3, l2 = case.l2 } }
   local function add(layer) list[#list + 1] = layer end
   if case.normal then add(layers.batch_normalization { momentum = 0.9 }) end
   add(layers.activation { activation = "relu" })
   add(layers.max_pooling2d {})
   add(case.mean and layers.global_average_pooling2d {} or layers.flatten {})
   add(layers.dense { units = 4, activation = "tanh" })
   if case.normal then add(layers.batch_normalization { momentum = 0.9 }) end
   add(layers.dense { units = case[1], activation = case[1] == 1 and "sigmoid" or "softmax" })
   local model = totality.sequential { width = WIDTH, height = HEIGHT, channels = CHANNELS, layers = list }
   state = 1
   local widths = { weight = { 1, -0.5 }, bias = { 0.25, -0.125 }, gamma = { 1, 0.5 }, beta = { 1, -0.5 } }
   for k, entry in ipairs(model.network:tensors()) do
      local width = widths[entry[1]:match "[%w_]+$"]
      if width then
         fill(entry[2], width[1], width[2])
         model.network:set_tensor(k, entry[2])
      end
   end
   local images, labels = core.tensor(COUNT, CHANNELS, HEIGHT, WIDTH), {}
   fill(images, 1, 0)
   for n = 1, COUNT do labels[n] = (n - 1) % math.max(2, case[1]) end
   return model, totality.dataset { images = images, labels = labels, classes = math.max(2, case[1]) }, images
end

local function assert_near(expected, values, tolerance, name)
   assert.equal(#expected, #values, name)
   for k = 1, #expected do
      assert.is_true(math.abs(expected[k] - values[k]) <= tolerance,
         ("%s[%d] is %.9g, %.9g was expected"):format(name, k, values[k], expected[k]))
   end
end

describe("training agrees with PyTorch:", function()
   local golden = read_golden()
   for name, case in pairs(CASES) do
      it(name, function()
         for threads = 1, 2 do
            local model, data, images = build(case)
            model:compile { optimizer = case[2], label_smoothing = case.smoothing }
            local history = model:fit(data, { epochs = 4, batch_size = COUNT, verbose = false, threads = threads })
            local expected = golden[name]
            assert_near(expected.losses, history.loss, 2e-6, "losses")
            for _, entry in ipairs(model.network:tensors()) do
               assert_near(expected[entry[1]], entry[2], 5e-6, entry[1])
            end
            assert_near(expected.predictions, model:predict(images), 2e-6, "predictions")
         end
      end)
   end

   it("all cases there are", function()
      for name in pairs(golden) do assert.is_truthy(CASES[name], name) end
   end)
end)

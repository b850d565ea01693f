-- Of the time that a training by its recipe takes, how much goes into making the images, and how much into the
-- network? Each is measured by itself, on as many threads as there are processors, in alternation: an epoch of
-- images as the recipe makes them, and the training with IMAGES of them (default 4096), in float32.
--
--    build/lua tests/bench/training_split.lua [IMAGES]

local core = require "totality.core"
local totality = require "totality"

local images = math.tointeger(arg[1] or 4096)
local RECIPES = {
   totality.recipes.cnn10 {}, totality.recipes.cnn15 {}, totality.recipes.cnn15 { width = 350, height = 175 },
}
local REPETITIONS = 3

-- Images a second of work(), which returns how many they were.
local function rate_of(work)
   local began = core.monotonic_time()
   local count = work()
   return count / (core.monotonic_time() - began)
end

print(("%-22s %14s %14s %14s"):format(("images/s, %d threads"):format(core.processor_count()), "making", "training",
   "both"))
for _, recipe in ipairs(RECIPES) do
   local data = recipe:training_data()
   local some, labels = data:batch(1, images)
   local memory = totality.dataset { images = some, labels = labels }
   local network = totality.models[recipe.network] { width = recipe.width, height = recipe.height }
   network:compile { optimizer = totality.optimizers.muon { weight_decay = 0 } }
   local making, training = 0, 0
   for repetition = 1, REPETITIONS do
      making = math.max(making, rate_of(function()
         for first = 1, data:size(), recipe.batch_size do
            data:batch(first, math.min(recipe.batch_size, data:size() - first + 1), repetition)
         end
         return data:size()
      end))
      training = math.max(training, rate_of(function()
         network:fit(memory, { epochs = 1, batch_size = recipe.batch_size, verbose = false })
         return images
      end))
   end
   print(("%-22s %14.0f %14.0f %14.0f"):format(("%s %d x %d"):format(recipe.network, recipe.width, recipe.height),
      making, training, 1 / (1 / making + 1 / training)))
end

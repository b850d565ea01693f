-- Of the time that a training by its recipe takes, how much goes into making the images, and how much into the
-- network? Each is measured by itself, on as many threads as there are processors, in alternation.
--
--    build/lua tests/bench/training_split.lua [IMAGES]

local core = require "totality.core"
local totality = require "totality"

local images = math.tointeger(arg[1] or 4096)
local RECIPES = {
   totality.recipes.cnn10 { examples_per_epoch = images }, totality.recipes.cnn15 { examples_per_epoch = images },
   totality.recipes.cnn15 { examples_per_epoch = images, width = 350, height = 175 },
}
local REPETITIONS = 3

local function measure(work)
   local began = core.monotonic_time()
   work()
   return core.monotonic_time() - began
end

print(("%-22s %14s %14s %14s"):format(("images/s, %d threads"):format(core.processor_count()), "making", "training",
   "both"))
for _, recipe in ipairs(RECIPES) do
   local data = recipe:training_data()
   local memory = data:to_memory()
   local network = totality.models[recipe.network] { width = recipe.width, height = recipe.height }
   network:compile { optimizer = totality.optimizers.adam {} }
   local making, training = math.huge, math.huge
   for repetition = 1, REPETITIONS do
      making = math.min(making, measure(function()
         for first = 1, images, recipe.batch_size do
            data:batch(first, math.min(recipe.batch_size, images - first + 1), repetition)
         end
      end))
      training = math.min(training, measure(function()
         network:fit(memory, { epochs = 1, batch_size = recipe.batch_size, verbose = false })
      end))
   end
   print(("%-22s %14.0f %14.0f %14.0f"):format(("%s %d x %d"):format(recipe.network, recipe.width, recipe.height),
      images / making, images / training, images / (making + training)))
end

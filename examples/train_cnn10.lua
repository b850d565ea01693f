-- Trains the CNN10 that is shipped as models/cnn10.safetensors; `totality train` does the same.
--
--    build/lua examples/train_cnn10.lua [OUTPUT [EXAMPLES [EPOCHS]]]
--
-- The recipe is in lua/totality/recipes.lua: 80 epochs (EPOCHS), each of 20,480 (EXAMPLES) images that
-- were never seen before. OUTPUT (default cnn10.safetensors) gets the best weights. After an interruption (Ctrl-C, a
-- power failure) the same command continues with the same result.

local totality = require "totality"

local output = arg[1] or "cnn10.safetensors"
local recipe = totality.recipes.cnn10 { examples_per_epoch = math.tointeger(arg[2]), epochs = math.tointeger(arg[3]) }

print(recipe)
local history = assert(recipe:train(output))
if history.interrupted then os.exit(130) end
print(history)
print("the best weights are in " .. output)

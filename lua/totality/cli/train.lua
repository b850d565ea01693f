--- totality train: a network by its recipe.

local command = require "totality.cli.command"
local recipes = require "totality.recipes"

local CNN10, CNN15 = recipes.cnn10(), recipes.cnn15()

local USAGE = ([[
usage: totality train --output FILE [OPTIONS]

Trains a network on synthetic curves of surveys, by the recipe of the shipped ones (totality.recipes). Writes the best
weights to FILE, and with them how their probabilities are to be calibrated, for totality classify --weights. Ctrl-C
does no harm: the same command continues from FILE.checkpoint with the same result. With another network, size,
precision or seed it refuses to; remove that file, or choose another FILE.

  --output FILE            weights (safetensors)
  --network NAME           cnn10 (default) or cnn15
  --width W, --height H    of the images, in pixels (default: %d x %d for cnn10, %d x %d for cnn15)
  --epochs N               default: %d for cnn10, %d for cnn15
  --examples-per-epoch N   images that were never seen before (default: %d); a fifth of it is for validation
  --batch-size N           default: %d
  --precision NAME         fp32 (default) or bf16
  --seed N                 default: that of the recipe
  --threads N              default: all processors; the result doesn't depend on it
  --help

Examples:
  totality train --output my.safetensors
  totality train --network cnn15 --width 350 --height 175 --output wide.safetensors

Exit status: 0 the training is complete, 1 it failed, 2 the arguments can't be used, 130 it was interrupted.
]]):format(CNN10.width, CNN10.height, CNN15.width, CNN15.height, CNN10.epochs, CNN15.epochs, CNN10.examples_per_epoch,
   CNN10.batch_size)

local POSITIVE = { value = "N", integer = true, minimum = 1 }
local PIXELS = { value = "PIXELS", integer = true, minimum = 8, maximum = 16384 }

local OPTIONS = {
   output = { value = "FILE" }, network = { value = "NAME", one_of = { "cnn10", "cnn15" } }, width = PIXELS,
   height = PIXELS, epochs = POSITIVE, ["examples-per-epoch"] = { value = "N", integer = true, minimum = 5 },
   ["batch-size"] = POSITIVE, precision = { value = "NAME", one_of = { "fp32", "bf16" } },
   seed = { value = "N", integer = true, minimum = 0 },
   threads = { value = "N", integer = true, minimum = 1, maximum = 256 },
}

local function run(values)
   if not values.output then return nil, "option '--output' is missing; see totality train --help" end
   local recipe = recipes[values.network or "cnn10"] {
      width = values.width, height = values.height, epochs = values.epochs,
      examples_per_epoch = values["examples-per-epoch"], batch_size = values["batch-size"],
      precision = values.precision, seed = values.seed, threads = values.threads,
   }
   print(recipe)
   local history, message = recipe:train(values.output)
   if not history then
      io.stderr:write(("totality train: %s\n"):format(message))
      return 1
   end
   if history.interrupted then return 130 end
   print("the best weights are in " .. values.output)
   return 0
end

return command.new { name = "train", usage = USAGE, options = OPTIONS, run = run }

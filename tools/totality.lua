#!/usr/bin/env lua5.4
-- The command `totality`. All of it is in totality.cli; main returns the exit status.
os.exit(require("totality.cli").main(arg), true)

-- A directory of a spec's own, and the command run in it. Each `dofile` gives another one:
--
--    local scratch = dofile "tests/lua/scratch.lua"
--    setup(scratch.make)
--    teardown(scratch.remove)

local scratch = {}

-- Makes the directory `scratch.path`.
function scratch.make()
   scratch.path = os.tmpname()
   os.remove(scratch.path)
   assert(os.execute("mkdir " .. scratch.path))
end

function scratch.remove() os.execute("rm -r " .. scratch.path) end

-- The bytes of a file of the directory.
function scratch.read(name)
   local file <close> = assert(io.open(scratch.path .. "/" .. name, "rb"))
   return file:read "a"
end

function scratch.write(name, text)
   local file <close> = assert(io.open(scratch.path .. "/" .. name, "wb"))
   assert(file:write(text))
end

-- Exit status, standard output and standard error of the command, which `runner` (such as "timeout 5" or
-- "NAME=value") may start.
function scratch.run(arguments, runner)
   local _, _, status = os.execute(("cd '%s' && %s '%s/build/totality' %s >out 2>err </dev/null"):format(scratch.path,
      runner or "", os.getenv "PWD", arguments))
   return status, scratch.read "out", scratch.read "err"
end

return scratch

#!/bin/sh
# What make puts into build/: `totality`, the command of this checkout, and `lua`, a Lua that finds the
# modules of this checkout (`build/lua examples/evaluate.lua`).
build=$(dirname "$(readlink -f "$0")")
root=$(dirname "$build")
LUA_PATH_5_4="$root/lua/?.lua;$root/lua/?/init.lua;${LUA_PATH_5_4:-;}"
LUA_CPATH_5_4="$build/lib/?.so;${LUA_CPATH_5_4:-;}"
export LUA_PATH_5_4 LUA_CPATH_5_4
if [ "$(basename "$0")" = lua ]; then
	exec "${LUA:-lua5.4}" "$@"
fi
exec "${LUA:-lua5.4}" "$root/tools/totality.lua" "$@"

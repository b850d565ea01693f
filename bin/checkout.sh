#!/bin/sh
# The command `totality` of this checkout: make copies it to build/totality.
build=$(dirname "$(readlink -f "$0")")
root=$(dirname "$build")
LUA_PATH_5_4="$root/lua/?.lua;$root/lua/?/init.lua;${LUA_PATH_5_4:-;}"
LUA_CPATH_5_4="$build/lib/?.so;${LUA_CPATH_5_4:-;}"
export LUA_PATH_5_4 LUA_CPATH_5_4
exec "${LUA:-lua5.4}" "$root/bin/totality.lua" "$@"

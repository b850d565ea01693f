#!/bin/sh
# The C core stands without Lua: tests/core_alone.sh ARCHIVE, with CC and CFLAGS in the environment.
# Every include of the core is found in a directory that has neither the binding nor any header of Lua,
# and the archive that was built from it does not refer to any of Lua's functions.
set -eu
archive=$(readlink -f "$1")
cd "$(dirname "$0")/.."
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT

cp -r csrc "$directory/csrc"
rm -r "$directory/csrc/lua"
# Headers of Lua that the system may have in its own directories are found after these.
mkdir "$directory/forbidden"
for header in lua.h lauxlib.h lualib.h luaconf.h lua.hpp; do
    echo "#error the core includes $header" >"$directory/forbidden/$header"
done

cd "$directory"
find csrc -name '*.c' | while read -r file; do
    # shellcheck disable=SC2086 # a list of words
    "$CC" -Iforbidden $CFLAGS -E -o /dev/null "$file"
done

if nm "$archive" | grep -E ' U (lua|luaL|luaopen|totlua)_'; then
    echo "the core refers to functions of Lua"
    exit 1
fi

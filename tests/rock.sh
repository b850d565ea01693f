#!/bin/sh
# Installs totality as a rock into a fresh tree, uses it from another directory, removes it again.
# Needs no network.
set -eu
cd "$(dirname "$0")/.."
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
tree=$directory/tree
models=$(find models -name '*.lua' -exec basename {} .lua \; 2>/dev/null | sort)

# LuaRocks calls make itself; nothing of the make that called this script may reach it.
unset MFLAGS MAKELEVEL CFLAGS LDFLAGS
MAKEFLAGS=-j$(nproc 2>/dev/null || echo 1)
HOME=$directory
export MAKEFLAGS HOME

fail() {
    echo "tests/rock.sh: $1"
    exit 1
}

rocks() {
    luarocks --lua-version 5.4 --tree "$tree" "$@"
}

rocks lint rockspec/totality-dev-1.rockspec
rocks make rockspec/totality-dev-1.rockspec >"$directory/log" 2>&1 || {
    cat "$directory/log"
    fail "luarocks make failed"
}

# Only the tree is on the paths, and the current directory has nothing of ours.
LUA_PATH_5_4="$tree/share/lua/5.4/?.lua;$tree/share/lua/5.4/?/init.lua"
LUA_CPATH_5_4="$tree/lib/lua/5.4/?.so"
export LUA_PATH_5_4 LUA_CPATH_5_4
mkdir "$directory/elsewhere"
cd "$directory/elsewhere"

lua5.4 -e 'local totality = require "totality"
   assert(math.type(totality.rng(7):integer(1, 6)) == "integer")
   assert(require("totality.help").text("rng"):find("seed", 1, true))' || fail "the module does not work"
version=$(lua5.4 -e 'print("totality " .. require("totality").version)')
[ "$(lua5.4 "$tree"/lib/luarocks/rocks-5.4/totality/dev-1/bin/totality --version)" = "$version" ] ||
    fail "the installed script does not run"

unset LUA_PATH_5_4 LUA_CPATH_5_4
[ "$("$tree/bin/totality" --version)" = "$version" ] || fail "the command does not run"
"$tree/bin/totality" --help | grep -q '^usage: totality' || fail "the command has no help"
project=$OLDPWD
"$tree/bin/totality" classify --period 0.33364 "$project/examples/curves/W_UMa.dat" >"$directory/verdict" ||
    fail "the command does not classify"
grep -q '^W_UMa.dat,.*,\(total\|partial\|uncertain\),' "$directory/verdict" || fail "the verdict is none"
for model in $models; do
    LUA_PATH_5_4="$tree/share/lua/5.4/?.lua;$tree/share/lua/5.4/?/init.lua" \
        LUA_CPATH_5_4="$tree/lib/lua/5.4/?.so" \
        lua5.4 -e "require 'totality.models.$model'" || fail "the model $model is not found"
done

rocks remove totality >/dev/null
left=$(cd "$tree" && find . -path '*totality*' ! -type d)
[ -z "$left" ] || fail "luarocks remove left $left"

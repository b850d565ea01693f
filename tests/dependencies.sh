#!/bin/sh
# tools/dependencies.sh with stand-ins for apt-get, id and the packages: it never touches the system.
set -eu
cd "$(dirname "$0")/.."
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT

fail() {
    echo "tests/dependencies.sh: $1"
    cat "$directory/output"
    exit 1
}

stand_in() {
    printf '#!/bin/sh\n%s\n' "$2" >"$directory/bin/$1"
    chmod +x "$directory/bin/$1"
}

# dependencies USER_ID PURPOSE...: runs the script on a machine that has only the stand-ins.
dependencies() {
    stand_in id "echo $1"
    shift
    status=0
    CC=cc PATH="$directory/bin" "$shell" tools/dependencies.sh "$@" >"$directory/output" 2>&1 || status=$?
}

mkdir "$directory/bin"
shell=$(command -v sh)
for name in cat touch; do
    ln -s "$(command -v $name)" "$directory/bin/$name"
done
for name in cc lua5.4 busted luarocks luacheck clang-format; do
    stand_in "$name" 'exit 0'
done
stand_in pkg-config "[ \"\$2\" != libpng ] || [ -e '$directory/png' ]"
stand_in apt-get "echo \"\$*\" >>'$directory/calls'
[ ! -e '$directory/broken' ] || exit 100
[ \$1 = update ] || touch '$directory/png'"

dependencies 1000 build test
[ "$status" -ne 0 ] || fail "a user without the packages was let through"
grep -q '^  sudo apt-get update && sudo apt-get install --no-install-recommends libpng-dev shellcheck$' \
    "$directory/output" || fail "the line to run is wrong"
[ ! -e "$directory/calls" ] || fail "apt-get was called for a user"

touch "$directory/broken"
dependencies 0 build
[ "$status" -ne 0 ] || fail "a failing apt-get went unnoticed"
rm -f "$directory/broken" "$directory/calls" "$directory/png"

dependencies 0 build
[ "$status" -eq 0 ] || fail "root could not install"
printf 'update -q\ninstall -q -y --no-install-recommends libpng-dev\n' | cmp -s - "$directory/calls" ||
    fail "root called apt-get otherwise than expected: $(cat "$directory/calls")"

rm "$directory/calls"
dependencies 0 build
{ [ "$status" -eq 0 ] && [ ! -e "$directory/calls" ]; } || fail "apt-get was called with nothing missing"

rm "$directory/png" "$directory/bin/apt-get"
dependencies 0 build
[ "$status" -ne 0 ] || fail "without apt-get a missing package was let through"
grep -q 'Missing.* libpng-dev$' "$directory/output" || fail "the missing package is not named"

dependencies 0 dinner
[ "$status" -eq 2 ] || fail "an unknown purpose was accepted"

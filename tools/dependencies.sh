#!/bin/sh
# Sees to what a purpose needs: tools/dependencies.sh build|test|valgrind|fuzz|bench ...
#
# Everything is probed for, so that libraries that came another way than through apt-get count, too,
# and so that a package that vanished is noticed. Only when something is missing is it installed: by
# root at once, anybody else is told the line to run.
set -eu

# One line a need: the Debian package, then the command that succeeds when it is there.
needs() {
    case $1 in
    build)
        cat <<'END'
gcc             command -v "${CC:-cc}"
libc6-dev       echo '#include <stdio.h>' | "${CC:-cc}" -E -
pkg-config      command -v pkg-config
lua5.4          command -v lua5.4
liblua5.4-dev   pkg-config --exists lua5.4
libopenblas-dev pkg-config --exists openblas
libpng-dev      pkg-config --exists libpng
libcfitsio-dev  pkg-config --exists cfitsio
libexpat1-dev   pkg-config --exists expat
zlib1g-dev      pkg-config --exists zlib
END
        ;;
    test)
        cat <<'END'
check           pkg-config --exists check
lua-busted      lua5.4 -e 'require "busted"' && command -v busted
luarocks        command -v luarocks
lua-check       command -v luacheck
clang-format    command -v clang-format
shellcheck      command -v shellcheck
END
        ;;
    valgrind) echo 'valgrind command -v valgrind' ;;
    fuzz)
        cat <<'END'
clang              command -v clang
libclang-rt-14-dev echo 'int LLVMFuzzerTestOneInput(void) { return 0; }' | clang -fsanitize=fuzzer -x c - -o /dev/null
END
        ;;
    bench)
        cat <<'END'
python3-torch   /usr/bin/python3 -c 'import torch'
nodejs          command -v node
npm             command -v npm
END
        ;;
    *)
        echo "tools/dependencies.sh: unknown purpose '$1'; the purposes are build, test, valgrind, fuzz, bench" >&2
        exit 2
        ;;
    esac
}

# The missing packages of the purposes, on one line.
missing() {
    for purpose in "$@"; do
        needs "$purpose"
    done | while read -r package probe; do
        (eval "$probe") </dev/null >/dev/null 2>&1 || printf ' %s' "$package"
    done
}

for purpose in "$@"; do
    needs "$purpose" >/dev/null
done
packages=$(missing "$@")
[ -n "$packages" ] || exit 0

if ! command -v apt-get >/dev/null; then
    echo "Missing, under the names of Debian's packages:$packages" >&2
    exit 1
fi
if [ "$(id -u)" -ne 0 ]; then
    echo "Some packages are missing. Run this line, then try again:" >&2
    echo "  sudo apt-get update && sudo apt-get install --no-install-recommends$packages" >&2
    exit 1
fi

echo "Installing$packages"
export DEBIAN_FRONTEND=noninteractive
apt-get update -q </dev/null || echo "apt-get update failed; trying with the package lists at hand" >&2
# shellcheck disable=SC2086 # a list of words
apt-get install -q -y --no-install-recommends $packages </dev/null

packages=$(missing "$@")
if [ -n "$packages" ]; then
    echo "Installed, but still not found:$packages" >&2
    exit 1
fi

#!/usr/bin/env bash
# Builds the program and assembles the root file system of an image around it. On Debian trixie, as root, once
# packaging/install-packages.sh has run; in packaging/Dockerfile, and by ./dev image.
#   packaging/build.sh VARIANT BUILD_DIRECTORY ROOT
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
variant=$1 build=$2 root=$3

mkdir -p "$build"
# Without symbols, which would be stripped anyhow and take a third of the time; and a warning of a compiler that is newer
# than the developers' is no reason to have no image.
cmake --preset release -B "$build" -DCMAKE_CXX_FLAGS_RELWITHDEBINFO='-O2 -DNDEBUG' -DTIDEGATE_WERROR=OFF \
  -DTIDEGATE_TESTS=OFF -DTIDEGATE_BENCH=OFF &>"$build/configure.log" || {
  cat "$build/configure.log" >&2
  exit 1
}
cmake --build "$build" --target tidegate -- --quiet
packaging/assemble.sh "$variant" "$build" "$root"

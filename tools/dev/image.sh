#!/usr/bin/env bash
# Makes the container images without a container engine (docs/decisions/0015-container-image.md): the program is built
# in a root of Debian trixie that is kept in the cache directory, and packaging/ makes the image of it. As root.
#   tools/dev/image.sh VARIANT...     postgresql, mongodb; into build/image
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."

say() { printf 'dev: %s\n' "$*" >&2; }
fail() {
  say "$*"
  exit 1
}

source tools/dev/packages.sh

image_cache="${XDG_CACHE_HOME:-$HOME/.cache}/tidegate/image"

# One for each list of packages.
image_root() {
  local text="${packages_build[*]} ${packages_runtime[*]}"
  echo "$image_cache/trixie-$(cat packaging/install-packages.sh - <<<"$text" | sha256sum | cut -c1-12)"
}

make_image_root() {
  local root=$1 log=$image_cache/root.log
  [[ ! -d $root ]] || return 0
  say "making a root of Debian trixie to build images in, once a machine (a few minutes; log: $log)"
  find "$image_cache" -mindepth 1 -maxdepth 1 -name 'trixie-*' -exec rm -rf --one-file-system {} +
  # shellcheck disable=SC2016
  mmdebstrap --mode=root --variant=apt \
    --customize-hook='cd "$1" && mkdir -p src/packaging src/tools/dev ccache out' \
    --customize-hook='copy-in packaging/install-packages.sh /src/packaging' \
    --customize-hook='copy-in tools/dev/packages.sh /src/tools/dev' \
    --customize-hook='chroot "$1" /src/packaging/install-packages.sh' \
    trixie "$root.part" >"$log" 2>&1 ||
    fail "there is no root to build images in; see $log"
  mv "$root.part" "$root"
}

# in_image_root ROOT COMMAND...: with the checkout at /src, what is made at /out, and nothing else to write.
in_image_root() {
  mkdir -p build/image "$image_cache/ccache"
  # shellcheck disable=SC2016
  unshare --mount --pid --fork --kill-child sh -ec '
    root=$1 cache=$2 epoch=$3
    shift 3
    mount --bind "$root" "$root"
    mount --bind . "$root/src"
    mount -o remount,bind,ro "$root/src"
    mount --bind build/image "$root/out"
    mount --bind "$cache" "$root/ccache"
    mount -t proc proc "$root/proc"
    mount -t tmpfs tmpfs "$root/tmp"
    mount --rbind /dev "$root/dev"
    mount -o remount,bind,ro "$root"
    exec chroot "$root" env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
      LC_ALL=C.UTF-8 CCACHE_DIR=/ccache SOURCE_DATE_EPOCH="$epoch" "$@"' \
    sh "$1" "$image_cache/ccache" "$SOURCE_DATE_EPOCH" "${@:2}"
}

make_image() {
  local variant=$1 root=$2 name=tidegate
  [[ $variant == postgresql ]] || name=tidegate-$variant
  in_image_root "$root" /src/packaging/build.sh "$variant" /out/build "/out/$variant"
  packaging/oci_image.py "build/image/$variant" "$name:latest" "build/image/$name.tar"
  cp "build/image/$variant/usr/share/tidegate/sbom.cdx.json" "build/image/$name.cdx.json"
  say "build/image/$name.tar ($(du -h "build/image/$name.tar" | cut -f1); unpacked: build/image/$variant)"
}

mkdir -p "$image_cache"
exec 9>"$image_cache/lock"
flock 9  # two checkouts may ask at the same moment
root=$(image_root)
make_image_root "$root"
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || echo 0)}
export SOURCE_DATE_EPOCH
for variant in "$@"; do make_image "$variant" "$root"; done

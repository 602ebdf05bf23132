#!/usr/bin/env bash
# Makes the container images without a container engine (docs/decisions/0015-container-image.md): the program is built
# in a root of Debian trixie that is kept in the cache directory, and packaging/ makes the image of it. As root.
#   tools/dev/image.sh VARIANT...           postgresql, mongodb; into build/image
#   tools/dev/image.sh --again VARIANT...   and once more into build/image-again, in other circumstances; fails where
#                                           a byte differs
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

# Where things are, and under which circumstances, is not to be seen in an image.
as_always() { made=build/image source_at=/src out_at=/out mask=022 circumstances=(CCACHE_DIR=/ccache); }
otherwise() {
  made=build/image-again source_at=/tmp/another/place/source out_at=/tmp/built mask=077
  circumstances=(CCACHE_DISABLE=1 TZ=Pacific/Auckland HOME=/nowhere)
}

# in_image_root ROOT COMMAND...: with the checkout at source_at, what is made at out_at, and nothing else to write.
in_image_root() {
  mkdir -p "$made" "$image_cache/ccache"
  # shellcheck disable=SC2016
  unshare --mount --pid --fork --kill-child sh -ec '
    root=$1 cache=$2 source=$root$3 made=$4 out=$root$5 mask=$6
    shift 6
    mount --bind "$root" "$root"
    mount -t tmpfs tmpfs "$root/tmp"
    mkdir -p "$source" "$out"
    mount --bind . "$source"
    mount -o remount,bind,ro "$source"
    mount --bind "$made" "$out"
    mount --bind "$cache" "$root/ccache"
    mount -t proc proc "$root/proc"
    mount --rbind /dev "$root/dev"
    mount -o remount,bind,ro "$root"
    umask "$mask"
    exec chroot "$root" env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 "$@"' \
    sh "$1" "$image_cache/ccache" "$source_at" "$made" "$out_at" "$mask" \
    SOURCE_DATE_EPOCH="$SOURCE_DATE_EPOCH" "${circumstances[@]}" "${@:2}"
}

make_image() {
  local variant=$1 root=$2 name=tidegate
  [[ $variant == postgresql ]] || name=tidegate-$variant
  in_image_root "$root" "$source_at/packaging/build.sh" "$variant" "$out_at/build" "$out_at/$variant"
  packaging/oci_image.py "$made/$variant" "$name:latest" "$made/$name.tar"
  cp "$made/$variant/usr/share/tidegate/sbom.cdx.json" "$made/$name.cdx.json"
  say "$made/$name.tar ($(du -h "$made/$name.tar" | cut -f1); unpacked: $made/$variant)"
}

# From nothing: what was compiled before is not taken.
make_images_again() {
  local root=$1 image
  shift
  otherwise
  rm -rf "$made"
  say "compiling once more, without a cache (five to ten minutes)"
  for variant in "$@"; do make_image "$variant" "$root"; done
  for image in "$made"/*.tar; do tools/dev/compare_images.py "build/image/${image##*/}" "$image"; done
}

again=no
if [[ $1 == --again ]]; then
  again=yes
  shift
fi
mkdir -p "$image_cache"
exec 9>"$image_cache/lock"
flock 9  # two checkouts may ask at the same moment
root=$(image_root)
make_image_root "$root"
as_always
for variant in "$@"; do make_image "$variant" "$root"; done
[[ $again == no ]] || make_images_again "$root" "$@"

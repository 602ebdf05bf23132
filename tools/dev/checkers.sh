# shellcheck shell=bash disable=SC2016
# What rendered manifests are held against and Debian does not have, built once a machine. Sourced by ./dev, after
# s3_server.sh.

checkers_cache="${XDG_CACHE_HOME:-$HOME/.cache}/tidegate/checkers"
actionlint_version=v1.7.12

need_checkers() {
  if command -v actionlint >/dev/null || [[ -x $checkers_cache/bin/actionlint ]]; then return; fi
  if ! have_go; then
    say "actionlint cannot be built without a newer Go: rendered manifests will not be checked"
    return
  fi
  mkdir -p "$checkers_cache"
  say "building actionlint, once a machine (half a minute)"
  flock "$checkers_cache/lock" sh -c '
    GOBIN="$1/bin" GOFLAGS=-buildvcs=false go install "github.com/rhysd/actionlint/cmd/actionlint@$2"' \
    sh "$checkers_cache" "$actionlint_version" || say "actionlint could not be built"
}

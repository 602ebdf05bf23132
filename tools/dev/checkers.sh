# shellcheck shell=bash disable=SC2016
# What rendered manifests are held against and Debian does not have, or not alone, once a machine. Sourced by ./dev,
# after s3_server.sh.

checkers_cache="${XDG_CACHE_HOME:-$HOME/.cache}/tidegate/checkers"
actionlint_version=v1.7.12

need_checkers() {
  need_actionlint
  need_promtool
}

# Taken out of its package: installed, that would start a server.
need_promtool() {
  if command -v promtool >/dev/null || [[ -x $checkers_cache/bin/promtool ]]; then return; fi
  mkdir -p "$checkers_cache/bin"
  flock "$checkers_cache/lock" sh -euc '
    scratch=$(mktemp -d)
    trap "rm -rf $scratch" EXIT
    cd "$scratch"
    apt-get download -qq prometheus >/dev/null 2>&1
    dpkg-deb --fsys-tarfile prometheus_*.deb | tar -x ./usr/bin/promtool
    mv usr/bin/promtool "$1/bin/promtool"' sh "$checkers_cache" || say "promtool could not be had: alert rules will not be checked"
}

need_actionlint() {
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

# shellcheck shell=bash disable=SC2016
# The object store that tests run against: versitygw (docs/decisions/0012-object-storage.md), built once a machine.
# Sourced by ./dev.

s3_cache="${XDG_CACHE_HOME:-$HOME/.cache}/tidegate/s3"
s3_version=v1.8.0
s3_oldest_go=1.25
s3_job=

export PATH="$PATH:$s3_cache/bin"

have_go() {
  local version
  version=$(go env GOVERSION 2>/dev/null) || return 1
  [[ -n $version ]] && printf '%s\n' "$s3_oldest_go" "${version#go}" | sort -C -V
}

build_s3_server() {
  # One build a machine, even when two checkouts ask at the same moment.
  flock "$s3_cache/lock" sh -c '
    [ -x "$1/bin/versitygw" ] ||
      GOBIN="$1/bin" GOFLAGS=-buildvcs=false go install "github.com/versity/versitygw/cmd/versitygw@$2"' \
    sh "$s3_cache" "$s3_version"
}

# Starts building it beside whatever comes next. finish_s3_server waits for it.
start_s3_server() {
  if command -v versitygw >/dev/null; then return; fi
  if ! have_go; then
    local why="no object store for the tests: versitygw is not on the PATH, and building it needs Go $s3_oldest_go or \
newer"
    if [[ ${TIDEGATE_TEST_REQUIRE:-} == *s3* ]]; then fail "$why"; fi
    say "$why. Tests that need one will be skipped"
    return
  fi
  mkdir -p "$s3_cache"
  say "building the test object store versitygw in the background, once a machine (a minute; log: $s3_cache/build.log)"
  set -m  # a process group of its own, so that it can be stopped as a whole
  build_s3_server >"$s3_cache/build.log" 2>&1 &
  s3_job=$!
  set +m
}

stop_s3_server_build() { [[ -z $s3_job ]] || kill -- "-$s3_job" 2>/dev/null || true; }

finish_s3_server() {
  [[ -n $s3_job ]] || return 0
  if ! await_job "waiting for the test object store to be built" "$s3_job"; then
    tail -n 20 "$s3_cache/build.log" >&2
    fail "the test object store could not be built; the whole log is $s3_cache/build.log"
  fi
  s3_job=
}

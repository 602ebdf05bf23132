# shellcheck shell=bash disable=SC2016
# The MongoDB server that tests and the demo run against. Sourced by ./dev.
# First choice is a real one: TIDEGATE_TEST_MONGODB_URI, or mongod on the PATH. Where there is neither, SecantusDB
# (docs/decisions/0006-test-server.md): the Rust program for tests, the Python one where a demo cannot wait.

server_cache="${XDG_CACHE_HOME:-$HOME/.cache}/tidegate"
server_bin="$server_cache/secantusd/bin"
server_rust_version=0.5.3-beta.196
server_python_version=0.7.0b3
oldest_cargo=1.95
server_job=

# Programs in the cache come last, so that a real mongod wins.
export PATH="$PATH:$server_bin:$server_cache/secantusd-py/bin-only"

have() { command -v "$1" >/dev/null; }

have_cargo() {
  local version
  version=$(cargo --version 2>/dev/null | awk '{print $2}') || return 1
  [[ -n $version ]] && printf '%s\n' "$oldest_cargo" "$version" | sort -C -V
}

build_rust_server() {
  mkdir -p "$server_cache"
  # One build a machine, even when two checkouts ask at the same moment.
  flock "$server_cache/secantusd.lock" sh -c '
    [ -x "$1/bin/secantusd-rs" ] ||
      nice cargo install secantus-mdb --version "$2" --ignore-rust-version --root "$1"' \
    sh "$server_cache/secantusd" "$server_rust_version"
}

# Starts building the test server beside whatever comes next. finish_server waits for it.
start_server() {
  if [[ -n ${TIDEGATE_TEST_MONGODB_URI:-} ]] || have mongod || have secantusd-rs; then return; fi
  if ! have_cargo; then
    local why="no MongoDB server for the tests: mongod is not on the PATH, and building the test server needs cargo \
$oldest_cargo or newer (Debian's is too old; rustup installs one)"
    if [[ ${TIDEGATE_TEST_REQUIRE:-} == *mongodb* ]]; then fail "$why"; fi
    say "$why. Tests that need a server will be skipped; TIDEGATE_TEST_MONGODB_URI points them at one of your own"
    return
  fi
  mkdir -p "$server_cache"
  say "building the test server secantusd-rs in the background, once a machine (5 to 10 minutes;" \
    "log: $server_cache/secantusd.log)"
  set -m  # a process group of its own, so that it can be stopped as a whole
  build_rust_server >"$server_cache/secantusd.log" 2>&1 &
  server_job=$!
  set +m
}

stop_server_build() { [[ -z $server_job ]] || kill -- "-$server_job" 2>/dev/null || true; }

finish_server() {
  [[ -n $server_job ]] || return 0
  if ! await_job "waiting for the test server to be built" "$server_job"; then
    tail -n 20 "$server_cache/secantusd.log" >&2
    fail "the test server could not be built; the whole log is $server_cache/secantusd.log"
  fi
  server_job=
}

install_python_server() {
  python3 -m venv "$1" &&
    "$1/bin/pip" install -q --disable-pip-version-check "SecantusDB==$server_python_version"
}

# The server that is quickest to have: the demo shows tidegate, not the server.
need_any_server() {
  if have mongod || have secantusd-rs; then return; fi
  need_python_server ||
    fail "it could not be installed; put mongod on the PATH, or name a server of your own: ./dev demo --uri URI"
}

# The server that a newcomer's demo runs on, for the tests that run it there.
need_python_server() {
  if have secantusd-py; then return; fi
  need_packages python
  local home="$server_cache/secantusd-py"
  with_progress "installing a throwaway MongoDB-compatible server (half a minute)" install_python_server "$home" ||
    return
  mkdir -p "$home/bin-only"  # on the PATH, where the environment's own python must not be
  ln -sf ../bin/secantusd-py "$home/bin-only/secantusd-py"
}

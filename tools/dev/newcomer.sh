#!/usr/bin/env bash
# Runs the README's commands as on a machine that has never seen the project: in a fresh clone of this commit, with an
# empty home directory and empty caches, so that a warm machine hides nothing. Prints the time of each part.
#   tools/dev/newcomer.sh [--all | --demo] [--tree]
#     --all    every command of the README's first block, and the demo on PostgreSQL (default)
#     --demo   the demo alone, on both engines
#     --tree   the files as they are in the working tree, not those of the commit
# It leaves nothing behind; after a failure the log is kept. Installed Debian packages are the machine's, and remain.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."

say() { printf 'newcomer: %s\n' "$*" >&2; }
fail() {
  say "$*"
  exit 1
}

source tools/dev/progress.sh

which=all tree=no
for argument in "$@"; do
  case $argument in
    --all | --demo) which=${argument#--} ;;
    --tree) tree=yes ;;
    *) fail "unknown argument '$argument'; usage: tools/dev/newcomer.sh [--all | --demo] [--tree]" ;;
  esac
done

work=$(mktemp -d "${TMPDIR:-/tmp}/tidegate-newcomer-XXXXXX")
home=$work/home
clone=$work/tidegate
log=$work.log

# Processes of the commands, whatever group they are in: their home directory is known by its name.
running() { grep -lsxzF "HOME=$home" /proc/[0-9]*/environ | cut -d/ -f3 || true; }

signal_all() {
  local pid
  for pid in $(running); do kill -s "$1" "$pid" 2>/dev/null || true; done
}

# The demo stops its servers itself when it is given the time.
stop_all() {
  local turn
  signal_all TERM
  for turn in {1..60}; do
    [[ -n $(running) ]] || return 0
    [[ $turn -lt 40 ]] || signal_all KILL
    sleep 0.5
  done
  say "these processes could not be stopped: $(running | tr '\n' ' ')"
}

clean_up() {
  local status=$?
  trap - EXIT
  trap '' INT TERM HUP
  stop_all
  chmod -R u+w "$work" 2>/dev/null || true  # Go keeps modules read-only
  rm -rf --one-file-system "$work"
  if [[ $status == 0 ]]; then
    rm -f "$log"
  else
    tail -n 60 "$log" >&2 || true
    say "failed; the whole log is $log"
  fi
  exit "$status"
}
trap clean_up EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# Variables that say where tools and packages come from. Caches and the project's own variables are left out.
known_variables() {
  local name
  for name in $(compgen -e); do
    case ${name,,} in
      *cache* | pip_target | pip_prefix | npm_config_prefix | npm_config_userconfig) ;;
      path | term | lang | lc_* | tz | user | logname | shell | ci | debian_frontend | *_proxy) echo "$name" ;;
      *ca_bundle | *ca_certs | *ca_certs_file | *cainfo | *cert_file | *cert_dir) echo "$name" ;;
      pip_* | npm_config_* | pyenv_* | nvm_dir | rustup_*) echo "$name" ;;
      cargo_registr* | cargo_http_* | cargo_net_* | cargo_source_*) echo "$name" ;;
      goproxy | gosumdb | gonosumdb | gonoproxy | goprivate | goinsecure | goflags | gotoolchain | goroot) echo "$name" ;;
    esac
  done
}

# Programs that were built into a cache, by ./dev above all, are not on a newcomer's PATH.
path_without_caches() {
  local directory all kept=()
  IFS=: read -ra all <<<"$PATH"
  for directory in "${all[@]}"; do
    [[ $directory == "${XDG_CACHE_HOME:-$HOME/.cache}"/* ]] || kept+=("$directory")
  done
  (IFS=: && echo "${kept[*]}")
}

# first_file FILE...: the first that can be read.
first_file() {
  local file
  for file in "$@"; do
    [[ ! -r $file ]] || { echo "$file" && return; }
  done
}

# Where the caller's home directory says where packages come from, that file is used and nothing else from there.
configuration_of_caller() {
  local file
  file=$(first_file "${NPM_CONFIG_USERCONFIG:-$HOME/.npmrc}")
  [[ -z $file ]] || echo "NPM_CONFIG_USERCONFIG=$file"
  file=$(first_file "$HOME/.config/pip/pip.conf" "$HOME/.pip/pip.conf")
  [[ -z $file || -n ${PIP_CONFIG_FILE:-} ]] || echo "PIP_CONFIG_FILE=$file"
  file=$(first_file "${GOENV:-$HOME/.config/go/env}")
  [[ -z $file ]] || echo "GOENV=$file"
  [[ -n ${RUSTUP_HOME:-} || ! -d $HOME/.rustup ]] || echo "RUSTUP_HOME=$HOME/.rustup"
  [[ -n ${PYENV_ROOT:-} || ! -d $HOME/.pyenv ]] || echo "PYENV_ROOT=$HOME/.pyenv"
}

# Fills `environment` and the home directory: all that the commands find of this machine besides what is installed.
make_home() {
  local name file
  mkdir -p "$home/.cargo" "$home/tmp"
  chmod 711 "$work" "$home"  # a server of the demo may run as another user
  chmod 1777 "$home/tmp"
  file=$(first_file "${CARGO_HOME:-$HOME/.cargo}/config.toml" "${CARGO_HOME:-$HOME/.cargo}/config")
  [[ -z $file ]] || cp "$file" "$home/.cargo/config.toml"
  environment=()
  for name in $(known_variables); do environment+=("$name=${!name}"); done
  mapfile -t -O "${#environment[@]}" environment < <(configuration_of_caller)
  # Named where a file above may name others.
  environment+=("PATH=$(path_without_caches)" "HOME=$home" "XDG_CACHE_HOME=$home/.cache" "CARGO_HOME=$home/.cargo"
    "CCACHE_DIR=$home/.cache/ccache" "GOPATH=$home/go" "GOMODCACHE=$home/go/pkg/mod" "GOCACHE=$home/.cache/go-build"
    "PIP_CACHE_DIR=$home/.cache/pip" "npm_config_cache=$home/.npm" "TIDEGATE_DEV_TIMES=$work/times"
    "TIDEGATE_TEST_REQUIRE=mongodb,postgresql,s3,github")  # a missing server is a failure here
}

make_clone() {
  git clone --quiet --no-hardlinks . "$clone"
  git -C "$clone" checkout --quiet --detach "$(git rev-parse HEAD)"
  [[ $tree == yes ]] || return 0
  git -C "$clone" rm -r --quiet --force .
  # Deleted files are still listed; tar names them and goes on.
  { git ls-files -z --cached --others --exclude-standard | tar --null --files-from=- --create --ignore-failed-read; } |
    tar --directory "$clone" --extract
}

# The first code block of the README, without its comments.
readme_commands() {
  awk '/^```/ { if (inside) exit; inside = 1; next }
    inside { sub(/[[:space:]]*#.*/, ""); if ($0 != "") print }' "$clone/README.md"
}

commands() {
  local readme command
  mapfile -t readme < <(readme_commands)
  [[ " ${readme[*]} " == *"./dev demo"* ]] || fail "the first code block of README.md has no './dev demo'"
  for command in "${readme[@]}"; do
    [[ $which == all || $command == ./dev\ demo* ]] || continue
    echo "$command"
    [[ $command != "./dev demo" ]] || echo "$command --engine postgresql"
  done
}

# row TEXT SECONDS CPU_SECONDS
row() {
  awk -v text="$1" -v wall="$2" -v cpu="$3" 'BEGIN { printf "%-34s %9.1f %9.1f\n", text, wall, cpu }' >>"$work/table"
}

# report COMMAND SECONDS CPU: its row, those of its parts, and of the tests by label. The rest is the demo itself.
report() {
  local part wall cpu
  row "$1" "$2" "$3"
  awk -v rest="${1#./dev }" -v wall="$2" -v cpu="$3" '
    { print; wall -= $2; cpu -= $3 }
    END { sub(/ .*/, "", rest); if (rest == "demo") print rest, wall, cpu }' "$work/times" |
    while read -r part wall cpu; do row "  $part" "$wall" "$cpu"; done
  [[ $1 == "./dev test"* ]] || return 0
  awk '{ wall[$1] += $2; cpu[$1] += $3 } END { for (label in wall) print label, wall[label], cpu[label] }' \
    "$clone"/build/release/test-results/*.time | sort |
    while read -r part wall cpu; do row "    $part (side by side)" "$wall" "$cpu"; done
}

# follow COMMAND: in a process group of its own, its output in the log.
follow() {
  local command=$1 temporary=() began cpu
  # Not for tests, which keep servers' files in memory where nothing else is said.
  [[ $command != "./dev demo"* ]] || temporary=("TMPDIR=$home/tmp")
  say "$command"
  printf '\n$ %s\n' "$command" >>"$log"
  : >"$work/times"
  began=${EPOCHREALTIME/[.,]/} cpu=$(cpu_so_far)
  set -m
  (cd "$clone" && exec env -i "${environment[@]}" "${temporary[@]}" bash -c "$command") >>"$log" 2>&1 </dev/null &
  set +m
  wait $! || fail "'$command' ended with exit code $?"
  cpu=$(($(cpu_so_far) - cpu)) began=$(((${EPOCHREALTIME/[.,]/} - began) / 10000))
  report "$command" "$((began / 100)).$(printf %02d $((began % 100)))" "$((cpu / 100)).$(printf %02d $((cpu % 100)))"
  expect_nothing_left "$command"
}

expect_nothing_left() {
  local left
  left=$(running)
  [[ -z $left ]] || fail "'$1' left processes running: $(tr '\0' ' ' <"/proc/${left%%$'\n'*}/cmdline")"
  left=$(find "$home/tmp" -mindepth 1 | head -n 5)
  [[ -z $left ]] || fail "'$1' left files in its temporary directory: $left"
}

: >"$log"
say "the README's commands with an empty home directory and empty caches, in $clone (log: $log)"
make_home
make_clone
mapfile -t all_commands < <(commands)
[[ ${#all_commands[@]} -gt 0 ]] || exit 1
for each in "${all_commands[@]}"; do follow "$each"; done
printf '%-34s %9s %9s\n' part seconds 'CPU s'
cat "$work/table"

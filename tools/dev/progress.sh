# shellcheck shell=bash
# What ./dev shows while a command works that says nothing itself, and how long each part took. Sourced by ./dev.

progress_job=

# with_progress TEXT COMMAND...: on a terminal a line of its own with the seconds so far; elsewhere the text, once.
# The command runs in the foreground, so that Ctrl-C reaches it.
with_progress() {
  local text=$1 began=$SECONDS status=0
  shift
  if [[ ! -t 2 ]]; then
    say "$text"
    "$@"
    return
  fi
  show_progress "$text" &
  progress_job=$!
  "$@" || status=$?
  stop_progress
  say "$text: $((SECONDS - began)) s"
  return "$status"
}

# Ends with the shell that started it, also when that is killed.
show_progress() {
  local began=$SECONDS frames="|/-\\" turn=0
  while kill -0 $$ 2>/dev/null; do
    printf '\r\e[Kdev: %s %s %d s' "$1" "${frames:turn++ % 4:1}" $((SECONDS - began)) >&2
    sleep 0.2
  done
}

stop_progress() {
  [[ -n $progress_job ]] || return 0
  kill "$progress_job" 2>/dev/null || true
  wait "$progress_job" 2>/dev/null || true
  progress_job=
  printf '\r\e[K' >&2
}

# await_job TEXT PID: a background job of this shell. Says nothing when it has ended already.
await_job() {
  if kill -0 "$2" 2>/dev/null; then
    with_progress "$1" wait "$2"
  else
    wait "$2"
  fi
}

# In hundredths of a second: of all processes that this shell has waited for.
cpu_so_far() {
  local stat
  read -ra stat </proc/$$/stat
  echo $((stat[15] + stat[16]))
}

# timed PART COMMAND...: where TIDEGATE_DEV_TIMES names a file, a line is added to it: the part, its seconds and its
# CPU seconds, those of jobs included that end in it.
timed() {
  local part=$1 began cpu
  shift
  if [[ -z ${TIDEGATE_DEV_TIMES:-} ]]; then
    "$@"
    return
  fi
  began=${EPOCHREALTIME/[.,]/} cpu=$(cpu_so_far)
  "$@"
  printf '%s %d %d\n' "$part" $(((${EPOCHREALTIME/[.,]/} - began) / 10000)) $(($(cpu_so_far) - cpu)) |
    awk '{ printf "%s %.2f %.2f\n", $1, $2 / 100, $3 / 100 }' >>"$TIDEGATE_DEV_TIMES"
}

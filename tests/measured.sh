#!/usr/bin/env bash
# Runs one entry of ctest and notes how long it took: measured.sh RESULTS LABEL NAME COMMAND...
#   RESULTS/NAME.time   LABEL and the seconds, wall and CPU (of servers too, once they have ended)
#   RESULTS/NAME.json   what GoogleTest says of each test, where the command is a program of it
results=$1 label=$2 name=$3
shift 3
mkdir -p "$results"
export GTEST_OUTPUT=json:$results/$name.json
TIMEFORMAT='%R %U %S'
{ time "$@" 2>&3; } 3>&2 2>"$results/$name.time"
status=$?
# After the shell's own words about a signal, where there are any.
read -r wall user system < <(tail -n 1 "$results/$name.time")
awk -v label="$label" -v wall="${wall/,/.}" -v user="${user/,/.}" -v sys="${system/,/.}" \
  'BEGIN { printf "%s %.2f %.2f\n", label, wall, user + sys }' >"$results/$name.time"
[[ $status -le 128 ]] || kill -s $((status - 128)) $$  # a crash is told as one
exit "$status"

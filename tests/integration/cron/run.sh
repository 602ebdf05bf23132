#!/usr/bin/env bash
# The cron parser against two npm ones, and Kubernetes' own where Go is at hand: run.sh NEXT_TIMES WORK_DIRECTORY. Exit code 77: skipped.
set -euo pipefail

program=$1
work=$2
here=$(dirname "$(readlink -f "$0")")

skip() {
  if [[ ,${TIDEGATE_TEST_REQUIRE:-}, == *,npm,* ]]; then
    echo "FAILED: $1 (TIDEGATE_TEST_REQUIRE asks for npm)" >&2
    exit 1
  fi
  echo "SKIPPED: the cron parser was not compared with others: $1" >&2
  exit 77
}

command -v node >/dev/null || skip 'node is not installed'
command -v npm >/dev/null || skip 'npm is not installed'
mkdir -p "$work"
cp "$here"/*.mjs "$here"/package.json "$here"/package-lock.json "$work"
cd "$work"
npm ci --ignore-scripts --no-audit --no-fund --loglevel=error || skip 'npm ci could not install the other parsers'
robfig=
if command -v go >/dev/null; then
  if (cd "$here/robfig" && go build -o "$work/robfig" .); then
    robfig=$work/robfig
  else
    skip "go could not build Kubernetes' own parser"
  fi
fi
node compare.mjs "$program" "$robfig"

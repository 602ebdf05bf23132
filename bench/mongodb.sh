#!/usr/bin/env bash
# ./dev bench mongodb --uri URI [--size 200MB] [--repeat 3] [--json FILE]
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
exec build/release/bench/tidegate_bench_mongodb --program build/release/tidegate "$@"

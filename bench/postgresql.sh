#!/usr/bin/env bash
# ./dev bench postgresql [--uri URI] [--size 300MB] [--repeat 3] [--json FILE]
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
exec build/release/bench/tidegate_bench_postgresql --program build/release/tidegate "$@"

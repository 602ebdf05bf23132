#!/usr/bin/env bash
# Installs the packages that tests need from npm: install.sh DIRECTORY. Once for each package-lock.json, by one process at a time.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
mkdir -p "$1"
cd "$1"
exec 9>lock
flock 9
if ! cmp -s "$here/package-lock.json" installed; then
  cp "$here/package.json" "$here/package-lock.json" .
  npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
  cp package-lock.json installed
fi

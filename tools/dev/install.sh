#!/usr/bin/env bash
# Installs a built program with all that belongs to it: the demo, debug information, man page, completions, licence.
#   tools/dev/install.sh BUILD_DIRECTORY [PREFIX]     PREFIX is /usr/local; DESTDIR is obeyed
set -euo pipefail

build=$(readlink -f "$1")
prefix=${2:-/usr/local}
[[ $prefix == /* ]] || {
  echo "install: PREFIX must be an absolute path, and '$prefix' is not" >&2
  exit 2
}
root=${DESTDIR:-}$prefix
program=$build/tidegate
source_directory=$(readlink -f "$(dirname "$(readlink -f "$0")")/../..")

# put FILE PLACE [MODE]: each file appears whole, also over a program that is running.
put() {
  local place=$root/$2
  install -D -m "${3:-644}" "$1" "$place.new"
  mv -f "$place.new" "$place"
  echo "$place"
}

made=$(mktemp -d)
trap 'rm -r "$made"' EXIT
"$source_directory/tools/dev/man_page.sh" "$program" >"$made/tidegate.1"
for shell in bash zsh fish; do "$program" completion "$shell" >"$made/$shell"; done

# put_program FILE PLACE: with its debug information, where gdb and lldb look for what .gnu_debuglink names.
put_program() {
  put "$1" "$2" 755
  [[ ! -f $1.debug ]] || put "$1.debug" "$(dirname "$2")/.debug/$(basename "$2").debug"
}
put_program "$program" bin/tidegate
put_program "$program-demo" libexec/tidegate/tidegate-demo
put "$made/tidegate.1" share/man/man1/tidegate.1
put "$made/bash" share/bash-completion/completions/tidegate
put "$made/zsh" share/zsh/site-functions/_tidegate
put "$made/fish" share/fish/vendor_completions.d/tidegate.fish
put "$source_directory/LICENSE" share/doc/tidegate/copyright

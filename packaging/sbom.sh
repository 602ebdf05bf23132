#!/usr/bin/env bash
# Prints what an image consists of, as CycloneDX: the Debian packages on standard input, of which files are in it, and
# those whose headers or static libraries were compiled into the program.
#   packaging/sbom.sh VARIANT BUILD_DIRECTORY <PACKAGES
set -euo pipefail
variant=$1 build=$2
# shellcheck source=/dev/null
distribution=$(source /etc/os-release && echo "$ID-$VERSION_ID")
version=$("$build/tidegate" version | awk 'NR == 1 {print $2}')
taken=$(date --utc --date="@${SOURCE_DATE_EPOCH:-0}" +%Y-%m-%dT%H:%M:%SZ)

compiled_in() {
  ninja -C "$build" -t deps | sed -n 's|^    \(/usr/.*\)|\1|p' | xargs -r realpath | sort -u |
    xargs -r dpkg-query -S 2>/dev/null | sed 's/: .*//; s/:.*//' | sort -u || true
}

# components HOW: one for each package on standard input.
components() {
  # shellcheck disable=SC2016
  xargs -r dpkg-query -W -f '${Package}\t${Version}\t${Architecture}\t${source:Package}\t${source:Version}\n' |
    awk -F'\t' -v how="$1" -v distribution="$distribution" '
      function escaped(text) { gsub(/%/, "%25", text); gsub(/\+/, "%2B", text); gsub(/:/, "%3A", text); return text }
      {
        purl = "pkg:deb/debian/" escaped($1) "@" escaped($2) "?arch=" $3 "&distro=" distribution
        if ($1 != $4) purl = purl "&upstream=" escaped($4 "@" $5)
        printf "    {\"type\": \"library\", \"bom-ref\": \"%s: %s\", \"name\": \"%s\", \"version\": \"%s\",\n", how, $1, $1, $2
        printf "     \"purl\": \"%s\",\n", purl
        printf "     \"properties\": [{\"name\": \"tidegate:how\", \"value\": \"%s\"}]},\n", how
      }'
}

cat <<EOF
{
  "\$schema": "http://cyclonedx.org/schema/bom-1.5.schema.json",
  "bomFormat": "CycloneDX",
  "specVersion": "1.5",
  "version": 1,
  "metadata": {
    "timestamp": "$taken",
    "component": {"type": "container", "bom-ref": "image", "name": "tidegate-$variant", "version": "$version"}
  },
  "components": [
$(components 'in the image')
$(compiled_in | components 'compiled into the program')
    {"type": "application", "bom-ref": "tidegate", "name": "tidegate", "version": "$version",
     "licenses": [{"license": {"id": "Apache-2.0"}}]}
  ]
}
EOF

#!/usr/bin/env bash
# Installs, on Debian as root, what it takes to build the program and what an image takes over.
#   packaging/install-packages.sh
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
# shellcheck source-path=SCRIPTDIR/.. source=tools/dev/packages.sh
source tools/dev/packages.sh

# Manual pages and documentation stay out, but for the licences, which go with the programs.
printf 'path-exclude=%s\n' '/usr/share/man/*' '/usr/share/locale/*' '/usr/share/doc/*' \
  >/etc/dpkg/dpkg.cfg.d/tidegate
printf 'path-include=%s\n' '/usr/share/doc/*/copyright' >>/etc/dpkg/dpkg.cfg.d/tidegate
printf 'force-unsafe-io\n' >>/etc/dpkg/dpkg.cfg.d/tidegate

apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends \
  "${packages_build[@]}" "${packages_runtime[@]}"
rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin /var/cache/apt/archives/*.deb

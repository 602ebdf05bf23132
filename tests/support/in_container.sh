#!/usr/bin/env bash
# Runs a command line in an image's root file system as a container engine would: processes and mounts of its own, the
# root read-only, /tmp in memory, as a user with no capabilities and no way to new ones. The network is this machine's.
# As root; all of it dies with this process.
#   tests/support/in_container.sh ROOT USER:GROUP [DIRECTORY_HERE:DIRECTORY_THERE]... -- COMMAND...
set -euo pipefail
# shellcheck disable=SC2016
exec unshare --mount --pid --ipc --uts --fork --kill-child bash -euc '
  root=$1 user=$2
  shift 2
  mount --bind "$root" "$root"
  mount -t tmpfs -o mode=1777,size=64m,nosuid,nodev tmpfs "$root/tmp"
  mount -t proc -o nosuid,nodev,noexec proc "$root/proc"
  mount -t tmpfs -o mode=755,size=64k tmpfs "$root/dev"
  for device in null zero full random urandom; do
    : >"$root/dev/$device"
    mount --bind "/dev/$device" "$root/dev/$device"
  done
  mkdir "$root/dev/shm"
  mount -t tmpfs -o mode=1777,size=64m,nosuid,nodev tmpfs "$root/dev/shm"
  while [[ $1 != -- ]]; do
    mkdir -p "$root/${1#*:}"
    mount --bind "${1%%:*}" "$root/${1#*:}"
    shift
  done
  shift
  mount -o remount,bind,ro "$root"
  cd "$root"
  exec setpriv --no-new-privs /usr/sbin/chroot --userspec="$user" --groups= "$root" "$@"' \
  in_container "$@"

# shellcheck shell=bash disable=SC2016,SC2154
# What rendered manifests are put to in ./dev ci alone, since it takes minutes to build, once a machine: a Kubernetes API
# server with its store, and Kyverno's command line. Sourced by ./dev, after checkers.sh.

kubernetes_version=v1.37.2
kyverno_version=v1.19.1

# Taken out of its package, which would start a server on a person's machine.
fetch_etcd() {
  local work
  work=$(mktemp -d)
  as_root apt-get update -qq
  (cd "$work" && apt-get download -qq etcd-server && dpkg-deb -x etcd-server_*.deb .) &&
    install -D -m 0755 "$work/usr/bin/etcd" "$checkers_cache/bin/etcd" || return 1
  rm -r "$work"
}

# need_checker NAME COMMAND...: unless it is there.
need_checker() {
  local name=$1
  if command -v "$name" >/dev/null || [[ -x $checkers_cache/bin/$name ]]; then return; fi
  say "getting $name, once a machine (up to ten minutes; log: $checkers_cache/$name.log)"
  "${@:2}" >"$checkers_cache/$name.log" 2>&1 || fail "there is no $name; see $checkers_cache/$name.log"
}

need_cluster() {
  have_go || fail "building an API server needs Go $s3_oldest_go or newer"
  mkdir -p "$checkers_cache"
  exec 8>"$checkers_cache/lock"
  flock 8  # two checkouts may ask at the same moment
  need_checker etcd fetch_etcd
  need_checker kube-apiserver tools/dev/build_go_program.sh k8s.io/kubernetes "$kubernetes_version" \
    k8s.io/kubernetes/cmd/kube-apiserver "$checkers_cache"
  need_checker kubectl-kyverno tools/dev/build_go_program.sh github.com/kyverno/kyverno "$kyverno_version" \
    github.com/kyverno/kyverno/cmd/cli/kubectl-kyverno "$checkers_cache"
  exec 8>&-
}

# After do_test, whose rendered manifests these are.
check_on_cluster() {
  need_cluster
  tests/integration/manifests/cluster.sh build/release/tests/manifests
}

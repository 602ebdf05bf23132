#!/usr/bin/env bash
# Checks the files that `tidegate render` writes against a real Kubernetes API server and Kyverno's own command line:
#   cluster.sh WORK_DIRECTORY                  where run.sh has left what it rendered
# There are no nodes and no controllers in it. ./dev ci runs it, which builds both (tools/dev/cluster.sh). What is started
# listens on this machine alone and ends with this script.
set -euo pipefail

work=$(readlink -f "$1")
export TIDEGATE_SCHEMAS=${TIDEGATE_SCHEMAS:-$(dirname "$(readlink -f "$0")")/../../../../shared/schemas}
export PATH="$PATH:${XDG_CACHE_HOME:-$HOME/.cache}/tidegate/checkers/bin"
fail() {
  echo "FAILED: $*" >&2
  exit 1
}
for tool in etcd kube-apiserver kubectl-kyverno openssl python3 node; do
  command -v "$tool" >/dev/null || fail "$tool is not installed"
done
[[ -f $TIDEGATE_SCHEMAS/kinds.json ]] || fail "there is no $TIDEGATE_SCHEMAS (TIDEGATE_SCHEMAS names another place)"
[[ -f $work/objects.json ]] || fail "there is no $work/objects.json; run.sh writes it"

state=$(mktemp -d)
started=()
stop() {
  [[ ${#started[@]} == 0 ]] || kill -KILL "${started[@]}" 2>/dev/null || true
  wait 2>/dev/null
  rm -r "$state"
}
trap stop EXIT
trap 'exit 130' INT TERM

# start NAME ARGUMENT...
start() {
  "$@" &>"$state/$1.log" &
  started+=($!)
}

free_ports() {
  python3 -c '
import socket
sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(3)]
print(*(each.getsockname()[1] for each in sockets))'
}

start_servers() {
  local etcd peers store=http://127.0.0.1 token
  read -r etcd peers api < <(free_ports)
  start etcd --data-dir "$state/etcd" --unsafe-no-fsync --log-level warn \
    --listen-client-urls "$store:$etcd" --advertise-client-urls "$store:$etcd" \
    --listen-peer-urls "$store:$peers" --initial-advertise-peer-urls "$store:$peers" --initial-cluster "default=$store:$peers"
  token=$(openssl rand -hex 16)
  echo "$token,admin,admin,system:masters" >"$state/tokens"
  openssl genrsa -out "$state/accounts.key" 2048 2>/dev/null
  start kube-apiserver --etcd-servers="$store:$etcd" --bind-address=127.0.0.1 --secure-port="$api" \
    --advertise-address=127.0.0.1 --endpoint-reconciler-type=none --cert-dir="$state/certificates" \
    --token-auth-file="$state/tokens" --authorization-mode=AlwaysAllow --service-cluster-ip-range=10.0.0.0/24 \
    --disable-admission-plugins=ServiceAccount --service-account-issuer=https://127.0.0.1 \
    --service-account-key-file="$state/accounts.key" --service-account-signing-key-file="$state/accounts.key"
  cat >"$state/kubeconfig" <<END
apiVersion: v1
kind: Config
clusters: [{name: test, cluster: {server: "https://127.0.0.1:$api", certificate-authority: "$state/certificates/apiserver.crt"}}]
users: [{name: admin, user: {token: "$token"}}]
contexts: [{name: test, context: {cluster: test, user: admin}}]
current-context: test
END
  export KUBECONFIG=$state/kubeconfig
}

all_run() {
  local process
  for process in "${started[@]}"; do kill -0 "$process" 2>/dev/null || return 1; done
}

wait_until_ready() {
  local deadline=$((SECONDS + 120))
  until "$work/kubectl/kubectl" get --raw /readyz &>/dev/null; do
    if ! all_run || ((SECONDS > deadline)); then
      tail -n 20 "$state"/*.log >&2
      fail 'the API server did not become ready'
    fi
    sleep 0.5
  done
}

start_servers
wait_until_ready
cp "$(dirname "$(readlink -f "$0")")"/*.mjs "$work"
node "$work/cluster.mjs" "$work" "$state"

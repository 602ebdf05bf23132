# shellcheck shell=bash disable=SC2034
# Debian packages, in the groups in which the commands of ./dev need them. Sourced by ./dev.

# Bookworm's default is 1.74, and it has 1.81 beside it; later releases have only their default.
boost_package() {
  if grep -q '^VERSION_ID="12"' /etc/os-release; then echo libboost1.81-dev; else echo libboost-dev; fi
}

packages_build=(g++ cmake ninja-build ccache pkg-config libmongoc-dev libbson-dev libcli11-dev libyaml-cpp-dev
  nlohmann-json3-dev libspdlog-dev libfmt-dev libsqlitecpp-dev libsqlite3-dev libssl-dev
  libpq-dev postgresql-client libcurl4-openssl-dev "$(boost_package)" libpugixml-dev libzstd-dev zlib1g-dev
  prometheus-cpp-dev libkainjow-mustache-dev libxxhash-dev)
packages_test=(libgtest-dev libgmock-dev git openssh-client python3 python3-asyncssh python3-pexpect python3-yaml
  postgresql shellcheck unzip lua5.4)
packages_postgresql=(postgresql)
packages_image=(mmdebstrap umoci python3)
packages_runtime=(postgresql-client git ca-certificates tzdata)  # what an image takes over besides libraries
packages_fuzz=(clang-14 libclang-rt-14-dev)
packages_python=(python3 python3-venv)
packages_quality=(clang-format-14 clang-tidy-14 shellcheck git python3)

# missing_packages NAME...: those that are not installed, one a line.
missing_packages() {
  local name
  for name in "$@"; do
    [[ $(dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null) == installed ]] || echo "$name"
  done
}

as_root() {
  if [[ $(id -u) == 0 ]]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    fail "this needs root, and there is no sudo: $*"
  fi
}

install_packages() {
  as_root apt-get update -qq &&
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$@" >/dev/null
}

# need_packages GROUP...: installs what is missing of packages_GROUP; says nothing where nothing is.
need_packages() {
  if ! command -v dpkg-query >/dev/null; then
    say "this is not Debian: taking it that the equivalents of the packages in tools/dev/packages.sh are there"
    return
  fi
  local group wanted=() missing
  for group in "$@"; do
    local -n names="packages_$group"
    wanted+=("${names[@]}")
  done
  mapfile -t missing < <(missing_packages "${wanted[@]}" | sort -u)
  [[ ${#missing[@]} -gt 0 ]] || return 0
  say "missing Debian packages: ${missing[*]}"
  with_progress "installing ${#missing[@]} Debian packages (a minute or two)" install_packages "${missing[@]}"
}

# need_node: for the code host that tests run against, which npm installs. Not a package of a group, since many have
# node from elsewhere, beside which Debian's cannot be installed.
need_node() {
  command -v npm >/dev/null || ! command -v apt-get >/dev/null || {
    with_progress "installing node and npm (a minute or two)" install_packages nodejs npm
  }
}

# Sourced by scripts that build: makes a Debian or Ubuntu machine with Swift ready to build.
# Installs only what is missing, and says so. `root` is the folder of the repository afterwards.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

fail() {
  echo "$(basename "$0"): $*" >&2
  exit 2
}

# Runs a command as root.
as_root() {
  if ((EUID == 0)); then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    fail "needs root to run: $*"
  fi
}

# Prints the Debian packages that the build needs and that are not there. What another MPI or a
# module system provides counts, so programs are looked for rather than packages.
missing_packages() {
  command -v pkg-config >/dev/null || echo pkg-config
  pkg-config --exists libcrypto 2>/dev/null || echo libssl-dev
  pkg-config --exists zlib 2>/dev/null || echo zlib1g-dev
  if [[ ${UNFOLD_MPI:-} == mpich ]]; then
    pkg-config --exists mpich 2>/dev/null || echo libmpich-dev
    command -v mpiexec.mpich >/dev/null || command -v mpiexec.hydra >/dev/null || echo mpich
  else
    pkg-config --exists "${UNFOLD_MPI:-ompi-c}" 2>/dev/null || echo libopenmpi-dev
    command -v mpirun >/dev/null || command -v mpiexec >/dev/null || echo openmpi-bin
  fi
}

install_missing() {
  local packages
  mapfile -t packages < <(missing_packages)
  ((${#packages[@]} > 0)) || return 0
  command -v apt-get >/dev/null ||
    fail "needs ${packages[*]}, and installs them only where there is apt-get; please install them"
  echo "$(basename "$0"): installing ${packages[*]}" >&2
  as_root timeout 300 apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive \
    timeout 600 apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null
}

# A shell that no login has prepared may not know where Swift is.
find_swift() {
  command -v swift >/dev/null && return
  local folder
  for folder in /opt/*/usr/bin /usr/local/*/usr/bin "$HOME/.local/share/swiftly/bin"; do
    if [[ -x $folder/swift ]]; then
      PATH=$folder:$PATH
      return
    fi
  done
  fail 'needs Swift 6.1 or later; https://www.swift.org/install tells how to install it'
}

find_swift
install_missing
cd "$root"

#!/usr/bin/env bash
# A folder and a tar.gz of it that run on other machines of this architecture with Open MPI and without
# Swift: the program with Swift's libraries inside, the launch scripts, the configs.
set -euo pipefail
started_in=$PWD

usage() {
  cat <<'TEXT'
usage: launch/package.sh [--output FOLDER]

Writes FOLDER/unfold-ARCHITECTURE and FOLDER/unfold-ARCHITECTURE.tar.gz (default: runs/package), and
says what the other machine must have. Builds in .build-package. The oldest system that a package runs
on is the one it is built on: build on the oldest that you have.
TEXT
}

output=''
while (($# > 0)); do
  case $1 in
    --output)
      (($# > 1)) || { echo 'package.sh: --output needs a folder' >&2 && exit 2; }
      output=$(realpath --canonicalize-missing "$2")
      shift
      ;;
    --help | -h) usage && exit 0 ;;
    *) echo "package.sh: unknown option $1; --help shows those there are" >&2 && exit 2 ;;
  esac
  shift
done
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
output=${output:-$root/runs/package}
for tool in readelf strip; do
  command -v "$tool" >/dev/null || fail "needs $tool; on Debian: apt-get install binutils"
done

echo 'package.sh: building' >&2
timeout 2400 swift build -c release --static-swift-stdlib --disable-local-rpath \
  --scratch-path .build-package --product unfold

# --- The folder

name=unfold-$(uname -m)
package=$output/$name
[[ ! -e $package || -e $package/bin/unfold ]] || fail "$package is there, and is no package"
rm -rf "$package"
mkdir -p "$package/bin" "$package/launch"
strip -o "$package/bin/unfold" .build-package/release/unfold
cp launch/mpirun.sh launch/supervise.sh launch/slurm.sbatch launch/mpijob.yaml "$package/launch"
cp -r configs "$package"
cp -r launch/package/. "$package"
program=$package/bin/unfold

# --- What it needs

# Libraries by the names that the loader looks for.
needed() { readelf --dynamic "$program" | sed -nE 's/.*\(NEEDED\).*\[(.*)\]/\1/p'; }
# A folder that is compiled in is one of this machine's.
! readelf --dynamic "$program" | grep -E '\((RPATH|RUNPATH)\)' >&2 ||
  fail 'the program looks for libraries in the folders above, which are those of this machine'
! needed | grep -E '^lib(swift|Foundation|dispatch|BlocksRuntime|_Internationalization)' >&2 ||
  fail 'the program needs the libraries of Swift above'
glibc=$(readelf --version-info "$program" | grep -oE 'GLIBC_[0-9.]+' | sort -uV | tail -n 1)
{
  echo
  echo '## What this package needs'
  echo
  echo "Architecture $(uname -m), glibc ${glibc#GLIBC_} or later, and these libraries:"
  echo
  needed | sed 's/.*/- `&`/'
} >>"$package/README.md"

# --- Does it run, how large is it, how soon is it there

# Without what this shell knows of Swift.
run() { env -i PATH=/usr/local/bin:/usr/bin:/bin "$program" "$@"; }
run --help >/dev/null || fail "$program does not run here"
TIMEFORMAT=%R
seconds=$({ time run keys >/dev/null; } 2>&1)
tar --create --gzip --file "$output/$name.tar.gz" --owner=0 --group=0 --directory "$output" "$name"

shown() { realpath --no-symlinks --relative-to="$started_in" "$1"; }
size() { du --apparent-size --block-size=1M --summarize "$1" | cut -f 1; }
cat <<TEXT
$(shown "$package"): $(size "$package") MB, as $(shown "$output/$name.tar.gz") $(size "$output/$name.tar.gz") MB
starts in $seconds s
needs glibc ${glibc#GLIBC_} or later, and $(needed | paste -sd ' ')
TEXT

#!/usr/bin/env bash
# Damaged files, handed to everything that reads files, under AddressSanitizer.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: launch/fuzz.sh [--inputs N] [--seed S] [--reader NAME] [--replay]

  --inputs N     how many, shared out among the readers (default: 1000000)
  --seed S       what the inputs follow from (default: 1)
  --reader NAME  only this one: configuration, saved-configuration, override, sequences-classes, …
  --replay       only what was found before, in Tests/Reference/fuzz

A crash, an access beyond memory, an allocation of more than 1 GiB, 2 seconds for one input, a message
of several lines, or a wrong number that is taken is a find: its input is kept in .build/fuzz, in a
folder of its reader's name, and the exit code is not 0. A file that is mended goes to
Tests/Reference/fuzz, which every test run reads.
TEXT
}

options=()
replay=''
while (($# > 0)); do
  case $1 in
    --inputs | --seed | --reader)
      (($# > 1)) || { echo "fuzz.sh: $1 needs a value; --help shows how" >&2 && exit 2; }
      options+=("$1" "$2")
      shift
      ;;
    --replay) replay=yes ;;
    --help | -h) usage && exit 0 ;;
    *) echo "fuzz.sh: unknown option $1; --help shows those there are" >&2 && exit 2 ;;
  esac
  shift
done
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

[[ -z $replay ]] || options+=(--replay "$root/Tests/Reference/fuzz")
build=(swift build -c release --sanitize=address --scratch-path .build-sanitize --product ReaderFuzz)
"${build[@]}" >&2
program=$("${build[@]}" --show-bin-path)/ReaderFuzz

memory=/dev/shm
[[ -w $memory ]] || memory=${TMPDIR:-/tmp}
scratch=$(mktemp -d "$memory/unfold-fuzz.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
finds=$root/.build/fuzz

# MPI keeps memory until the process ends. Freed memory is not kept for long, for there are many inputs.
export ASAN_OPTIONS=exitcode=99:detect_leaks=0:max_allocation_size_mb=1024:quarantine_size_mb=32
export SWIFT_BACKTRACE=interactive=no,color=no
code=0
"$program" --scratch "$scratch" --finds "$finds" "${options[@]}" || code=$?

# Whatever ended the program left the input behind, below a line with reader, number and seed.
if ((code > 1)) && [[ -s $scratch/current ]]; then
  read -r reader number seed <"$scratch/current" || true
  mkdir -p "$finds/$reader"
  kept=$finds/$reader/$number${seed:+-$seed}
  tail -n +2 "$scratch/current" >"$kept"
  echo "fuzz.sh: ended with $code while $reader read $kept" >&2
fi
exit "$code"

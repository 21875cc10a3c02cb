# Sourced by launch/compare.sh and launch/sweep.sh: what they share.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
executable=${UNFOLD_EXECUTABLE:-$root/.build/release/unfold}
script=$(basename "$0")

fail() {
  echo "$script: $*" >&2
  exit 2
}

# Fails unless every word of a list is a whole number above 0.
require_counts() { # option words
  local word
  [[ -n ${2// /} ]] || fail "$1: expected whole numbers above 0, got none"
  for word in $2; do
    [[ $word =~ ^[1-9][0-9]*$ ]] || fail "$1: expected whole numbers above 0, got \`$word\`"
  done
}

# Fails unless a workload of the benchmarks has that name.
require_workload() { # name
  [[ -r $root/configs/bench-$1.yaml ]] || fail "no such workload: $1; see --help"
}

# Prints where a picture goes, in a folder that is there: what the option gave, or the default;
# nothing without gnuplot.
picture() { # option given default
  local path=${2:-$3}
  if command -v gnuplot >/dev/null; then
    mkdir -p "$(dirname "$path")"
    echo "$path"
  elif [[ -n $2 ]]; then
    fail "$1 needs gnuplot"
  fi
}

require_executable() {
  [[ -x $executable ]] || fail "$executable is not there; build it with: swift build -c release"
}

# Sets `python` to one that has PyTorch: UNFOLD_PYTHON, or that of .venv, made if it is not there.
find_pytorch() {
  python=${UNFOLD_PYTHON:-$root/.venv/bin/python3}
  if [[ -z ${UNFOLD_PYTHON:-} && ! -x $python ]]; then
    python3 -m venv "$root/.venv" || fail 'cannot make .venv; on Debian install python3-venv'
  fi
  if ! "$python" -c 'import torch' 2>/dev/null; then
    [[ -z ${UNFOLD_PYTHON:-} ]] || fail "UNFOLD_PYTHON ($python) has no torch"
    echo "$script: installing PyTorch into .venv" >&2
    "$python" -m pip install --quiet torch numpy >&2
  fi
}

# Prints figures of one measurement, separated by commas; the JSON comes on standard input. A name
# may lead into the JSON, as in milliseconds.forward.
figures() { # name…
  "$python" -c '
import functools, json, sys
figures = json.load(sys.stdin)
find = lambda name: functools.reduce(lambda part, key: part.get(key, {}), name.split("."), figures)
print(*(find(name) or "" for name in sys.argv[1:]), sep=",")
' "$@"
}

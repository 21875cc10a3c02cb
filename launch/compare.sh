#!/usr/bin/env bash
# Compares the speed of Unfold's training step with PyTorch's, on this machine, in one run.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: launch/compare.sh [OPTION]…

  --workloads "A B"   some of: zaremba-small zaremba-medium char-512 char-128 gru-128 elman-256
                      (default: all six)
  --threads "1 2"     numbers of threads to measure (default: 1 and 2, or 1 on one core)
  --rounds N          how often both programs are measured, turn about (default: 5)
  --steps N           steps that one measurement takes the median of (default: 30)
  --csv FILE          where every measurement is written (default: runs/compare.csv)
  --markdown          print the table as Markdown
  --chart FILE.svg    draw a bar chart as well; needs gnuplot

The two programs run alternately, so that a change of the machine's speed meets both. The executable
is .build/release/unfold, or UNFOLD_EXECUTABLE. PyTorch is that of UNFOLD_PYTHON, a Python that has
it, or else is installed into .venv, which takes some gigabytes; nothing else is installed.
TEXT
}

fail() {
  echo "compare.sh: $*" >&2
  exit 2
}

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
executable=${UNFOLD_EXECUTABLE:-$root/.build/release/unfold}

# --- The command line

workloads='zaremba-small zaremba-medium char-512 char-128 gru-128 elman-256'
threads='1 2'
(($(nproc) > 1)) || threads=1
rounds=5 steps=30 csv=$root/runs/compare.csv chart='' table_options=()

while (($# > 0)); do
  option=$1
  shift
  case $option in
    --workloads | --threads | --rounds | --steps | --csv | --chart)
      (($# > 0)) || fail "$option needs a value; --help shows how"
      value=$1
      shift
      ;;&
    --workloads) workloads=$value ;;
    --threads) threads=$value ;;
    --rounds) rounds=$value ;;
    --steps) steps=$value ;;
    --csv) csv=$value ;;
    --chart) chart=$value ;;
    --markdown) table_options+=(--markdown) ;;
    --help | -h)
      usage
      exit 0
      ;;
    *) fail "unknown option $option; --help lists them" ;;
  esac
done

[[ $rounds =~ ^[1-9][0-9]*$ ]] || fail "--rounds: expected a whole number above 0, got \`$rounds\`"
[[ $steps =~ ^[1-9][0-9]*$ ]] || fail "--steps: expected a whole number above 0, got \`$steps\`"
for workload in $workloads; do
  [[ -r $root/configs/bench-$workload.yaml ]] || fail "no such workload: $workload; see --help"
done
for count in $threads; do
  [[ $count =~ ^[1-9][0-9]*$ ]] || fail "--threads: expected whole numbers above 0, got \`$count\`"
done
[[ -x $executable ]] || fail "$executable is not there; build it with: swift build -c release"

# --- PyTorch

python=${UNFOLD_PYTHON:-$root/.venv/bin/python3}
if [[ -z ${UNFOLD_PYTHON:-} && ! -x $python ]]; then
  python3 -m venv "$root/.venv" || fail 'cannot make .venv; on Debian install python3-venv'
fi
if ! "$python" -c 'import torch' 2>/dev/null; then
  [[ -z ${UNFOLD_PYTHON:-} ]] || fail "UNFOLD_PYTHON ($python) has no torch"
  echo 'compare.sh: installing PyTorch into .venv' >&2
  "$python" -m pip install --quiet torch numpy >&2
fi

# --- Measurements

mkdir -p "$(dirname "$csv")"
echo 'workload,threads,program,round,tokens_per_second,fraction_of_peak,peak_rss_bytes' >"$csv"

# Appends one measurement: the figures come as JSON on standard input.
record() { # workload threads program round
  "$python" -c '
import json, sys
figures = json.load(sys.stdin)
names = ["tokens_per_second", "fraction_of_peak", "peak_rss_bytes"]
print(*sys.argv[1:], *(figures.get(name, "") for name in names), sep=",")
' "$@" >>"$csv"
}

for workload in $workloads; do
  for count in $threads; do
    for ((round = 1; round <= rounds; round++)); do
      echo "compare.sh: $workload, $count thread(s), round $round of $rounds" >&2
      "$executable" bench step "$root/configs/bench-$workload.yaml" \
        --workers "$count" --steps "$steps" --json | record "$workload" "$count" unfold "$round"
      "$python" "$root/launch/pytorch_bench.py" --workload "$workload" \
        --threads "$count" --steps "$steps" | record "$workload" "$count" pytorch "$round"
    done
  done
done

# --- What came out

"$python" "$root/launch/compare_table.py" "$csv" ${table_options[@]+"${table_options[@]}"}
echo "compare.sh: every measurement is in $csv" >&2
if [[ -n $chart ]]; then
  command -v gnuplot >/dev/null || fail '--chart needs gnuplot'
  summary=$(mktemp)
  trap 'rm -f "$summary"' EXIT
  "$python" "$root/launch/compare_table.py" "$csv" --tabs >"$summary"
  gnuplot -e "summary = '$summary'; chart = '$chart'" "$root/launch/compare.gnuplot"
  echo "compare.sh: the chart is in $chart" >&2
fi

#!/usr/bin/env bash
# Measures the training step over hidden widths, streams and window lengths, beside PyTorch's.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/pytorch.sh"

usage() {
  cat <<'TEXT'
usage: launch/sweep.sh [OPTION]…

  --workload NAME        what is measured, with one layer of other sizes: zaremba-small
                         zaremba-medium char-512 char-128 gru-128 elman-256 amp-16 amp-40 sysid-40
                         sysid-gru-32 hydro-128 rul-64 (default: char-128)
  --hidden "32 1024"     hidden widths (default: 8 32 128 512 1024)
  --streams "1 128"      streams (default: 1 8 32)
  --time-steps "10 200"  window lengths (default: 10 50 200 1000)
  --threads N            threads of each program (default: 2, or 1 on one core)
  --rounds N             how often both programs are measured, turn about (default: 3)
  --steps N              steps that one measurement takes the median of (default: 5)
  --csv FILE             where every measurement is written (default: runs/sweep.csv)
  --markdown             print the tables as Markdown
  --map FILE.svg         the heat map (default: runs/sweep.svg, if there is gnuplot)

Prints how many times as fast as PyTorch's step Unfold's is, the median of the rounds; and for one
stream, where each time step reads all recurrent weights for one row, how fast it reads them beside
what `unfold bench kernels` finds that the cores can read. The executable and PyTorch are those of
launch/compare.sh.
TEXT
}

# --- The command line

workload=char-128 hidden='8 32 128 512 1024' streams='1 8 32' time_steps='10 50 200 1000'
threads=2 rounds=3 steps=5 csv=$root/runs/sweep.csv map='' table_options=()
(($(nproc) > 1)) || threads=1

while (($# > 0)); do
  option=$1
  shift
  case $option in
    --workload | --hidden | --streams | --time-steps | --threads | --rounds | --steps | --csv | --map)
      (($# > 0)) || fail "$option needs a value; --help shows how"
      value=$1
      shift
      ;;&
    --workload) workload=$value ;;
    --hidden) hidden=$value ;;
    --streams) streams=$value ;;
    --time-steps) time_steps=$value ;;
    --threads) threads=$value ;;
    --rounds) rounds=$value ;;
    --steps) steps=$value ;;
    --csv) csv=$value ;;
    --map) map=$value ;;
    --markdown) table_options+=(--markdown) ;;
    --help | -h)
      usage
      exit 0
      ;;
    *) fail "unknown option $option; --help lists them" ;;
  esac
done

require_workload "$workload"
config=$root/configs/bench-$workload.yaml
require_counts --hidden "$hidden"
require_counts --streams "$streams"
require_counts --time-steps "$time_steps"
require_counts --threads "$threads"
require_counts --rounds "$rounds"
require_counts --steps "$steps"
map=$(picture --map "$map" "$root/runs/sweep.svg")
require_executable
find_pytorch

# --- Measurements

warm_up=2
mkdir -p "$(dirname "$csv")"
memory=$(dirname "$csv")/$(basename "$csv" .csv)-memory.json
"$executable" bench kernels --milliseconds 5 --json >"$memory"
echo 'hidden,streams,time_steps,threads,round,unfold,fraction_of_peak,forward_ms,pytorch' >"$csv"

measure_unfold() { # hidden streams time_steps
  "$executable" bench step "$config" --workers "$threads" --steps "$steps" --warm-up "$warm_up" \
    --set model.layers=1 --set "model.hidden=$1" --set "batch.streams=$2" --set "bptt.k1=$3" \
    --set "data.samples=$(($2 * $3 * (steps + warm_up + 2)))" --json |
    figures tokens_per_second fraction_of_peak milliseconds.forward
}

measure_pytorch() { # hidden streams time_steps
  "$python" "$root/launch/pytorch_bench.py" --workload "$workload" --threads "$threads" \
    --steps "$steps" --warmup "$warm_up" --layers 1 --hidden "$1" --streams "$2" \
    --time-steps "$3" | figures tokens_per_second
}

for width in $hidden; do
  for count in $streams; do
    for length in $time_steps; do
      echo "sweep.sh: hidden $width, streams $count, time steps $length" >&2
      for ((round = 1; round <= rounds; round++)); do
        unfold=$(measure_unfold "$width" "$count" "$length")
        pytorch=$(measure_pytorch "$width" "$count" "$length")
        echo "$width,$count,$length,$threads,$round,$unfold,$pytorch" >>"$csv"
      done
    done
  done
done

# --- What came out

"$python" "$root/launch/sweep_table.py" "$csv" "$memory" --workload "$workload" \
  ${table_options[@]+"${table_options[@]}"}
echo "sweep.sh: every measurement is in $csv" >&2
if [[ -n $map ]]; then
  points=$(mktemp)
  trap 'rm -f "$points"' EXIT
  "$python" "$root/launch/sweep_table.py" "$csv" "$memory" --workload "$workload" --points >"$points"
  gnuplot -e "points = '$points'; map = '$map'; lengths = '$time_steps'; widths = '$hidden'; \
counts = '$streams'" "$root/launch/sweep.gnuplot"
  echo "sweep.sh: the heat map is in $map" >&2
fi

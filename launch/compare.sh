#!/usr/bin/env bash
# Compares the speed of Unfold's training step with PyTorch's, on this machine, in one run.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/pytorch.sh"

usage() {
  cat <<'TEXT'
usage: launch/compare.sh [OPTION]…

  --workloads "A B"     some of: zaremba-small zaremba-medium char-512 char-128 gru-128 elman-256
                        amp-16 amp-40 sysid-40 sysid-gru-32 hydro-128 rul-64 (default: all twelve)
  --layouts "1x1 2x1"   processes x threads of each to measure (default: 1x1 1x2 2x1, or those that
                        the cores allow); several processes are ranks of MPI here, and
                        DistributedDataParallel over gloo there
  --rounds N            how often both programs are measured, turn about (default: 5)
  --steps N             steps that one measurement takes the median of (default: 30)
  --no-compile          do not try torch.compile, which needs a C++ compiler and takes its time
  --csv FILE            where every measurement is written (default: runs/compare.csv)
  --markdown            print the table as Markdown
  --chart FILE.svg      the bar chart (default: runs/compare.svg, if there is gnuplot)

The two programs run alternately, so that a change of the machine's speed meets both. PyTorch is
first tried as it is and with torch.compile; the faster of the two takes part. The executable is
.build/release/unfold, or UNFOLD_EXECUTABLE. PyTorch is that of UNFOLD_PYTHON, a Python that has it,
or else is installed into .venv, which takes some gigabytes; nothing else is installed.
TEXT
}

# --- The command line

workloads='zaremba-small zaremba-medium char-512 char-128 gru-128 elman-256'
workloads+=' amp-16 amp-40 sysid-40 sysid-gru-32 hydro-128 rul-64'
layouts='1x1 1x2 2x1'
(($(nproc) > 1)) || layouts=1x1
rounds=5 steps=30 compile=yes csv=$root/runs/compare.csv chart='' table_options=()

while (($# > 0)); do
  option=$1
  shift
  case $option in
    --workloads | --layouts | --rounds | --steps | --csv | --chart)
      (($# > 0)) || fail "$option needs a value; --help shows how"
      value=$1
      shift
      ;;&
    --workloads) workloads=$value ;;
    --layouts) layouts=$value ;;
    --rounds) rounds=$value ;;
    --steps) steps=$value ;;
    --no-compile) compile='' ;;
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

require_counts --rounds "$rounds"
require_counts --steps "$steps"
for workload in $workloads; do require_workload "$workload"; done
for layout in $layouts; do
  [[ $layout =~ ^[1-9][0-9]*x[1-9][0-9]*$ ]] ||
    fail "--layouts: expected processes x threads as in 2x1, got \`$layout\`"
done
chart=$(picture --chart "$chart" "$root/runs/compare.svg")
require_executable
find_pytorch

# --- Measurements

columns='tokens_per_second fraction_of_peak peak_rss_bytes'
mkdir -p "$(dirname "$csv")"
echo "workload,layout,program,form,round,${columns// /,}" >"$csv"

measure_unfold() { # workload layout
  local ranks=${2%x*} workers=${2#*x}
  local command=(bench step "$root/configs/bench-$1.yaml" --steps "$steps" --json)
  if ((ranks == 1)); then
    "$executable" "${command[@]}" --workers "$workers"
  else
    UNFOLD_EXECUTABLE=$executable "$root/launch/mpirun.sh" --ranks "$ranks" --workers "$workers" \
      -- "${command[@]}"
  fi | figures $columns
}

measure_pytorch() { # workload layout form
  local options=(--processes "${2%x*}" --threads "${2#*x}" --steps "$steps")
  [[ $3 == eager ]] || options+=(--compile)
  "$python" "$root/launch/pytorch_bench.py" --workload "$1" "${options[@]}" | figures $columns
}

# Sets `form` to the faster way of running PyTorch's step.
choose_form() { # workload layout
  form=eager
  [[ -n $compile ]] || return 0
  local eager compiled
  eager=$(measure_pytorch "$1" "$2" eager)
  compiled=$(measure_pytorch "$1" "$2" compiled) || {
    echo "compare.sh: $1, $2: torch.compile does not work here" >&2
    return 0
  }
  ! awk "BEGIN { exit !(${compiled%%,*} > ${eager%%,*}) }" || form=compiled
  echo "compare.sh: $1, $2: tokens/s as it is ${eager%%,*}, compiled ${compiled%%,*}" >&2
}

declare -A forms
for workload in $workloads; do
  for layout in $layouts; do
    choose_form "$workload" "$layout"
    forms[$workload,$layout]=$form
  done
done
# A workload's rounds lie far apart: a machine is slow for minutes.
for ((round = 1; round <= rounds; round++)); do
  for workload in $workloads; do
    for layout in $layouts; do
      echo "compare.sh: round $round of $rounds, $workload, $layout" >&2
      unfold=$(measure_unfold "$workload" "$layout")
      echo "$workload,$layout,unfold,,$round,$unfold" >>"$csv"
      form=${forms[$workload,$layout]}
      pytorch=$(measure_pytorch "$workload" "$layout" "$form")
      echo "$workload,$layout,pytorch,$form,$round,$pytorch" >>"$csv"
    done
  done
done

# --- What came out

"$python" "$root/launch/compare_table.py" "$csv" ${table_options[@]+"${table_options[@]}"}
echo "compare.sh: every measurement is in $csv" >&2
if [[ -n $chart ]]; then
  summary=$(mktemp)
  trap 'rm -f "$summary"' EXIT
  "$python" "$root/launch/compare_table.py" "$csv" --tabs >"$summary"
  gnuplot -e "summary = '$summary'; chart = '$chart'" "$root/launch/compare.gnuplot"
  echo "compare.sh: the chart is in $chart" >&2
fi

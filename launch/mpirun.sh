#!/usr/bin/env bash
# Starts unfold on several ranks, bound to cores so that they do not get in one another's way.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: launch/mpirun.sh [OPTION]… -- COMMAND [ARGUMENT]…

  launch/mpirun.sh -- train configs/reber.yaml --output runs/reber
  launch/mpirun.sh --ranks 4 --workers 8 -- train my.yaml --output runs/mine
  launch/mpirun.sh --hostfile hosts -- train my.yaml --output /shared/runs/mine

  --ranks N         ranks in all (default: one per NUMA node of each host; the slots of the
                    hostfile where it names them; in a Slurm job its number of tasks)
  --workers N       worker threads of each rank (default: the cores of a host shared out among
                    its ranks; in a Slurm job --cpus-per-task)
  --hostfile FILE   one host a line: `name`, `name slots=RANKS` or `name:RANKS`; # begins a comment
  --bind core|none  core gives every rank as many cores of its own as it has workers; none leaves
                    placing to the system (default: core, or none where the cores do not suffice)
  --time-limit S    end the job after so many seconds, with exit code 124
  --max-restarts N  start a training run again that lost a rank or a host, at most so many times, from
                    its newest checkpoint on the hosts that still answer; needs train's --output
  --dry-run         print the command and do not run it

TERM, INT, HUP or USR1 to this script let training save a checkpoint and end with exit code 75; a
second signal ends it at once.

Hosts are taken to be like this one; give --workers where they are not. The executable is
.build/release/unfold or bin/unfold beside this script's folder, or UNFOLD_EXECUTABLE. The launcher is
the one that belongs to the MPI it was built with, or UNFOLD_MPIRUN. UNFOLD_MPIRUN_OPTIONS adds options
to it, such as `--mca btl_tcp_if_include eth0`.
TEXT
}

fail() {
  echo "mpirun.sh: $*" >&2
  exit 2
}

# --- The command line

ranks='' workers='' hostfile='' bind='' time_limit='' max_restarts=0 dry_run=''

require_number() {
  [[ $2 =~ ^[1-9][0-9]*$ ]] || fail "$1: expected a whole number above 0, got \`$2\`"
}

while (($# > 0)); do
  option=$1
  shift
  case $option in
    --ranks | --workers | --hostfile | --bind | --time-limit | --max-restarts)
      (($# > 0)) || fail "$option needs a value; --help shows how"
      value=$1
      shift
      ;;&
    --ranks) require_number "$option" "$value" && ranks=$value ;;
    --workers) require_number "$option" "$value" && workers=$value ;;
    --time-limit) require_number "$option" "$value" && time_limit=$value ;;
    --max-restarts) require_number "$option" "$value" && max_restarts=$value ;;
    --hostfile) [[ -r $value ]] || fail "--hostfile: cannot read $value" && hostfile=$value ;;
    --bind)
      [[ $value == core || $value == none ]] || fail "--bind: expected core or none, got \`$value\`"
      bind=$value
      ;;
    --dry-run) dry_run=yes ;;
    --help | -h) usage && exit 0 ;;
    --) break ;;
    *) fail "unknown option $option; --help shows those there are, and -- goes before the command" ;;
  esac
done
(($# > 0)) || fail "no command given after --, such as: -- train configs/reber.yaml"

# --- The executable and the launcher of its MPI

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
executable=${UNFOLD_EXECUTABLE:-$here/../.build/release/unfold}
# Where launch/package.sh puts it.
[[ -x $executable || -n ${UNFOLD_EXECUTABLE:-} || ! -x $here/../bin/unfold ]] ||
  executable=$here/../bin/unfold
[[ -x $executable ]] || fail "no executable at $executable: run \`swift build -c release\` first"
executable=$(cd "$(dirname "$executable")" && pwd)/$(basename "$executable")

first_command() {
  local name
  for name in "$@"; do
    command -v "$name" && return
  done
  fail "none of these is installed: $*; on Debian: apt-get install openmpi-bin"
}

if [[ -n ${UNFOLD_MPIRUN:-} ]]; then
  launcher=$(first_command "$UNFOLD_MPIRUN")
elif [[ $(ldd "$executable" 2>/dev/null) == *libmpich* ]]; then
  launcher=$(first_command mpiexec.mpich mpiexec.hydra mpiexec)
else
  launcher=$(first_command mpirun.openmpi mpirun mpiexec)
fi
case $("$launcher" --version 2>&1) in
  *"Open MPI"* | *OpenRTE* | *prte*) flavour=open-mpi ;;
  *HYDRA* | *"Intel(R) MPI"*) flavour=hydra ;;
  *) fail "$launcher is neither Open MPI's nor MPICH's; set UNFOLD_MPIRUN" ;;
esac

# --- The machine

# Cores, not hardware threads: two threads of a core share its arithmetic units.
count_cores() {
  local allowed physical
  allowed=$(nproc)
  physical=$(lscpu --parse=CORE,SOCKET 2>/dev/null | grep -v '^#' | sort -u | wc -l || true)
  echo $((physical > 0 && physical < allowed ? physical : allowed))
}

count_numa_nodes() {
  local count
  count=$(lscpu --parse=NODE 2>/dev/null | grep -v '^#' | grep . | sort -u | wc -l || true)
  echo $((count > 0 ? count : 1))
}

cores=$(count_cores)
ranks_by_default=$(count_numa_nodes)
((ranks_by_default <= cores)) || ranks_by_default=$cores

# --- Ranks on each host: `hosts` is a list of name:ranks, empty for this one or those of a Slurm job

hosts=() host_count=1 largest=0

read_hostfile() {
  local line name slots total=0
  while read -r line || [[ -n $line ]]; do
    line=${line%%#*}
    read -r name slots _ <<<"$line" || true
    [[ -n $name ]] || continue
    case $name$slots in
      *:*) slots=${name##*:} name=${name%:*} ;;
      *slots=*) slots=${slots#slots=} ;;
      *) slots=$ranks_by_default ;;
    esac
    require_number "$hostfile: slots of $name" "$slots"
    hosts+=("$name:$slots")
    total=$((total + slots))
    largest=$((slots > largest ? slots : largest))
  done <"$hostfile"
  host_count=${#hosts[@]}
  ((host_count > 0)) || fail "$hostfile names no host"
  ranks=${ranks:-$total}
  # More ranks than slots: the hosts take equal shares.
  if ((ranks > total)); then
    largest=$(((ranks + host_count - 1) / host_count))
    hosts=("${hosts[@]%:*}")
    hosts=("${hosts[@]/%/:$largest}")
  fi
}

if [[ -n $hostfile ]]; then
  read_hostfile
elif [[ -n ${SLURM_JOB_ID:-} ]]; then
  host_count=${SLURM_JOB_NUM_NODES:-1}
  ranks=${ranks:-${SLURM_NTASKS:-$((host_count * ranks_by_default))}}
  workers=${workers:-${SLURM_CPUS_PER_TASK:-}}
  largest=$(((ranks + host_count - 1) / host_count))
else
  ranks=${ranks:-$ranks_by_default}
  largest=$ranks
  hosts=("localhost:$ranks")
fi

# --- Workers and binding

arguments=("$@")
share=$((cores / largest > 0 ? cores / largest : 1))
if [[ -n $workers ]]; then
  # Without this a rank takes as many workers as it has cores to itself.
  case "${arguments[*]:0:2}" in
    train* | sweep*) arguments+=(--set "parallel.workers=$workers") ;;
    "bench step"* | "bench exchange"* | evaluate* | predict* | generate* | inspect* | doctor*)
      arguments+=(--workers "$workers")
      ;;
    *) fail "--workers: \`${arguments[0]}\` has no workers; leave it out" ;;
  esac
fi
workers=${workers:-$share}
fits=$((largest * workers <= cores))
bind=${bind:-$([[ $fits == 1 ]] && echo core || echo none)}

# --- The end

children_of() { cat "/proc/$1/task/$1/children"; }

has_state() { grep -q "^State:.$2" "/proc/$1/status"; }

leaves_ended_children() {
  local child
  for child in $(children_of "$1"); do
    if has_state "$child" Z; then return 0; fi
  done
  return 1
}

# A rank that dies while it connects can lock the launcher of Open MPI 4 out of its own end: it sleeps
# on and does not collect the ranks that have ended. `process` is it, or the time limit around it.
end_locked_launcher() {
  local process=$1 candidate seconds=0
  # One that has ended may wait for its parent to collect it, and the parent for this one's open files.
  while sleep 1 && [[ -e /proc/$process ]] && ! has_state "$process" Z; do
    for candidate in "$process" $(children_of "$process"); do
      [[ /proc/$candidate/exe -ef $launcher ]] || continue
      if has_state "$candidate" S && leaves_ended_children "$candidate"; then
        ((++seconds < 5)) || kill -KILL "$candidate"
      else
        seconds=0
      fi
    done
  done
}

# --- The command

join() {
  local IFS=,
  echo "$*"
}

quoted() {
  local words
  printf -v words '%q ' "${command[@]}"
  echo "$words"
}

read -r -a more_options <<<"${UNFOLD_MPIRUN_OPTIONS:-}"

# A crash on a rank cannot be looked into with the keyboard.
export SWIFT_BACKTRACE=${SWIFT_BACKTRACE:-interactive=no,color=no,registers=none,images=none}

use_open_mpi() {
  local name
  if ((EUID == 0)); then
    export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
  fi
  # One rank's bad end is the job's end, and who does not stop when told to is killed a second later.
  command=("$launcher" -n "$ranks" --mca orte_abort_on_non_zero_status 1
    --mca odls_base_sigkill_timeout 1)
  # A host that is gone is noticed after 3 s of silence and 3 questions without an answer.
  ((host_count == 1)) || command+=(--mca oob_tcp_keepalive_time 3 --mca oob_tcp_keepalive_intvl 1
    --mca oob_tcp_keepalive_probes 3)
  ((${#hosts[@]} == 0)) || command+=(--host "$(join "${hosts[@]}")")
  if [[ $bind == core ]]; then
    command+=(--map-by "slot:PE=$workers" --bind-to core)
  else
    command+=(--bind-to none)
  fi
  # Ranks that take turns must not keep a core while they wait.
  [[ $fits == 1 ]] || command+=(--oversubscribe --mca mpi_yield_when_idle 1)
  # Hosts other than this one see only what is named.
  for name in SWIFT_BACKTRACE UNFOLD_SHARED_MEMORY UNFOLD_RANKS_PER_NODE UNFOLD_RANKS_PER_DOMAIN \
    UNFOLD_LOCK_PATIENCE; do
    [[ -z ${!name:-} ]] || command+=(-x "$name")
  done
}

use_hydra() {
  # Hydra ends the job when a rank ends badly, and hands the environment on, without being asked.
  command=("$launcher" -n "$ranks")
  ((${#hosts[@]} == 0)) || command+=(-hosts "$(join "${hosts[@]}")")
  if [[ $bind == core ]]; then
    command+=(-bind-to "core:$workers")
  else
    command+=(-bind-to none)
  fi
}

build_command() {
  if [[ $flavour == open-mpi ]]; then use_open_mpi; else use_hydra; fi
  command+=("${more_options[@]}" "$executable" "${arguments[@]}")
}

# The folder that `train` was told to write to.
output=''
for ((index = 1; index < ${#arguments[@]}; ++index)); do
  case ${arguments[index]} in
    --output) output=${arguments[index + 1]:-} ;;
    --output=*) output=${arguments[index]#--output=} ;;
  esac
done
if ((max_restarts > 0)); then
  [[ ${arguments[0]} == train ]] || fail "--max-restarts: only train can be started again"
  [[ -n $output ]] || fail "--max-restarts: give train its --output, where the checkpoints are"
fi

build_command
if [[ ${arguments[0]} == train || ${arguments[0]} == sweep ]]; then
  echo "mpirun.sh: $(quoted)" >&2
  [[ -z $dry_run ]] || exit 0
  source "$here/supervise.sh"
  supervise
fi
[[ -z $time_limit ]] || command=(timeout --kill-after=15 "$time_limit" "${command[@]}")
echo "mpirun.sh: $(quoted)" >&2
[[ -z $dry_run ]] || exit 0
# In no group of the launcher's children, and with no hold on its output.
[[ $flavour != open-mpi ]] || (end_locked_launcher $$ </dev/null &>/dev/null &)
exec "${command[@]}"

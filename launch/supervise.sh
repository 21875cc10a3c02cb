# Sourced by mpirun.sh for `train` and `sweep`: stays beside the launcher, hands signals on, and starts a run again
# that lost a rank or a host. `build_command` of mpirun.sh makes `command` of `hosts` and `ranks`.

# The exit code of a run that was asked to end and wants to be queued again.
requeue=75

process=''       # the launcher while it runs
signals=0        # how many asked this script to end
interruptions=0  # how often a trap may have cut a wait short
is_time_up=''
is_told_to_end=''
scratch=''       # a folder for what a run tells, if it may be started again

tell() { echo "mpirun.sh: $(date '+%F %T'): $*" >&2; }

# --- Signals

send() { [[ -z $process ]] || kill "-$1" "$process" 2>/dev/null || true; }

# Open MPI's launcher takes TERM as an order to kill, and another as one to leave the ranks alone.
end_at_once() {
  [[ -n $is_told_to_end ]] || send TERM
  is_told_to_end=yes
}

# The first signal lets the ranks save a checkpoint and end, for launchers hand USR1 on; another ends
# them at once.
ask_to_end() {
  ((++interruptions, ++signals))
  if ((signals == 1)); then send USR1; else end_at_once; fi
}

end_at_limit() {
  ((++interruptions))
  is_time_up=yes
  end_at_once
}

# Ends the launcher of a script that was killed, and tells the script when its time is up.
guard() {
  local guarded=$1 late=''
  while sleep 1 && [[ -e /proc/$guarded ]] && ! has_state "$guarded" Z; do
    if ((${#tied[@]} == 0)) && [[ ! -e /proc/$$ ]]; then
      kill -TERM "$guarded"
      return
    fi
    [[ -n $time_limit ]] && ((SECONDS >= time_limit)) || continue
    if ((SECONDS >= time_limit + 15)); then
      kill -KILL "$guarded"
    elif [[ -z $late ]]; then
      late=yes
      kill -ALRM $$
    fi
  done
}

# --- One start

# The kernel ends the launcher of a script that was killed; older setpriv cannot ask it to.
tied=()
if setpriv --pdeathsig TERM true 2>/dev/null; then tied=(setpriv --pdeathsig TERM); fi

# What is left of a launcher's session, such as ranks of one that was killed.
end_session() {
  local session=$1 entry text fields
  for entry in /proc/[0-9]*; do
    read -r text 2>/dev/null <"$entry/stat" || continue
    # The name before the last bracket may hold anything.
    read -r -a fields <<<"${text##*) }"
    if [[ ${fields[3]:-} == "$session" && ${fields[0]} != Z ]]; then
      kill -KILL "${entry#/proc/}" 2>/dev/null || true
    fi
  done
}

# Waits for a child and sets `status`. A signal ends a wait early.
await() {
  local before
  while
    before=$interruptions
    status=0
    wait "$1" || status=$?
    ((before != interruptions))
  do :; done
}

# Runs `command` once, in a session of its own: Ctrl-C reaches only this script. Sets `status`.
run_once() {
  local readers=()
  if [[ -n $scratch ]]; then
    # In sessions of their own, too: they read until the launcher has ended.
    setsid tail -n 200 <"$scratch/copy" >"$scratch/told" &
    readers+=($!)
    setsid tee "$scratch/copy" <"$scratch/errors" >&2 &
    readers+=($!)
    setsid "${tied[@]}" "${command[@]}" 2>"$scratch/errors" &
  else
    setsid "${tied[@]}" "${command[@]}" &
  fi
  process=$!
  # A signal that came before the number was known.
  ((signals == 0)) || send USR1
  (guard "$process" </dev/null &>/dev/null &)
  [[ $flavour != open-mpi ]] || (end_locked_launcher "$process" </dev/null &>/dev/null &)
  await "$process"
  local code=$status ended=$process reader
  process=''
  end_session "$ended"
  for reader in "${readers[@]}"; do await "$reader"; done
  status=$code
}

# Runs `command` once; ends this script if it was asked to end.
run_unless_asked_to_end() {
  status=$requeue
  ((signals > 0)) || run_once
  # The signal came before a rank knew what to do with it, so there is nothing to save.
  ((signals == 0 || status != 128 + $(kill -l USR1))) || status=$requeue
  [[ -z $is_time_up ]] || exit 124
  ((signals == 0)) || exit "$status"
}

# --- What became of it

# The step of the newest complete checkpoint; 0 if there is none.
newest_checkpoint() {
  local folder step newest=0
  for folder in "$output"/checkpoints/step-*; do
    step=${folder##*/step-}
    [[ ! $step =~ ^[0-9]+$ ]] || ((step <= newest)) || newest=$step
  done
  echo "$newest"
}

# The last step that the run told of; 0 if it made none.
last_step() {
  local step
  step=$(tail -n 2 "$output/metrics.jsonl" 2>/dev/null | grep -oE '"step": ?[0-9]+' | tail -n 1) || true
  step=${step##*[!0-9]}
  echo "${step:-0}"
}

metrics_state() { stat -c '%i %s %Y' "$output/metrics.jsonl" 2>/dev/null || true; }

# What the run, or the launcher about it, said last, in one line.
reason() {
  local line
  # A rank that crashed, then one that was killed, then a host that is gone.
  line=$(grep -m 1 -E '^unfold: rank [0-9]+: (crashed|ended)' "$scratch/told") ||
    line=$(grep -m 1 -E 'exited on signal|EXIT STRING' "$scratch/told") ||
    line=$(sed -nE 's/.*Remote daemon: .* on node (.*)/lost the host \1/p' "$scratch/told" | grep .) ||
    line=$(grep -E '^unfold: ' "$scratch/told" | grep -vE '^unfold: warning: |tokens/s' | tail -n 1) ||
    line=''
  line=${line#unfold: }
  echo "${line:-exit code $status}"
}

# Whether a rank or host went, rather than that the program gave up by itself.
has_lost_something() {
  # 69: ranks waited in vain for one that does not go on.
  ((status > 128 || status == 69)) || grep -qE \
    '^unfold: rank [0-9]+: (crashed|ended)|exited on signal|EXIT STRING|ORTE|daemon' "$scratch/told"
}

# --- The hosts that still answer

is_here() {
  case $1 in
    localhost | 127.* | ::1 | "$(hostname)" | "$(hostname -s 2>/dev/null)") return 0 ;;
  esac
  [[ " $(hostname -I 2>/dev/null) " == *" $1 "* ]]
}

# The launcher's remote shell.
remote_shell() {
  local index agent=${OMPI_MCA_plm_rsh_agent:-${HYDRA_LAUNCHER_EXEC:-ssh}}
  for ((index = 0; index + 1 < ${#more_options[@]}; ++index)); do
    case ${more_options[index]} in
      plm_rsh_agent | -launcher-exec) agent=${more_options[index + 1]} ;;
    esac
  done
  echo "${agent%% *}"
}

# Takes those of `all_hosts` that answer within some seconds as `hosts`, and as many ranks as they hold.
find_hosts() {
  local shell entry index probes=() silent=() total=0
  shell=$(remote_shell)
  local remote=("$shell")
  [[ ${shell##*/} != ssh ]] || remote+=(-o BatchMode=yes -o ConnectTimeout=3)
  for entry in "${all_hosts[@]}"; do
    if is_here "${entry%:*}"; then
      true &
    else
      timeout --kill-after=1 5 "${remote[@]}" "${entry%:*}" true </dev/null &>/dev/null &
    fi
    probes+=($!)
  done
  hosts=()
  for index in "${!all_hosts[@]}"; do
    entry=${all_hosts[index]}
    await "${probes[index]}"
    if ((status == 0)); then
      hosts+=("$entry")
      total=$((total + ${entry##*:}))
    else
      silent+=("${entry%:*}")
    fi
  done
  ((${#all_hosts[@]} == 0)) || ranks=$((wanted_ranks < total ? wanted_ranks : total))
  ((${#silent[@]} == 0)) || tell "no answer from ${silent[*]}"
}

# --- All starts

# Why a run that has ended is not started again; nothing if it is.
why_not() {
  if ((restarts == max_restarts)); then
    echo "as often as was allowed already ($max_restarts)"
  elif [[ $failure == "$earlier" ]]; then
    echo "it failed at step $step twice for the same reason"
  elif ((status == 2 || status == 64)); then
    echo 'the command is wrong'
  elif [[ -z $has_made_steps ]] && ! has_lost_something; then
    echo 'it ended by itself before it made a step'
  fi
}

# Runs `command`, and again as often as allowed. Ends this script with the run's exit code.
supervise() {
  trap ask_to_end TERM INT HUP USR1
  trap end_at_limit ALRM
  if ((max_restarts == 0)); then
    run_unless_asked_to_end
    exit "$status"
  fi
  scratch=$(mktemp -d)
  trap 'rm -rf "$scratch"' EXIT
  mkfifo "$scratch/errors" "$scratch/copy"

  local all_hosts=("${hosts[@]}") wanted_ranks=$ranks
  local restarts=0 failure='' earlier='' code from step why before has_made_steps
  while :; do
    from=$(newest_checkpoint)
    before=$(metrics_state)
    run_unless_asked_to_end
    ((status != 0 && status != requeue)) || exit "$status"
    code=$status
    step=$(last_step)
    has_made_steps=''
    [[ $before == "$(metrics_state)" ]] || ((step <= from)) || has_made_steps=yes
    why=$(reason)
    tell "ended with exit code $code after step $step: $why"
    earlier=$failure
    failure="$step $(sed -E 's/(PID|pid) [0-9]+//g' <<<"$why")"
    why=$(why_not)
    [[ -z $why ]] || { tell "not started again: $why" && exit "$code"; }

    find_hosts
    ((${#hosts[@]} > 0 || ${#all_hosts[@]} == 0)) || { tell 'no host answers' && exit "$code"; }
    ((++restarts))
    [[ " ${arguments[*]} " == *' --resume '* ]] || arguments+=(--resume)
    # A host that is gone may hold the lock of the folder until the file server has forgotten it.
    export UNFOLD_LOCK_PATIENCE=${UNFOLD_LOCK_PATIENCE:-120}
    build_command
    from=$(newest_checkpoint)
    if ((from > 0)); then from="step $from"; else from='the beginning'; fi
    tell "restart $restarts of $max_restarts from $from with $ranks rank$( ((ranks == 1)) || echo s): $(quoted)"
  done
}

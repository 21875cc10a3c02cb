#!/usr/bin/env bash
# From a clone to a trained network: installs what is missing, builds, and trains an LSTM on the
# embedded Reber grammar on two ranks. Takes some minutes the first time, most of them for building.
set -euo pipefail
started_in=$PWD
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

echo 'quickstart.sh: building' >&2
timeout 1800 swift build -c release --product unfold

mkdir -p runs
run=$(mktemp -d "$root/runs/quickstart-XXXXXX")
echo "quickstart.sh: training configs/reber.yaml on 2 ranks into $run" >&2
launch/mpirun.sh --ranks 2 --time-limit 300 -- train configs/reber.yaml --output "$run"

# From where the user is, so that the line can be pasted.
shown=$(realpath --no-symlinks --relative-to="$started_in" "$root/.build/release/unfold")
cat <<TEXT

The run is in $run: summary.json, metrics.jsonl and checkpoints.
Look at it with:  $shown inspect $run
TEXT

#!/usr/bin/env bash
# Builds with MPICH in a folder of its own, beside the build with Open MPI, and tests it with real ranks.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: launch/mpich.sh

Installs what is missing (Debian's mpich and libmpich-dev, which leave Open MPI as it is), builds into
.build-mpich, runs `unfold doctor` on 2 and 3 ranks, and trains at three layouts, which must give the
same bytes.
TEXT
}

case ${1:-} in
  '') ;;
  --help | -h) usage && exit 0 ;;
  *) echo "mpich.sh: unknown option $1; --help shows those there are" >&2 && exit 2 ;;
esac
export UNFOLD_MPI=mpich
# What is meant for another MPI's launcher.
unset UNFOLD_MPIRUN UNFOLD_MPIRUN_OPTIONS
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

echo 'mpich.sh: building' >&2
timeout 1800 swift build -c release --scratch-path .build-mpich --product unfold
export UNFOLD_EXECUTABLE=$root/.build-mpich/release/unfold
[[ $(ldd "$UNFOLD_EXECUTABLE") == *libmpich* ]] || fail 'the program was not linked with MPICH'

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
on_ranks() {
  launch/mpirun.sh --ranks "$1" --workers 1 --bind none --time-limit 120 -- "${@:2}"
}

for ranks in 2 3; do
  echo "mpich.sh: doctor on $ranks ranks" >&2
  on_ranks "$ranks" doctor || fail "doctor on $ranks ranks failed"
done

# Whatever the checkpoint's figures of speed, weights, moments and states are the same.
digest() { (cd "$1/checkpoints/step-20" && sha256sum ./*.safetensors); }
for ranks in 1 2 3; do
  echo "mpich.sh: training on $ranks ranks" >&2
  on_ranks "$ranks" train configs/reber.yaml --output "$folder/$ranks" --set training.steps=20 \
    --set batch.leaves=4 || fail "training on $ranks ranks failed"
  digest "$folder/$ranks" >"$folder/$ranks.sha256"
  cmp "$folder/1.sha256" "$folder/$ranks.sha256" || fail "$ranks ranks give other bytes than one"
done
echo "mpich.sh: everything passed in $SECONDS s" >&2

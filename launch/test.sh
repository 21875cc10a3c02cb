#!/usr/bin/env bash
# Every test: style, then one build in release, then the tests of single processes at once, then
# those that start ranks, one after the other.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: launch/test.sh [--sanitize]

  --sanitize  also build with AddressSanitizer and with ThreadSanitizer, each in a folder of its own,
              and run the tests of kernels, network, worker team and files with them, and ranks that
              exchange gradients: some twenty-five minutes more

UNFOLD_TEST_FAULTS is how many faults strike runs (default: 20, some eight seconds each): a rank, a
host, a disk or the launcher fails at a random moment. UNFOLD_TEST_SEED makes the moments others than
they are each time.
TEXT
}

sanitize=''
while (($# > 0)); do
  case $1 in
    --sanitize) sanitize=yes ;;
    --help | -h) usage && exit 0 ;;
    *) echo "test.sh: unknown option $1; --help shows those there are" >&2 && exit 2 ;;
  esac
  shift
done
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

# Tests on several hosts make them of network namespaces; without these they are skipped.
if ((EUID == 0)) && ! command -v ip >/dev/null && command -v apt-get >/dev/null; then
  timeout 300 apt-get install -y -qq --no-install-recommends iproute2 >/dev/null ||
    echo 'test.sh: no iproute2: tests on several hosts are skipped' >&2
fi

# The suites that start ranks.
ranks=UnfoldCommandTests
# The suites whose numbers depend on the processor's instructions.
numeric='KernelTests|RecurrentTests'

step() {
  local name=$1 limit=$2 began=$SECONDS
  shift 2
  echo "test.sh: $name" >&2
  timeout --kill-after=10 "$limit" "$@" || fail "$name: failed"
  echo "test.sh: $name: passed in $((SECONDS - began)) s" >&2
}

step 'style' 120 swift format lint --strict --parallel --recursive Package.swift Sources Tests
step 'build' 1800 swift build -c release --build-tests
step 'documentation' 600 launch/documentation.sh
run=(swift test -c release --skip-build)
step 'tests of one process' 600 "${run[@]}" --skip "$ranks"

# The best variant ran above; a machine that has no AVX2 has run the baseline there.
variants=(baseline)
if grep -qw avx2 /proc/cpuinfo && grep -qw avx512f /proc/cpuinfo; then variants+=(avx2); fi
for variant in "${variants[@]}"; do
  step "kernels: $variant" 300 env UNFOLD_ISA="$variant" "${run[@]}" --filter "$numeric"
done

ranks_limit=$((900 + 15 * ${UNFOLD_TEST_FAULTS:-20}))
step 'tests of several ranks' "$ranks_limit" "${run[@]}" --no-parallel --filter "$ranks"

if [[ -n $sanitize ]]; then
  # Open MPI keeps memory until the process ends.
  export ASAN_OPTIONS=detect_leaks=0
  suites="$numeric|StorageTests|WorkersTests|OptimizationTests"
  files='FilesTests|CheckpointsTests|SequenceDataTests'
  step 'AddressSanitizer' 1800 swift test -c release --sanitize=address \
    --scratch-path .build-sanitize --filter "$suites|$files"
  export TSAN_OPTIONS="halt_on_error=1 suppressions=$root/launch/thread-sanitizer.supp"
  step 'ThreadSanitizer' 1800 swift test -c release --sanitize=thread \
    --scratch-path .build-sanitize-threads --filter "$suites|$files"
  step 'AddressSanitizer: damaged files' 1800 launch/fuzz.sh --inputs 50000
  # Sums within a node and between nodes, while a thread of their own moves them.
  exchange='severalNodes|ranksWithoutStreams|sumsAreTheTrees'
  step 'AddressSanitizer: ranks' 900 swift test -c release --sanitize=address \
    --scratch-path .build-sanitize --skip-build --no-parallel --filter "$exchange"
  step 'ThreadSanitizer: ranks' 900 swift test -c release --sanitize=thread \
    --scratch-path .build-sanitize-threads --skip-build --no-parallel --filter "$exchange"
fi
echo "test.sh: everything passed in $SECONDS s" >&2

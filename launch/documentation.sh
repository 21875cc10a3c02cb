#!/usr/bin/env bash
# The documentation as pages for a browser: the articles of Sources/Unfold/Unfold.docc and every public
# name of the library. A warning is an error.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: launch/documentation.sh [FOLDER]

Writes the pages into FOLDER (default: .build/documentation).
TEXT
}

case ${1:-} in
  --help | -h) usage && exit 0 ;;
  -*) echo "documentation.sh: unknown option $1; --help shows those there are" >&2 && exit 2 ;;
esac
folder=${1:-}
[[ -z $folder || $folder == /* ]] || folder=$PWD/$folder
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
folder=${folder:-.build/documentation}

# The modules whose names `import Unfold` brings along.
modules=(Communication Recurrent Settings Storage Training)
targets=(--target Unfold)
for module in "${modules[@]}"; do targets+=(--target "$module"); done
swift package --allow-writing-to-directory "$folder" generate-documentation \
  --enable-experimental-combined-documentation "${targets[@]}" \
  --warnings-as-errors --transform-for-static-hosting --output-path "$folder"
echo "documentation.sh: look at it with: python3 -m http.server --directory $folder 8000" >&2
echo "documentation.sh: then open http://localhost:8000/documentation" >&2

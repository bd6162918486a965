#!/usr/bin/env bash
# clang-tidy over the sources that differ from a commit (default: the one before the last; tests left to `--all`), or
# over everything with `--all`. Needs a configured build/ (scripts/build.sh).
set -euo pipefail
cd "$(dirname "$0")/.."

if [[ ${1:-} == --all ]]; then
  mapfile -t files < <(git ls-files '*.cpp')
elif [[ $# -eq 0 ]] && ! git rev-parse --quiet --verify HEAD~1 >/dev/null; then
  echo "tidy: no commit before the last to compare with"
  exit 0
else
  base=$(git rev-parse --verify "${1:-HEAD~1}")
  mapfile -t files < <(git diff --name-only --diff-filter=d "$base" -- '*.cpp' ':!tests' ':!bench')
fi
patterns=()
for file in "${files[@]}"; do patterns+=("^$PWD/${file//./\\.}\$"); done
if [[ ${#patterns[@]} -eq 0 ]]; then
  echo "tidy: no files to check"
  exit 0
fi
run-clang-tidy -quiet -p build -j "$(nproc)" "${patterns[@]}"
echo "tidy: ${#patterns[@]} files clean"

#!/usr/bin/env bash
# clang-tidy over the sources that differ from a commit (default: the one before the last; tests left to `--all`), or
# over everything with `--all`. Needs a configured build/ (scripts/build.sh).
set -euo pipefail
cd "$(dirname "$0")/.."

if [[ ${1:-} == --all ]]; then
  mapfile -t files < <(git ls-files '*.cpp')
elif base=$(git rev-parse --quiet --verify "${1:-HEAD~1}"); then
  mapfile -t files < <(git diff --name-only --diff-filter=d "$base" -- '*.cpp' ':!tests' ':!bench')
else
  echo "tidy: no commit to compare with"
  exit 0
fi
patterns=()
for file in "${files[@]}"; do patterns+=("^$PWD/${file//./\\.}\$"); done
if [[ ${#patterns[@]} -eq 0 ]]; then
  echo "tidy: no files to check"
  exit 0
fi
run-clang-tidy -quiet -p build -j "$(nproc)" "${patterns[@]}"
echo "tidy: ${#patterns[@]} files clean"

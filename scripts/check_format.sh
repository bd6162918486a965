#!/usr/bin/env bash
# Fails when clang-format would change one of our C and C++ files; `--fix` changes them.
set -euo pipefail
cd "$(dirname "$0")/.."

mode=(--dry-run --Werror)
[[ ${1:-} == --fix ]] && mode=(-i)
git ls-files -z --cached --others --exclude-standard '*.h' '*.c' '*.cpp' | xargs -0 clang-format "${mode[@]}"
echo "format: clean"

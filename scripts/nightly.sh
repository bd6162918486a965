#!/usr/bin/env bash
# What takes too long for every change: clang-tidy over everything, the other compiler, all tests under the sanitizers,
# a minute of fuzzing for each file format, and the tests labelled nightly.
set -euo pipefail
cd "$(dirname "$0")/.."

export PIMTLM_RTL=ON
scripts/setup.sh
scripts/build.sh release
scripts/check_tidy.sh --all
for preset in clang asan; do
  scripts/build.sh "$preset"
  ctest --preset "$preset" --no-tests=error -j "$(nproc)" -LE nightly
done
scripts/fuzz.sh 60
ctest --test-dir build --output-on-failure -j "$(nproc)" -L nightly

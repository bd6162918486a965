#!/usr/bin/env bash
# Everything a change has to pass: format, build with warnings as errors, clang-tidy over what the last commit changed,
# all tests but the nightly ones.
# Options are passed on to ctest: scripts/test.sh -R config
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/setup.sh
scripts/check_format.sh
scripts/check_layers.py
PIMTLM_RTL=ON scripts/build.sh release
scripts/check_tidy.sh
ctest --test-dir build --output-on-failure --no-tests=error -j "$(nproc)" -LE nightly "$@"

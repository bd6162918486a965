#!/usr/bin/env bash
# What takes too long for every change: clang-tidy over everything, the other compiler, a build without Verilator and the
# cross compiler, all tests under the sanitizers (leaks included), fuzzing of each file format, and the tests labelled nightly.
# Every step runs, even if earlier ones failed;
# a table of times and counts ends the run, and the status is that of the worst step. The output of
# each step lies in build/nightly.
#   nightly.sh [seconds per fuzz target, default 60]
set -uo pipefail
cd "$(dirname "$0")/.."
fuzz_seconds=${1:-60}
logs=build/nightly
mkdir -p "$logs"
summary=()
failed=0

export PIMTLM_RTL=ON
# Another seed for the random tests each night; give it to repeat a night.
export PIMTLM_SEED=${PIMTLM_SEED:-$((RANDOM * 32768 + RANDOM))}
echo "PIMTLM_SEED=$PIMTLM_SEED"
# What a log says was done: tests, or executions of fuzz targets.
counts() {
  grep -hoE '[0-9]+% tests passed, [0-9]+ tests failed out of [0-9]+|stat::number_of_executed_units: *[0-9]+' "$1" |
    sed 's/stat::number_of_executed_units: */executions /' | paste -sd';' | sed 's/;/; /g'
}

# step NAME COMMAND...
step() {
  local name=$1 begin=$SECONDS status
  shift
  echo "== $name: $*"
  "$@" >"$logs/$name.log" 2>&1
  status=$?
  [[ $status -eq 0 ]] || { failed=1; tail -n 40 "$logs/$name.log"; }
  summary+=("$(printf '%-14s %-6s %6d s  %s' "$name" "$([[ $status -eq 0 ]] && echo ok || echo FAILED)" \
    $((SECONDS - begin)) "$(counts "$logs/$name.log")")")
}

# tests PRESET: builds it and runs what is not nightly.
tests() {
  scripts/build.sh "$1" && ctest --preset "$1" --no-tests=error -j "$(nproc)" -LE nightly
}

step setup scripts/setup.sh
step release scripts/build.sh release
step tidy scripts/check_tidy.sh --all
step clang tests clang
without_rtl() { PIMTLM_RTL=OFF tests nortl; }  # nor with the cross compiler
step nortl without_rtl
step asan tests asan
step fuzz scripts/fuzz.sh "$fuzz_seconds"
step nightly ctest --test-dir build --output-on-failure --no-tests=error -j "$(nproc)" -L nightly

echo
echo "PIMTLM_SEED=$PIMTLM_SEED"
printf '%s\n' "${summary[@]}"
exit "$failed"

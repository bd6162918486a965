#!/usr/bin/env bash
# Which lines and toggles (of single bits) of the RTL the block benches meet: builds them with Verilator's counters, runs them, prints a
# table per module. Fails when fewer than 95 % of the lines are met, but for those rtl_ref/coverage_exclusions.txt excuses.
# Options go to rtl_coverage_summary.py (--json FILE).
set -euo pipefail
cd "$(dirname "$0")/.."

build=${PIMTLM_COVERAGE_BUILD:-build-coverage}
launcher=()
command -v ccache > /dev/null && launcher=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache -DCMAKE_C_COMPILER_LAUNCHER=ccache)
cmake -S . -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_C_COMPILER=gcc \
  -DCMAKE_CXX_COMPILER=g++ -DPIMTLM_RTL_COVERAGE=ON "${launcher[@]}" > /dev/null

export PIMTLM_RTL_COVERAGE_DIR=$PWD/$build/coverage
rm -rf "$PIMTLM_RTL_COVERAGE_DIR"
mkdir -p "$PIMTLM_RTL_COVERAGE_DIR"
# The benches of the mutation run are those that have to see every line.
python3 - <<'PY' | while IFS=$'\t' read -r targets command; do
import json
for bench in json.load(open("rtl_ref/mutants.json"))["benches"].values():
    for command in bench["commands"]:
        print(" ".join(bench["targets"]), " ".join(command), sep="\t")
PY
  # Neither gets what the loop reads.
  for step in "ninja -C $build $targets" "$build/$command"; do
    $step < /dev/null > "$build/coverage.log" 2>&1 || { tail -30 "$build/coverage.log"; echo "rtl_coverage: $step: fails"; exit 1; }
  done
done
scripts/rtl_coverage_summary.py "$PIMTLM_RTL_COVERAGE_DIR" "$@"

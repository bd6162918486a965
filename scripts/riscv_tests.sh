#!/usr/bin/env bash
# Runs riscv-tests (rv32ui, rv32um, rv32ua, rv32uc, rv32mi) on the instruction-set simulator:
# riscv_tests.sh CHECKOUT [BUILD]
# CHECKOUT is a checkout of riscv-software-src/riscv-tests with its submodule env; nothing of it is kept.
set -euo pipefail
checkout=${1:?expected the path of a checkout of riscv-tests}
build=${2:-"$(dirname "$0")/../build"}
runner=$build/tests/core/riscv/run_program
[[ -f $checkout/env/p/riscv_test.h ]] || { echo "riscv_tests: $checkout/env/p: expected the submodule env" >&2; exit 2; }
[[ -x $runner ]] || { echo "riscv_tests: $runner: build the target run_program first" >&2; exit 2; }

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
failed=0
for suite in rv32ui rv32um rv32ua rv32uc rv32mi; do
  passed=0 tests=0
  for source in "$checkout/isa/$suite"/*.S; do
    name=$suite-$(basename "$source" .S)
    tests=$((tests + 1))
    if ! riscv64-unknown-elf-gcc -march=rv32imac_zicsr_zifencei -mabi=ilp32 -static -mcmodel=medany -fvisibility=hidden \
      -nostdlib -nostartfiles -I"$checkout/env/p" -I"$checkout/isa/macros/scalar" -T"$checkout/env/p/link.ld" \
      "$source" -o "$folder/$name" 2>"$folder/log"; then
      echo "$name: does not build"
      head -3 "$folder/log"
    elif result=$("$runner" "$folder/$name" "$(riscv64-unknown-elf-nm "$folder/$name" | awk '$3 == "tohost" {print $1}')"); then
      passed=$((passed + 1))
      continue
    else
      echo "$name: $result"
    fi
    failed=1
  done
  echo "$suite: $passed of $tests passed"
done
exit "$failed"

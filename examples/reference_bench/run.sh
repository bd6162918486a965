#!/usr/bin/env bash
# run.sh BUILD [+commands=N] [+seed=N]: builds the bench with Verilator against BUILD/libpimref.so and runs it.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=${here%/examples/*}
[[ $# -ge 1 && -f $1/libpimref.so ]] || { echo "usage: run.sh BUILD [+commands=N] [+seed=N]; BUILD: where libpimref.so is (ninja -C BUILD pimref)" >&2; exit 2; }
build=$(cd "$1" && pwd)
rtl=${PIMTLM_RTL_DIR:-$root/rtl_ref}
work=${BENCH_WORK:-$build/reference_bench}
verilator --binary --timing --assert -O3 -CFLAGS -O1 --output-split 20000 -Wno-fatal -Wno-lint -Wno-WIDTH -j 2 "-I$rtl/include" "-I$rtl/common" "-I$rtl/bank" \
  --top-module bench --Mdir "$work" -LDFLAGS "$build/libpimref.so -Wl,-rpath,$build" "$rtl/lint.vlt" "$here/bench.sv" > "$work.log" 2>&1 ||
  { tail -20 "$work.log" >&2; exit 1; }
said=$("$work/Vbench" "${@:2}")
echo "$said"
[[ $said == *" 0 differences"* ]]

#!/usr/bin/env bash
# Fuzzes the readers of files that users hand us: fuzz.sh [seconds per target, default 60] [target...]
# Builds with clang into build-fuzz; what a run finds worth keeping stays in build-fuzz/corpus, crashes in build-fuzz.
# Two targets at a time on two cores; every target runs, whatever became of the others. FUZZ_RUNS=N: N executions instead of a time.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-60}
shift || true
targets=("$@")
[[ ${#targets[@]} -ne 0 ]] || targets=(gguf safetensors tokenizer elf fpga_program attention_mask bits_map)

if command -v ccache >/dev/null; then
  export CMAKE_C_COMPILER_LAUNCHER=ccache CMAKE_CXX_COMPILER_LAUNCHER=ccache
  export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1
fi
cmake --preset fuzz >/dev/null
cmake --build --preset fuzz --target gguf_fuzz safetensors_fuzz tokenizer_fuzz elf_fuzz fpga_program_fuzz \
  attention_mask_fuzz bits_map_fuzz make_seeds

build=build-fuzz
mkdir -p "$build"/{seeds,corpus}/{gguf,safetensors,tokenizer,elf,fpga_program,attention_mask,bits_map}
"$build/tests/fuzz/make_seeds" "$build/seeds"

export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
limit=(-max_total_time="$seconds")
[[ -z ${FUZZ_RUNS:-} ]] || limit=(-runs="$FUZZ_RUNS")
# Text of a few lines has no more in 32 KiB than in 2.
longest() {
  case $1 in
    bits_map | attention_mask | fpga_program) echo 2048 ;;
    *) echo 32768 ;;
  esac
}
# fuzz TARGET: its log lies in build-fuzz/TARGET.log
fuzz() {
  local target=$1 status=0
  "$build/tests/fuzz/${target}_fuzz" "${limit[@]}" -max_len="$(longest "$target")" -timeout=10 -rss_limit_mb=2048 \
    -artifact_prefix="$build/$target-" -print_final_stats=1 "$build/corpus/$target" "$build/seeds/$target" \
    2>"$build/$target.log" || status=1
  echo "== $target: ${limit[*]}"
  [[ $status -eq 0 ]] || tail -n 60 "$build/$target.log"
  grep -E 'stat::(number_of_executed_units|peak_rss_mb|average_exec_per_sec)|DONE' "$build/$target.log" || true
  return "$status"
}
status=0
for target in "${targets[@]}"; do
  while [[ $(jobs -pr | wc -l) -ge $(nproc) ]]; do wait -n || status=1; done
  fuzz "$target" &
done
while [[ $(jobs -p | wc -l) -gt 0 ]]; do wait -n || status=1; done
exit "$status"

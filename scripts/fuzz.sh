#!/usr/bin/env bash
# Fuzzes the readers of files that users hand us: fuzz.sh [seconds per target, default 60]
# Builds with clang into build-fuzz; what a run finds worth keeping stays in build-fuzz/corpus, crashes in build-fuzz.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-60}

cmake --preset fuzz >/dev/null
cmake --build --preset fuzz --target gguf_fuzz safetensors_fuzz tokenizer_fuzz elf_fuzz fpga_program_fuzz attention_mask_fuzz make_seeds

build=build-fuzz
mkdir -p "$build"/{seeds,corpus}/{gguf,safetensors,tokenizer,elf,fpga_program,attention_mask}
"$build/tests/fuzz/make_seeds" "$build/seeds"

export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
for target in gguf safetensors tokenizer elf fpga_program attention_mask; do
  echo "== $target: $seconds s"
  "$build/tests/fuzz/${target}_fuzz" -max_total_time="$seconds" -max_len=32768 -timeout=10 -rss_limit_mb=2048 \
    -artifact_prefix="$build/$target-" -print_final_stats=1 "$build/corpus/$target" "$build/seeds/$target" \
    2>"$build/$target.log" || { tail -n 60 "$build/$target.log"; exit 1; }
  grep -E 'stat::(number_of_executed_units|peak_rss_mb)|DONE' "$build/$target.log"
done

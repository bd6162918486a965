#!/usr/bin/env bash
# From a fresh clone to the result: installs, builds, and runs LLaMA-7B on the default chip.
# Options of `pimtlm run` are passed on: scripts/run.sh --preset edge --set kv.bits=4
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/setup.sh run
scripts/build.sh release pimtlm

arguments=("$@")
# Adds an option unless it, or one of those that stand for it, was given.
default() {
  local value=$1 given option
  shift
  for option in "$@"; do
    for given in "${arguments[@]}"; do
      [[ $given == "$option" || $given == "$option="* ]] && return
    done
  done
  arguments+=("$1" "$value")
}
default aim8 --preset --config
default llama-7b --model
default 128 --prompt
default 128 --generate
set -x
build/pimtlm run "${arguments[@]}"
# The chip computes, too: anyone can check this sum.
build/pimtlm generate --weights sw/models/adder-q4_0.gguf --prompt "1234+5678=" --generate 8

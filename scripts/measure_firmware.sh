#!/usr/bin/env bash
# Measures what the firmware's work takes on the cores of platform/cores, for the native core: run it after a change of the
# firmware, its compiler or a cycle table. A test says when the tables are stale.
set -euo pipefail
cd "$(dirname "$0")/.."
build=${1:-build}
cmake --build "$build" --target pim_measure_firmware >/dev/null
mkdir -p platform/cores/firmware
for table in platform/cores/*.yaml; do
  name=$(basename "$table" .yaml)
  "$build/platform/pim_measure_firmware" "$name" >"$build/costs.yaml"
  mv "$build/costs.yaml" "platform/cores/firmware/$name.yaml"
done

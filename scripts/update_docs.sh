#!/usr/bin/env bash
# Writes the pages of docs/ that are generated from code.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/build.sh release pim_config_doc pim_counter_doc pimtlm
# By way of another file: a failure must not leave an empty page.
build/platform/config/pim_config_doc > build/configuration.md
mv build/configuration.md docs/configuration.md
build/core/pim_counter_doc > build/counters.md
mv build/counters.md docs/counters.md
scripts/energy_tables.py
scripts/plot_cram.py
scripts/program_tables.py

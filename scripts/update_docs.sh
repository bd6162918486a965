#!/usr/bin/env bash
# Writes the pages of docs/ that are generated from code.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/build.sh release pim_config_doc
build/platform/config/pim_config_doc > docs/configuration.md

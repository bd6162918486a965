#!/usr/bin/env bash
# Configures and builds: scripts/build.sh [preset] [target...]; preset release and all targets by default.
# PIMTLM_RTL=ON in the environment: fails where Verilator is missing; by default pimtlm is then built without RTL.
set -euo pipefail
cd "$(dirname "$0")/.."

preset=${1:-release}
shift || true
if command -v ccache >/dev/null; then
  export CMAKE_C_COMPILER_LAUNCHER=ccache CMAKE_CXX_COMPILER_LAUNCHER=ccache
  export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1  # another clone of the project finds the same objects
fi
cmake --preset "$preset" -DPIMTLM_RTL="${PIMTLM_RTL:-AUTO}"
cmake --build --preset "$preset" ${1:+--target "$@"}

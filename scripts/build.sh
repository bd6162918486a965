#!/usr/bin/env bash
# Configures and builds: scripts/build.sh [preset] [target...]; preset release and all targets by default.
set -euo pipefail
cd "$(dirname "$0")/.."

preset=${1:-release}
shift || true
if command -v ccache >/dev/null; then
  export CMAKE_C_COMPILER_LAUNCHER=ccache CMAKE_CXX_COMPILER_LAUNCHER=ccache
  export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1  # another clone of the project finds the same objects
fi
cmake --preset "$preset"
cmake --build --preset "$preset" ${1:+--target "$@"}

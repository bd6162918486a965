#!/usr/bin/env bash
# Installs what the project needs from Debian 12. Idempotent: does nothing when everything is there.
#   scripts/setup.sh run    what building and running pimtlm takes
#   scripts/setup.sh        that, and what the tests, the checks and the pictures take
set -euo pipefail

packages=(
  # build
  g++ cmake ninja-build ccache pkg-config git
  libsystemc-dev libyaml-cpp-dev nlohmann-json3-dev libfmt-dev
  libboost-program-options-dev libboost-iostreams-dev
  # vector arithmetic
  libhwy-dev
  # tokenizers
  libsentencepiece-dev libicu-dev
  # formulas of `solve`
  libmuparser-dev
  # digests
  libssl-dev
  # report pages
  libjs-chart.js
)
[[ ${1:-} == run ]] || packages+=(
  # RTL
  verilator iverilog yosys z3
  # tests
  libgtest-dev libeigen3-dev python3-numpy chromium qemu-user gdb-multiarch
  munge slurmctld slurmd slurm-client
  # benchmarks
  libbenchmark-dev
  # firmware for the Controller's core
  gcc-riscv64-unknown-elf picolibc-riscv64-unknown-elf
  # waveforms: conversion to FST, pictures
  gtkwave xvfb imagemagick
  # checks
  clang clang-format clang-tidy
)

missing=()
for package in "${packages[@]}"; do
  status=$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null || true)
  [[ $status == installed ]] || missing+=("$package")
done
if [[ ${#missing[@]} -eq 0 ]]; then
  echo "setup: all ${#packages[@]} packages are installed"
  exit 0
fi

sudo=()
[[ $EUID -eq 0 ]] || sudo=(sudo)
echo "setup: installing ${missing[*]}"
"${sudo[@]}" apt-get update -qq
"${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"

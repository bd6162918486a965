#!/usr/bin/env bash
# The pictures of docs/waveforms.md, as GTKWave shows them: one layer of a tiny model on 2 dies of 4 banks, and a bank
# beside its RTL. The links of the first are slower than the preset's, so that what crosses them is wide enough for its
# name. Needs gtkwave, xvfb and imagemagick. Usage: scripts/make_wave_picture.sh [PIMTLM]
set -euo pipefail
cd "$(dirname "$0")/.."
pimtlm=${1:-build/pimtlm}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# A screen of its own; GTKWave needs a moment to draw and tells nobody when it has.
cat > "$work/shoot.sh" <<'SHOOT'
cd "$1"
gtkwave --nomenu "$2.vcd" "$2.gtkw" > gtkwave.log 2>&1 &
viewer=$!
sleep "${WAVE_PICTURE_SECONDS:-10}"
import -window root screen.png
kill "$viewer"
SHOOT

# photograph PROFILE HEIGHT OUT OPTIONS...
photograph() {
  "$pimtlm" run --preset aim8 --model tiny --prompt 4 --generate 3 --quiet --json "$work/result.json" \
    --set weights.group=32 --wave "$1" --wave-dir "$work/$1" "${@:4}"
  xvfb-run --auto-servernum --server-args="-screen 0 1600x$2x24" bash "$work/shoot.sh" "$work/$1" "$1.decode0.layer0"
  convert "$work/$1/screen.png" -trim +repage -colors 32 -define png:compression-level=9 -strip "$3"
  echo "$3: $(stat -c %s "$3") bytes"
}
photograph schedule 1000 docs/waveforms.png --set chip.dies=2 --set chip.banks_per_die=4 --set link.bandwidth_gb_per_s=4
photograph rtl 700 docs/pictures/waveforms_rtl.png --functional --set rtl.banks=check --set rtl.bank_select=die0.bank0

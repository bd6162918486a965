#!/usr/bin/env bash
# The picture of docs/waveforms.md: one layer of a tiny model on 2 dies of 4 banks, as GTKWave shows it.
# The links are slower than the preset's, so that what crosses them is wide enough for its name.
# Needs gtkwave, xvfb and imagemagick. Usage: scripts/make_wave_picture.sh [OUT.png [PIMTLM]]
set -euo pipefail
cd "$(dirname "$0")/.."
out=$(realpath -m "${1:-docs/waveforms.png}")
pimtlm=${2:-build/pimtlm}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$pimtlm" run --preset aim8 --model tiny --prompt 4 --generate 3 --quiet --json "$work/result.json" \
  --set chip.dies=2 --set chip.banks_per_die=4 --set weights.group=32 --set link.bandwidth_gbps=4 \
  --wave schedule --wave-dir "$work/waves"

# A screen of its own; GTKWave needs a moment to draw and tells nobody when it has.
cat > "$work/shoot.sh" <<'SHOOT'
cd "$1/waves"
gtkwave --nomenu schedule.decode0.layer0.vcd schedule.decode0.layer0.gtkw > "$1/gtkwave.log" 2>&1 &
viewer=$!
sleep "${WAVE_PICTURE_SECONDS:-8}"
import -window root "$1/screen.png"
kill "$viewer"
SHOOT
xvfb-run --auto-servernum --server-args="-screen 0 1600x1000x24" bash "$work/shoot.sh" "$work"
convert "$work/screen.png" -trim +repage -colors 32 -define png:compression-level=9 -strip "$out"
echo "$out: $(stat -c %s "$out") bytes"

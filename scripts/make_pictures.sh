#!/usr/bin/env bash
# Makes the pictures of docs/reading_results.md and docs/design_space.md anew, from the runs that the pages name. Needs
# chromium; the timeline is shown by speedscope, which npm brings.
#
#   scripts/make_pictures.sh [answers]   answers: only the pages of sweep, demands, solve and sensitivity
set -euo pipefail
cd "$(dirname "$0")/.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
pictures=docs/pictures
mkdir -p "$pictures"

# photograph URL FILE WIDTH HEIGHT
photograph() {
  chromium --headless --no-sandbox --use-gl=angle --use-angle=swiftshader --enable-unsafe-swiftshader \
    --allow-file-access-from-files --hide-scrollbars --user-data-dir="$work/profile" --virtual-time-budget=15000 \
    --window-size="$3,$4" --screenshot="$PWD/$pictures/$2" "$1" > "$work/log" 2>&1
  echo "$pictures/$2: $(stat --format=%s "$pictures/$2") bytes"
}

# photograph_both PAGE NAME HEIGHT: 1280 and 400 pixels wide. The browser's windows are 500 wide at least: a frame is not.
photograph_both() {
  photograph "file://$1" "$2.png" 1280 "$3"
  printf '<!doctype html><body style="margin:0"><iframe src="file://%s" style="border:0;width:400px;height:%spx"></iframe>' "$1" "$3" > "$work/narrow.html"
  photograph "file://$work/narrow.html" "$2-narrow.png" 500 "$3"
}
answers() {
  local seven=(--model llama-7b --quiet)
  build/pimtlm sweep "${seven[@]}" --decode 512 --vary bank.mac_lanes=4..128:log6 --vary link.bandwidth_gb_per_s=0.25..32:log6 \
    --vary chip.dies=8,16 --out "$work/sweep"
  build/pimtlm demands --context 4096 --tokens-per-second 50 --quiet --out "$work/demands"
  build/pimtlm solve "${seven[@]}" --decode 512 --map given --target 'decode.tokens_per_second>=50' --free bank.mac_lanes=1..64 \
    --free controller.alu_lanes=1..64 --out "$work/solve"
  build/pimtlm sensitivity "${seven[@]}" --prompt 32 --out "$work/sensitivity"
  photograph_both "$work/sweep/report.html" page-sweep 1700
  photograph_both "$work/demands/report.html" page-demands 1300
  photograph_both "$work/solve/report.html" page-solve 760
  photograph_both "$work/sensitivity/report.html" page-sensitivity 900
}
if [[ ${1:-} == answers ]]; then
  answers
  exit
fi

# run NAME PRESET MODEL OPTIONS...
run() {
  build/pimtlm run --preset "$2" --model "$3" --prompt 128 --generate 128 --quiet --out "$work/$1" "${@:4}"
}
run report aim8 llama-7b --timeline "$work/timeline.json" --timeline-window decode=0,layer=0..3
run aim8 aim8 tinyllama-1.1b
run edge edge tinyllama-1.1b
build/pimtlm compare "$work/aim8" "$work/edge" --quiet --out "$work/compare"
photograph "file://$work/report/report.html" report.png 1240 1060
photograph "file://$work/compare/report.html" compare.png 1240 640

npm install --silent --no-audit --no-fund --prefix "$work/npm" speedscope
viewer=$work/npm/node_modules/speedscope/dist/release
printf 'speedscope.loadFileFromBase64("timeline.json", "%s")' "$(base64 --wrap=0 "$work/timeline.json")" > "$work/timeline.js"
photograph "file://$viewer/index.html#localProfilePath=$work/timeline.js" timeline.png 1280 230
answers

#!/usr/bin/env bash
# Makes the pictures of docs/reading_results.md anew, from the runs that the page names. Needs chromium; the timeline is
# shown by speedscope, which npm brings.
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

#!/usr/bin/env bash
# Synthesizes each block of the RTL with yosys to generic gates and prints their number and area in gate equivalents (a
# two-input NAND is 1; the weights below). Memories (cells of DieRAM, BRAM, row buffers) are macros of a real chip: they are
# kept out and listed by their bits.
#
#   scripts/rtl_area.sh [BLOCK...]      all blocks of the table below
#
# A block that takes yosys minutes at its full width is synthesized narrower; the column "as" says so.
set -euo pipefail
cd "$(dirname "$0")/.."

# name | top module | folders | parameters of the instance | what they mean
blocks=(
  "die|pim_die|die|-set Banks 4 -set RamBytes 4096|4 banks, 32 B link, 64 B DieRAM port, 4 KiB of DieRAM"
)

build=build/area
mkdir -p "$build"
wanted=("$@")

# NAND-equivalents of yosys' gate library: what abc's own standard-cell examples charge, rounded to halves.
weigh='
  BEGIN {
    w["$_NOT_"] = 0.5; w["$_NAND_"] = 1; w["$_NOR_"] = 1; w["$_AND_"] = 1.5; w["$_OR_"] = 1.5; w["$_ANDNOT_"] = 1.5
    w["$_ORNOT_"] = 1.5; w["$_XOR_"] = 2.5; w["$_XNOR_"] = 2.5; w["$_MUX_"] = 2.5; w["$_NMUX_"] = 2; w["$_AOI3_"] = 1.5
    w["$_OAI3_"] = 1.5; w["$_AOI4_"] = 2; w["$_OAI4_"] = 2
  }
  $1 ~ /^\$_DFFE?_|^\$_SDFF|^\$_ALDFF/ { flops += $2; area += $2 * ($1 ~ /DFFE/ ? 8 : 6); next }
  $1 in w { gates += $2; area += $2 * w[$1]; next }
  $1 ~ /^\$_/ { print "rtl_area: no weight for " $1 > "/dev/stderr"; failed = 1 }
  END { printf "%d %d %d\n", gates, flops, area; exit failed }'

printf '%-10s %10s %10s %14s %12s  %s\n' block gates flip-flops "area [NAND2]" "memory bits" as
for row in "${blocks[@]}"; do
  IFS='|' read -r name top folders parameters note <<< "$row"
  if [[ ${#wanted[@]} -gt 0 && ! " ${wanted[*]} " == *" $name "* ]]; then continue; fi
  sources=$(for folder in $folders; do ls rtl_ref/"$folder"/*.sv; done | tr '\n' ' ')
  yosys -q -l "$build/$name.log" -p "
    read_verilog -sv -Irtl_ref/include -Irtl_ref/${folders%% *} $sources
    chparam $parameters $top
    hierarchy -check -top $top
    proc; flatten; opt -fast
    memory_collect
    tee -q -o $build/$name.memories select -list t:\$mem* %%
    tee -q -o $build/$name.memory_dump dump t:\$mem*
    delete t:\$mem*
    opt -full; techmap; opt -fast
    abc -fast
    opt_clean -purge
    tee -q -o $build/$name.stat stat"
  bits=$(awk '/parameter .*SIZE / { size = $NF } /parameter .*WIDTH / { total += size * $NF } END { print total + 0 }' "$build/$name.memory_dump")
  read -r gates flops area < <(awk "$weigh" "$build/$name.stat")
  printf '%-10s %10d %10d %14d %12d  %s\n' "$name" "$gates" "$flops" "$area" "$bits" "$note"
done

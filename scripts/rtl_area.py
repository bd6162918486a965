#!/usr/bin/env python3
"""Synthesizes the blocks of the RTL with yosys to generic gates and prints what each takes.

    scripts/rtl_area.py [BLOCK...] [--modules] [--json FILE]

Area in gate equivalents: a two-input NAND is 1; the weights are below. Memories that are written (cells of BRAM, DieRAM, row
buffers) are macros of a real chip: they are left as they are and listed by their bits; tables become gates. The hierarchy is
kept: each module is synthesized once, by a yosys of its own, and counted as often as it stands in the block.
"""
import argparse
import json
import os
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# block: top module, folders, parameters that are not the module's own, what they mean
BLOCKS = {
    "bank": ("pim_bank", ["common", "bank"], {}, "64 MAC lanes, 4 softmax lanes, 64 KiB of BRAM; cells outside"),
    "die": ("pim_die", ["die"], {}, "16 banks, 32-byte link, 64-byte DieRAM port, 64 KiB of DieRAM"),
    "alu": ("pim_alu", ["common", "alu"], {}, "64 lanes, 128-byte port, two row buffers of 16384 elements"),
}

# NAND equivalents of yosys' gates: what abc's own standard-cell examples charge, rounded to halves.
WEIGHTS = {"NOT": 0.5, "NAND": 1, "NOR": 1, "AND": 1.5, "OR": 1.5, "ANDNOT": 1.5, "ORNOT": 1.5, "XOR": 2.5, "XNOR": 2.5,
           "MUX": 2.5, "NMUX": 2, "AOI3": 1.5, "OAI3": 1.5, "AOI4": 2, "OAI4": 2}
FLOP, FLOP_WITH_ENABLE = 6, 8


class Area(Counter):
    """gates, flops, area (in halves of a NAND), memory_bits."""

    def add(self, other, times=1):
        for key, value in other.items():
            self[key] += times * value


def gate(cell):
    """What one generic gate of yosys adds; None if the cell is none."""
    if not cell.startswith("$_"):
        return None
    name = cell.strip("$_")
    kind = name.split("_")[0]
    if "DFF" in kind:
        return Area(flops=1, halves=2 * (FLOP_WITH_ENABLE if kind.endswith("E") else FLOP))
    if kind not in WEIGHTS:
        sys.exit(f"rtl_area: no weight for {cell}")
    return Area(gates=1, halves=int(2 * WEIGHTS[kind]))


# Merging equal gates and folding what is constant again is left to abc, which is quicker at it than yosys.
GATES = ["peepopt", "opt -fast", "wreduce", "opt -fast", "memory_dff", "memory_collect", "memory_map -rom-only", "opt -fast",
         "json -o {base}.memories.json",
         "techmap", "opt_expr", "opt_clean", "abc -fast",
         "opt_clean -purge", "check -assert", "tee -q -o {base}.stat.json stat -json"]


class Effort:
    """What the runs of yosys took."""

    def __init__(self):
        self.seconds, self.megabytes = 0, 0

    def yosys(self, base, commands):
        script, log = Path(f"{base}.ys"), Path(f"{base}.log")
        script.write_text("\n".join(commands) + "\n")
        with open(f"{base}.out", "w+", encoding="utf-8") as output:
            run = subprocess.Popen(["yosys", "-q", "-l", log, "-s", script], cwd=ROOT, stdout=output, stderr=subprocess.STDOUT)
            _, status, usage = os.wait4(run.pid, 0)
            run.returncode = os.waitstatus_to_exitcode(status)
            self.seconds += usage.ru_utime + usage.ru_stime
            self.megabytes = max(self.megabytes, usage.ru_maxrss // 1024)
            if run.returncode != 0:
                output.seek(0)
                sys.exit(f"rtl_area: yosys fails; see {log}\n{output.read()[-2000:]}")


def synthesize(block, work, jobs, rtl, known, then=()):
    """Per module its cells as gates, and the memories that stay; what that took. `known` keeps both of modules other than the
    top for the next block that is made of them. `then`: commands of yosys
    that read the gates of each module."""
    top, folders, parameters, _ = BLOCKS[block]
    sources = [str(file) for folder in folders for file in sorted((rtl / folder).glob("*.sv"))]
    includes = " ".join(f"-I{rtl / folder}" for folder in ["include", *folders])
    chparam = f"chparam {' '.join(f'-set {name} {value}' for name, value in parameters.items())} {top}" if parameters else ""
    effort, base = Effort(), work / block
    effort.yosys(base, [f"read_verilog -sv {includes} {' '.join(sources)}", chparam, f"hierarchy -check -top {top}", "proc -noopt",
                        f"tee -q -o {base}.modules ls", f"write_rtlil {base}.il"])
    names = [line.strip() for line in Path(f"{base}.modules").read_text().splitlines() if line.startswith("  ")]

    def gates(numbered):
        number, name = numbered
        if name in known:
            return known[name]
        of_module = f"{base}.{number}"
        effort.yosys(of_module, [f"read_rtlil {base}.il", f"cd {name}", *(command.format(base=of_module) for command in (*GATES, *then))])
        memories = json.loads(Path(f"{of_module}.memories.json").read_text())["modules"]
        cells = statistics(Path(f"{of_module}.stat.json").read_text())
        if plain(name) != top:
            known[name] = memories, cells
        return memories, cells

    before, after = {}, {}
    with ThreadPoolExecutor(jobs) as pool:
        for memories, cells in pool.map(gates, enumerate(names)):
            before.update(memories)
            after.update(cells)
    return before, after, effort


def statistics(text):
    """Cells of a module. Behind the last one yosys 0.23 leaves the text no JSON."""
    return json.loads(text.split("\n   },\n")[0] + "}}")["modules"]


def memory_bits(module):
    bits = 0
    for cell in module["cells"].values():
        if cell["type"].startswith("$mem"):
            bits += int(cell["parameters"]["SIZE"], 2) * int(cell["parameters"]["WIDTH"], 2)
    return bits


def plain(name):
    """A module's name without the parameters that yosys puts into it."""
    name = name.lstrip("\\")
    if name.startswith("$paramod"):
        name = next(part for part in name.split("\\")[1:] if part).split("\\")[0]
    return name


def measure(block, work, jobs, rtl=ROOT / "rtl_ref", known=None):
    """The sum of a block, per module its own gates and how often it is there, and what the synthesis took."""
    before, after, effort = synthesize(block, work, jobs, rtl, {} if known is None else known)
    after = {name.lstrip("\\"): module for name, module in after.items()}
    before = {name.lstrip("\\"): module for name, module in before.items()}
    own, children = {}, {}
    for name, module in after.items():
        own[name], children[name] = Area(memory_bits=memory_bits(before[name])), Counter()
        for cell, number in module["num_cells_by_type"].items():
            added = gate(cell)
            if added is not None:
                own[name].add(added, number)
            elif cell.lstrip("\\") in after:
                children[name][cell.lstrip("\\")] += number
            elif not cell.startswith("$mem"):
                sys.exit(f"rtl_area: {name} holds a {cell}, which is no gate")
    modules, total = {}, Area()

    def visit(name, times):
        total.add(own[name], times)
        row = modules.setdefault(plain(name), Area())
        row.add(own[name], times)
        row["instances"] += times
        for child, number in children[name].items():
            visit(child, times * number)

    # yosys puts the parameters into the name of the top, too.
    visit(next(name for name in own if plain(name) == BLOCKS[block][0]), 1)
    return total, modules, effort


def numbers(area):
    return {"gates": area["gates"], "flip_flops": area["flops"], "area_nand2": (area["halves"] + 1) // 2, "memory_bits": area["memory_bits"]}


def show(name, row, note):
    print(f"{name:24} {row['gates']:9} {row['flip_flops']:10} {row['area_nand2']:13} {row['memory_bits']:12}  {note}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("blocks", nargs="*", choices=[[], *BLOCKS], help="all if none is named")
    parser.add_argument("--modules", action="store_true", help="also what each module of a block takes")
    parser.add_argument("--json", type=Path, help="also write the table there")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="modules at a time; by default as many as there are cores")
    parser.add_argument("--work", type=Path, default=ROOT / "build" / "area", help="where yosys leaves its logs")
    arguments = parser.parse_args()
    work = arguments.work.resolve()
    work.mkdir(parents=True, exist_ok=True)
    print(f"{'block':24} {'gates':>9} {'flip-flops':>10} {'area [NAND2]':>13} {'memory bits':>12}  as")
    rows = []
    for block in arguments.blocks or BLOCKS:
        total, modules, effort = measure(block, work, arguments.jobs)
        row = {"block": block, **numbers(total), "as": BLOCKS[block][3], "modules": [
            {"module": name, "instances": area["instances"], **numbers(area)}
            for name, area in sorted(modules.items(), key=lambda item: -item[1]["halves"])]}
        rows.append(row)
        show(block, row, row["as"])
        print(f"rtl_area: {block}: {effort.seconds:.0f} s of CPU, {effort.megabytes} MB at most in one yosys", file=sys.stderr)
        if arguments.modules:
            for module in row["modules"]:
                show("  " + module["module"], module, f"{module['instances']} of them")
    if arguments.json:
        arguments.json.write_text(json.dumps(rows, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

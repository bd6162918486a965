#!/usr/bin/env python3
"""Prints line and toggle coverage per module from the files Verilated models left; see rtl_coverage.sh.

A point is a branch, or lines that are always run together; it is met when an instance in one of the models met it.
"""
import argparse
import json
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WANTED = 95.0
# Folders of rtl_ref whose lines count, and what they are called.
BLOCKS = {"common": "common", "include": "common", "bank": "bank", "die": "die", "alu": "alu"}
KINDS = ("lines", "lines_met", "excluded", "toggles", "toggles_met")


def points(directory):
    """(file, page, place) -> count, summed over instances and runs. Verilator's format: key\x02value pairs between \x01."""
    counts = defaultdict(int)
    for file in sorted(Path(directory).glob("*.dat")):
        for line in file.read_bytes().decode("latin-1").splitlines():
            if not line.startswith("C '"):
                continue
            text, count = line[3:].rsplit("' ", 1)
            fields = dict(part.split("\x02", 1) for part in text.split("\x01") if "\x02" in part)
            place = (fields["f"], fields["page"].split("/")[0], (int(fields["l"]), int(fields.get("n", 0)), fields.get("o", "")))
            counts[place] += int(count)
    return counts


def exclusions():
    """(file name, text of the line) -> reason."""
    table = {}
    file = ROOT / "rtl_ref" / "coverage_exclusions.txt"
    for line in file.read_text().splitlines():
        if line and not line.startswith("#"):
            name, text, reason = (part.strip() for part in line.split("|"))
            table[name, text] = reason
    return table


def share(met, of):
    return 100.0 * met / of if of else 100.0


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--missing", action="store_true", help="print the lines that were not met")
    arguments = parser.parse_args()
    counts = points(arguments.directory)
    if not counts:
        sys.exit("rtl_coverage: no counts; did the benches run?")
    excused = exclusions()
    used = set()
    modules = defaultdict(lambda: dict.fromkeys(KINDS, 0))
    missing = []
    for (file, page, place), count in sorted(counts.items()):
        block = BLOCKS.get(Path(file).parent.name)
        if block is None:
            continue
        module = modules[block, Path(file).stem]
        if page == "v_toggle":
            module["toggles"] += 1
            module["toggles_met"] += count > 0
            continue
        source = Path(file).read_text().splitlines()[place[0] - 1].strip()
        if count == 0 and (Path(file).name, source) in excused:
            used.add((Path(file).name, source))
            module["excluded"] += 1
            continue
        module["lines"] += 1
        module["lines_met"] += count > 0
        if count == 0:
            missing.append(f"{Path(file).name}:{place[0]}: {place[2]} {source}")

    rows = [dict(counted, block=block, module=name) for (block, name), counted in sorted(modules.items())]
    blocks = {block: {kind: sum(r[kind] for r in rows if r["block"] == block) for kind in KINDS} for block in sorted(set(BLOCKS.values()))}
    print(f"{'module':24} {'points':>7} {'met':>7} {'%':>6} {'excluded':>9} {'toggles':>9} {'met':>7} {'%':>6}")
    for name, row in [*((row["module"], row) for row in rows), *((f"all of {block}", counted) for block, counted in blocks.items())]:
        print(f"{name:24} {row['lines']:7} {row['lines_met']:7} {share(row['lines_met'], row['lines']):6.1f} {row['excluded']:9} "
              f"{row['toggles']:9} {row['toggles_met']:7} {share(row['toggles_met'], row['toggles']):6.1f}")
    for name, text in sorted(set(excused) - used):
        print(f"not needed any more in coverage_exclusions.txt: {name}: {text}")
    if arguments.missing:
        print(*missing, sep="\n")
    if arguments.json:
        arguments.json.write_text(json.dumps(rows, indent=1) + "\n")
    return 0 if all(c["lines"] and share(c["lines_met"], c["lines"]) >= WANTED for c in blocks.values()) else 1


if __name__ == "__main__":
    sys.exit(main())

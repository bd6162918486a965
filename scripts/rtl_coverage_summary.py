#!/usr/bin/env python3
"""Prints line and toggle coverage per module from the files Verilated models left; see rtl_coverage.sh."""
import argparse
import json
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WANTED = 95.0


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
    modules = defaultdict(lambda: {"lines": 0, "lines_met": 0, "excluded": 0, "toggles": 0, "toggles_met": 0})
    missing = []
    for (file, page, place), count in sorted(counts.items()):
        module = modules[Path(file).stem]
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

    share = lambda met, all_: 100.0 * met / all_ if all_ else 100.0
    rows = [dict(m, module=name, line_percent=share(m["lines_met"], m["lines"]), toggle_percent=share(m["toggles_met"], m["toggles"]))
            for name, m in sorted(modules.items())]
    print(f"{'module':24} {'lines':>7} {'met':>7} {'%':>6} {'excluded':>9} {'toggles':>9} {'%':>6}")
    for row in rows:
        print(f"{row['module']:24} {row['lines']:7} {row['lines_met']:7} {row['line_percent']:6.1f} {row['excluded']:9} "
              f"{row['toggles']:9} {row['toggle_percent']:6.1f}")
    lines, met = sum(r["lines"] for r in rows), sum(r["lines_met"] for r in rows)
    print(f"all: {share(met, lines):.1f} % of {lines} lines and branches, "
          f"{share(sum(r['toggles_met'] for r in rows), sum(r['toggles'] for r in rows)):.1f} % of toggles")
    for name, text in sorted(set(excused) - used):
        print(f"not needed any more in coverage_exclusions.txt: {name}: {text}")
    if arguments.missing:
        print(*missing, sep="\n")
    if arguments.json:
        arguments.json.write_text(json.dumps(rows, indent=1) + "\n")
    return 0 if share(met, lines) >= WANTED else 1


if __name__ == "__main__":
    sys.exit(main())

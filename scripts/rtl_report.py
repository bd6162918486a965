#!/usr/bin/env python3
"""Writes the tables of docs/rtl_evidence.md from what the benches, the mutation run and the tools left.

    scripts/rtl_report.py                    from rtl_ref/evidence/*.json
    scripts/rtl_report.py --check            only whether the page says what they say
    scripts/rtl_report.py --collect PART...  first does PART again: benches, mutants, coverage, area, checks (or all)
    ... --blocks BLOCK...                    benches, mutants and area of these blocks only

Everything together takes half an hour and more. Each result says of which state of its block's RTL it is; benches, mutants and area of
a block that has not changed since are not done again (delete rtl_ref/evidence/PART.json to do so).
"""
import argparse
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EVIDENCE = ROOT / "rtl_ref" / "evidence"
PAGE = ROOT / "docs" / "rtl_evidence.md"
BEGIN, END = "<!-- evidence: written by scripts/rtl_report.py -->", "<!-- end of evidence -->"
BLOCKS = {"bank": ["common", "bank"], "die": ["die"], "alu": ["common", "alu"]}

# What pimtlm-cosim is run with.
BENCHES = [
    ["die", "--transfers", "100000", "--banks", "4", "--stalls", "0"],
    ["die", "--transfers", "100000", "--banks", "16", "--stalls", "20"],
    ["die", "--transfers", "100000", "--banks", "5", "--stalls", "60", "--half-duplex"],
    ["die", "--transfers", "100000", "--banks", "7", "--stalls", "10", "--narrow-ram"],
    ["die", "--transfers", "100000", "--banks", "2", "--stalls", "0", "--narrow-ram", "--half-duplex"],
    ["alu", "--vectors", "1000000", "--stalls", "0"],
    ["alu", "--vectors", "100000", "--stalls", "40"],
    ["bank", "--commands", "25000", "--seed", "3", "--stalls", "0"],
    ["bank", "--commands", "25000", "--seed", "4", "--stalls", "10"],
    ["bank", "--commands", "25000", "--seed", "5", "--stalls", "30"],
    ["bank", "--commands", "25000", "--seed", "6", "--stalls", "70"],
]


def rtl_state(block):
    digest = hashlib.sha256()
    for folder in ("include", *BLOCKS[block]):
        for file in sorted((ROOT / "rtl_ref" / folder).glob("*.sv*")):
            digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()[:12]


def rtl_states():
    return {block: rtl_state(block) for block in BLOCKS}


def kept(part):
    """What was measured, and of which state of the RTL of each block."""
    file = EVIDENCE / f"{part}.json"
    return json.loads(file.read_text()) if file.exists() else {"rtl": {}, "result": []}


def keep(part, states, result):
    """`states`: of the RTL when the part was begun."""
    EVIDENCE.mkdir(exist_ok=True)
    text = json.dumps({"rtl": states, "result": result}, indent=1, ensure_ascii=False)
    (EVIDENCE / f"{part}.json").write_text(text + "\n")


# ---- collecting


def through_json(command, **kwargs):
    """Runs a command that takes --json FILE; its exit status and what it wrote there."""
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory) / "result.json"
        done = subprocess.run([*command, "--json", file], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **kwargs)
        if not file.exists():
            sys.exit(f"rtl_report: {' '.join(map(str, command))} fails:\n{done.stdout[-4000:]}")
        return json.loads(file.read_text())


def collect_benches(build, jobs, blocks):
    known = {tuple(run["options"]): run for run in kept("benches")["result"]}
    subprocess.run(["ninja", "-C", build, "pimtlm-cosim"], check=True)
    states = rtl_states()

    def run(options):
        print("pimtlm-cosim", *options, flush=True)
        counts = through_json([build / "pimtlm-cosim", *options])
        if "operations" in counts:  # the ALU, by operation
            counts = counts["operations"]
        for row in counts if isinstance(counts, list) else [counts]:
            for key in ("bench", "coverage", "mismatch"):
                row.pop(key, None)
        return {"rtl": states[options[0]], "options": options, "counts": counts}

    due = [options for options in BENCHES if options[0] in blocks and known.get(tuple(options), {}).get("rtl") != states[options[0]]]
    with ThreadPoolExecutor(jobs) as pool:
        for done in as_completed([pool.submit(run, options) for options in reversed(due)]):  # the longest first
            known[tuple(done.result()["options"])] = done.result()
            keep("benches", states, [known[tuple(o)] for o in BENCHES if tuple(o) in known])


def by_block(part, script, blocks):
    """Collects what a script says of each of the blocks that has changed: it takes blocks, and each of its rows is of one."""
    before, states = kept(part), rtl_states()
    due = [block for block in BLOCKS if block in blocks and before["rtl"].get(block) != states[block]]
    if not due:
        return
    states = {**before["rtl"], **{block: states[block] for block in due}}
    rows = through_json([ROOT / "scripts" / script, *due]) + [row for row in before["result"] if row["block"] not in due]
    keep(part, states, sorted(rows, key=lambda row: list(BLOCKS).index(row["block"])))


def collect_mutants(build, jobs, blocks):
    by_block("mutants", "rtl_mutants.py", blocks)


def collect_coverage(*_):
    states = rtl_states()
    keep("coverage", states, through_json([ROOT / "scripts" / "rtl_coverage.sh"]))


def collect_area(build, jobs, blocks):
    by_block("area", "rtl_area.py", blocks)


def assertions(block):
    text = "".join(file.read_text() for folder in BLOCKS.get(block, [block])
                   for file in (ROOT / "rtl_ref" / folder).glob("*.sv"))
    return len(re.findall(r"\b(?:assert|assume) property", text))


def collect_checks(build, *_):
    """What the tests say that lint the RTL and run it in a second simulator."""
    states = rtl_states()
    subprocess.run(["ninja", "-C", build, "pimtlm-cosim", "pim_generate_vectors"], check=True)
    done = subprocess.run(["ctest", "--test-dir", build, "-R", r"^rtl\."], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    passed = {name: answer == "Passed" for name, answer in re.findall(r"Test +#\d+: (\S+) \.* *(Passed|\*\*\*\w+)", done.stdout)}
    lint = {block: passed.get(f"rtl.{block}_lints", False) for block in BLOCKS}
    lint["common"] = lint["bank"] and lint["alu"]  # what they have in common, and the arithmetic of the ALU
    rows = [{"block": block, "lint_clean": lint[block], "assertions": assertions(block),
             "icarus": passed.get(f"rtl.{block}_in_icarus", False)} for block in lint]
    keep("checks", states, rows)


COLLECT = {"benches": collect_benches, "mutants": collect_mutants, "coverage": collect_coverage, "area": collect_area,
           "checks": collect_checks}

# ---- writing


def number(value):
    return f"{value:,}".replace(",", " ")


def table(head, rows, text_columns=1):
    marks = ["---"] * text_columns + ["---:"] * (len(head) - text_columns)
    lines = [head, marks] + [[number(c) if isinstance(c, int) else str(c) for c in row] for row in rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def benches_section(runs):
    rows, formats, operations = [], defaultdict(int), defaultdict(lambda: [0, 0, 0, 0])
    for run in runs:
        command, state, counts = "`" + " ".join(run["options"]) + "`", f"`{run['rtl']}`", run["counts"]
        if isinstance(counts, list):  # the ALU, by operation
            for row in counts:
                for i, key in enumerate(("commands", "elements", "compute_cycles", "mismatches")):
                    operations[row["operation"]][i] += row[key]
            rows.append([command, state, sum(r["commands"] for r in counts), "–", sum(r["compute_cycles"] + r["stream_cycles"] for r in counts),
                         sum(r["mismatches"] for r in counts)])
            continue
        for name, count in counts.get("formats", {}).items():
            formats[name] += count
        rows.append([command, state, counts.get("commands", counts.get("transfers")), counts["refused"] + counts.get("failed", 0), counts["cycles"],
                     counts["mismatches"]])
    kinds = defaultdict(list)
    for name, count in formats.items():
        kinds[name.split()[0]].append(count)
    out = [table(["`pimtlm-cosim`", "RTL state", "commands or transfers", "refused or failed", "cycles", "mismatches"], rows, 2)]
    if kinds:
        out += ["Bank commands by kind, and the rarest of the formats of each (code widths, group sizes, zero points, flags):",
                table(["bank command", "formats", "executed", "of the rarest format"],
                      [[kind, len(counts), sum(counts), min(counts)] for kind, counts in sorted(kinds.items())])]
    if operations:
        out += ["Operations of the ALU:", table(["operation", "commands", "elements", "cycles of compute", "mismatches"],
                                                [[name, *counts] for name, counts in operations.items()])]
    return out


def mutants_section(rows):
    caught = sum(row["caught"] for row in rows)
    blocks = sorted({row["block"] for row in rows})
    count = lambda block, by: sum(r["block"] == block and r["by"] == by for r in rows)
    ways = sorted({row["by"] for row in rows})
    return [f"{caught} of {len(rows)} faults are caught (`scripts/rtl_mutants.py`). The table counts them by the check that catches them:",
            table(["block", "faults", *ways], [[b, sum(r["block"] == b for r in rows), *[count(b, way) for way in ways]] for b in blocks]),
            "<details><summary>each of them</summary>\n", table(["module", "fault", "by"], [
                ["`" + Path(r["file"]).stem + "`", r["what"], r["by"] if r["caught"] else "**survives**"] for r in rows], 3), "\n</details>"]


def coverage_section(rows):
    share = lambda met, of: f"{100 * met / of:.1f} %" if of else "–"
    total = lambda rows: {key: sum(r[key] for r in rows) for key in ("lines", "lines_met", "excluded", "toggles", "toggles_met")}
    line = lambda r: [r["lines"], r["lines_met"], share(r["lines_met"], r["lines"]), r["excluded"], r["toggles"], share(r["toggles_met"], r["toggles"])]
    columns = ["points of lines", "met", "", "excluded", "toggles", "met"]
    blocks = sorted({r["block"] for r in rows})
    return ["Coverage of the benches that run the mutants (`scripts/rtl_coverage.sh`). A point is a branch, or a group of lines that always run together; "
            "continuous assignments have no points. Toggles are counted for each bit of signals of at most 16 bits, in the ALU of one bit. `rtl_ref/coverage_exclusions.txt` lists the points "
            "that need not be covered, each with its reason.",
            table(["block", *columns], [[name, *line(total([r for r in rows if name in (r["block"], "all")]))] for name in [*blocks, "all"]]),
            "<details><summary>by module</summary>\n",
            table(["module", "block", *columns], [[f"`{r['module']}`", r["block"], *line(r)] for r in rows], 2), "\n</details>"]


def area_section(rows):
    columns = ("gates", "flip_flops", "area_nand2", "memory_bits")
    out = [table(["block", "as", "gates", "flip-flops", "area in NAND2", "memory bits"],
                 [[r["block"], r["as"], *[r[c] for c in columns]] for r in rows], 2)]
    modules = [[f"`{m['module']}`", r["block"], m["instances"], *[m[c] for c in columns]] for r in rows for m in r["modules"]]
    return ["yosys 0.23, generic gates after `abc -fast` (`scripts/rtl_area.py`); memories that are written are macros, counted in bits:", *out,
            "<details><summary>by module</summary>\n",
            table(["module", "block", "instances", "gates", "flip-flops", "area in NAND2", "memory bits"], modules, 2), "\n</details>"]


def checks_section(rows):
    yes = lambda flag: "yes" if flag else "**no**"
    return [table(["block", "`verilator --lint-only -Wall` clean", "bench passes in Icarus", "assertions"],
                  [[r["block"], yes(r["lint_clean"]), yes(r["icarus"]), r["assertions"]] for r in rows], 3)]


SECTIONS = {"benches": ("Against the model", benches_section), "mutants": ("Mutants", mutants_section),
            "coverage": ("Coverage", coverage_section), "area": ("Area", area_section),
            "checks": ("Lint, a second simulator, assertions", checks_section)}


def evidence():
    parts = []
    for part, (title, section) in SECTIONS.items():
        measured = kept(part)
        if not measured["result"]:
            continue
        parts += [f"## {title}", *section(measured["result"])]
        if part != "benches":  # which say it of each run
            parts.append("Measured with the RTL in the states " + ", ".join(f"{block} `{state}`" for block, state in measured["rtl"].items()) + ".")
    return "\n\n".join(parts)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="only whether the page is current")
    parser.add_argument("--collect", nargs="+", choices=["all", *COLLECT], default=[], metavar="PART", help="do these again first")
    parser.add_argument("--blocks", nargs="+", choices=list(BLOCKS), default=list(BLOCKS), metavar="BLOCK", help="only benches, mutants and area of these")
    parser.add_argument("--build", type=Path, default=ROOT / "build", help="where pimtlm-cosim and the tests are built")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="benches at a time")
    arguments = parser.parse_args()
    for part in COLLECT if "all" in arguments.collect else arguments.collect:
        COLLECT[part](arguments.build.resolve(), arguments.jobs, arguments.blocks)
    page = PAGE.read_text()
    before, rest = page.split(BEGIN)
    after = rest.split(END)[1]
    current = f"{before}{BEGIN}\n\n{evidence()}\n\n{END}{after}"
    if arguments.check:
        if current == page:
            return 0
        sys.exit(f"rtl_report: {PAGE.relative_to(ROOT)} is not what rtl_ref/evidence says; run scripts/rtl_report.py")
    temporary = PAGE.with_suffix(".tmp")
    temporary.write_text(current)
    os.replace(temporary, PAGE)
    return 0


if __name__ == "__main__":
    sys.exit(main())

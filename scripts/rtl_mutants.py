#!/usr/bin/env python3
"""Plants small faults in the RTL, one at a time, and runs the bench of the block: each has to be caught.

    scripts/rtl_mutants.py                 all of them; exit status 1 if one survives
    scripts/rtl_mutants.py die             those of one block
    scripts/rtl_mutants.py --stages        only the pipeline stages too many
    scripts/rtl_mutants.py --check         only that each fault's text is still in the RTL, once

A fault is an expression that stands in for another (rtl_ref/mutants.json): `pattern` is text of the RTL, in which «» mark the
expression if it is not all of it, `replacement` what it becomes; or it `delays` ports of a module by a cycle, which is a pipeline stage
too many, and has `commands` of its own in which to be noticed. All faults of a block are built at once into a copy of its
RTL, where each expression becomes `pim_mutant == N ? replacement : expression`; the environment variable PIM_MUTANT chooses one
when a bench runs.
"""
import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MUTANTS = ROOT / "rtl_ref" / "mutants.json"
SELECTOR = """
  int pim_mutant;
  initial pim_mutant = $c32("(getenv(\\"PIM_MUTANT\\") ? atoi(getenv(\\"PIM_MUTANT\\")) : 0)");
"""
PATIENCE = 300  # seconds a bench may take


def load(blocks):
    """The mutants with their numbers, and how each block's bench is built and run."""
    table = json.loads(MUTANTS.read_text())
    mutants = [dict(m, number=n) for n, m in enumerate(table["mutants"], 1)]
    return table["benches"], [m for m in mutants if not blocks or m["block"] in blocks]


def place(text, mutant):
    """Begin and end of the mutant's expression in the text of its file."""
    before, expression, after = re.fullmatch(r"(.*?)«(.*)»(.*)|(.*)", mutant["pattern"], re.S).group(1, 2, 3)
    if expression is None:
        before, expression, after = "", mutant["pattern"], ""
    pattern = before + expression + after
    if text.count(pattern) != 1:
        sys.exit(f"rtl_mutants: {mutant['file']}: '{pattern}' stands there {text.count(pattern)} times, expected once")
    begin = text.index(pattern) + len(before)
    return begin, begin + len(expression)


def delayed(text, mutant):
    """The module with a register at those of its ports; its assertions see them as they are from outside."""
    begin = text.index("\n);\n") + len("\n);\n")
    end = text.index("`ifdef PIM_ASSERTIONS") if "`ifdef PIM_ASSERTIONS" in text else text.rindex("endmodule")
    head, body, tail = text[:begin], text[begin:end], text[end:]
    added = []
    for port in mutant["delays"]:
        declared = re.search(rf"(input|output)\s+(logic|pim_pkg::\w+)\s+(signed\s+)?(\[[^\]]*\])?\s*{port}\b", head)
        if declared is None:
            sys.exit(f"rtl_mutants: {mutant['file']}: no port {port}")
        direction, kind, signed, width = declared.groups()
        inside, late = f"{port}_inside", f"{port}_late"
        body = re.sub(rf"\b{port}\b", inside, body)
        early, seen = (port, inside) if direction == "input" else (inside, port)
        added.append(f"  {kind} {signed or ''}{width or ''} {inside}, {late};\n  always_ff @(posedge clk_i) {late} <= {early};\n"
                     f"  assign {seen} = pim_mutant == {mutant['number']} ? {late} : {early};\n")
    return head + "".join(added) + body + tail


def planted(text, mutants):
    """The file with all its mutants in it; one may lie within the expression of another."""
    stages, mutants = [m for m in mutants if "delays" in m], [m for m in mutants if "delays" not in m]
    places = sorted((place(text, m) + (m,) for m in mutants), key=lambda p: (p[0], -p[1]))

    def render(begin, end, inside):
        out, at = [], begin
        while inside:
            first, last, mutant = inside[0]
            within = [p for p in inside[1:] if p[1] <= last]
            beyond = [p for p in inside[1:] if p[1] > last]
            if any(p[0] < last for p in beyond):
                sys.exit(f"rtl_mutants: {mutant['file']}: '{mutant['pattern']}' overlaps another")
            out += [text[at:first], f"(pim_mutant == {mutant['number']} ? ({mutant['replacement']}) : ({render(first, last, within)}))"]
            at, inside = last, beyond
        return "".join(out) + text[at:end]

    mutated = render(0, len(text), places)
    for stage in stages:
        mutated = delayed(mutated, stage)
    return mutated.replace("\n);\n", "\n);\n" + SELECTOR, 1)


def quietly(command, **kwargs):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **kwargs)


def build(directory, rtl, mutants, targets, jobs):
    shutil.rmtree(rtl, ignore_errors=True)
    shutil.copytree(ROOT / "rtl_ref", rtl)
    for name in {m["file"] for m in mutants}:
        file = rtl / name
        file.write_text(planted(file.read_text(), [m for m in mutants if m["file"] == name]))
    # Faults need not be lint clean.
    lint = rtl / "lint.vlt"
    lint.write_text(lint.read_text() + 'lint_off -file "*"\n')
    command = ["cmake", "-S", ROOT, "-B", directory, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release", "-DCMAKE_C_COMPILER=gcc",
               "-DCMAKE_CXX_COMPILER=g++", f"-DPIMTLM_RTL_DIR={rtl}"]
    if shutil.which("ccache"):
        command += ["-DCMAKE_CXX_COMPILER_LAUNCHER=ccache", "-DCMAKE_C_COMPILER_LAUNCHER=ccache"]
    for step in (command, ["ninja", "-C", directory, f"-j{jobs}", *targets]):
        done = quietly(step)
        if done.returncode != 0:
            sys.exit(done.stdout[-8000:])


def run(commands, directory, number):
    """'passes', or how the bench notices: 'assertion', 'mismatch', 'hang'."""
    for program, *options in commands:
        try:
            ran = quietly([directory / program, *options], timeout=PATIENCE, cwd=directory, env=dict(os.environ, PIM_MUTANT=str(number)))
        except subprocess.TimeoutExpired:
            return "hang"
        if ran.returncode != 0:
            return "assertion" if "assertion at " in ran.stdout else "hang" if " hangs" in ran.stdout else "mismatch"
    return "passes"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("blocks", nargs="*", metavar="BLOCK")
    parser.add_argument("--check", action="store_true", help="only look whether the patches apply")
    parser.add_argument("--stages", action="store_true", help="only pipeline stages too many")
    parser.add_argument("--only", type=int, help="the mutant of this number")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="of the build, and faults at a time")
    parser.add_argument("--build", type=Path, default=ROOT / "build-mutants", help="where to build")
    parser.add_argument("--json", type=Path, help="also write the table there")
    arguments = parser.parse_args()
    benches, mutants = load(arguments.blocks)
    if arguments.stages:
        mutants = [m for m in mutants if "delays" in m]
    for file in {m["file"] for m in mutants}:
        planted((ROOT / "rtl_ref" / file).read_text(), [m for m in mutants if m["file"] == file])
    if arguments.check:
        print(f"rtl_mutants: {len(mutants)} patches apply")
        return 0

    directory = arguments.build.resolve()
    blocks = sorted({m["block"] for m in mutants})
    build(directory, directory / "mutated", mutants, sorted({target for b in blocks for target in benches[b]["targets"]}), arguments.jobs)
    for block in blocks:
        answer = run(benches[block]["commands"], directory, 0)
        if answer != "passes":
            sys.exit(f"rtl_mutants: the bench of {block} without a fault: {answer}")

    def tried(mutant):
        begin = time.monotonic()
        answer = run(mutant.get("commands", benches[mutant["block"]]["commands"]), directory, mutant["number"])
        return mutant, answer, time.monotonic() - begin

    rows = []
    with ThreadPoolExecutor(arguments.jobs) as pool:
        for mutant, answer, seconds in pool.map(tried, [m for m in mutants if arguments.only in (None, m["number"])]):
            caught = answer != "passes"
            rows.append({"block": mutant["block"], "file": mutant["file"], "what": mutant["what"], "caught": caught, "by": answer})
            print(f"{'caught  ' if caught else 'SURVIVES'} {mutant['number']:3} {mutant['file']:32} {mutant['what']:58} {answer:10} {seconds:5.1f} s",
                  flush=True)
    caught = sum(row["caught"] for row in rows)
    print(f"{caught} of {len(rows)} caught")
    if arguments.json:
        arguments.json.write_text(json.dumps(rows, indent=1) + "\n")
    return 0 if caught == len(rows) else 1


if __name__ == "__main__":
    sys.exit(main())

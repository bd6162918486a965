#!/usr/bin/env python3
"""Plants small faults in the RTL, one at a time, and runs the bench of the block: each has to be caught.

    scripts/rtl_mutants.py                 all of them; exit status 1 if one survives
    scripts/rtl_mutants.py --block die     those of one block
    scripts/rtl_mutants.py --check         only that each fault's text is still in the RTL, once

A mutant is a textual patch (rtl_ref/mutants.json). The RTL is copied beside a build of its own, so that the sources stay as
they are; per mutant only the block concerned is Verilated and compiled again.
"""
import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def load(block):
    """The mutants, and how each block's bench is built and run."""
    table = json.loads((ROOT / "rtl_ref" / "mutants.json").read_text())
    mutants = [m for m in table["mutants"] if block in (None, m["block"])]
    return table["benches"], mutants


def patched(mutant):
    """The text of the mutant's file with the fault in it."""
    text = (ROOT / "rtl_ref" / mutant["file"]).read_text()
    if text.count(mutant["pattern"]) != 1:
        sys.exit(f"rtl_mutants: {mutant['file']}: '{mutant['pattern']}' stands there {text.count(mutant['pattern'])} times, expected once")
    return text.replace(mutant["pattern"], mutant["replacement"])


def quietly(command, **kwargs):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **kwargs)


def configure(build, rtl):
    shutil.rmtree(rtl, ignore_errors=True)
    shutil.copytree(ROOT / "rtl_ref", rtl)
    command = ["cmake", "-S", ROOT, "-B", build, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release", f"-DPIMTLM_RTL_DIR={rtl}"]
    if shutil.which("ccache"):
        command += ["-DCMAKE_CXX_COMPILER_LAUNCHER=ccache", "-DCMAKE_C_COMPILER_LAUNCHER=ccache"]
    done = quietly(command)
    if done.returncode != 0:
        sys.exit(done.stdout)


def run(bench, build, jobs):
    """'passes', or how the bench notices: 'assertion', 'mismatch', 'hang', 'does not build'."""
    built = quietly(["ninja", "-C", build, f"-j{jobs}", bench["target"]])
    if built.returncode != 0:
        return "does not build"
    for program, *options in bench["commands"]:
        try:
            ran = quietly([build / program, *options], timeout=300)
        except subprocess.TimeoutExpired:
            return "hang"
        if ran.returncode != 0:
            return "assertion" if "Assertion failed" in ran.stdout else "mismatch"
    return "passes"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--block")
    parser.add_argument("--check", action="store_true", help="only look whether the patches apply")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--build", type=Path, default=ROOT / "build-mutants", help="where to build")
    parser.add_argument("--json", type=Path, help="also write the table there")
    arguments = parser.parse_args()
    benches, mutants = load(arguments.block)
    for mutant in mutants:
        patched(mutant)
    if arguments.check:
        print(f"rtl_mutants: {len(mutants)} patches apply")
        return 0

    build = arguments.build.resolve()
    rtl = build / "mutated"
    configure(build, rtl)
    for block in sorted({m["block"] for m in mutants}):
        answer = run(benches[block], build, arguments.jobs)
        if answer != "passes":
            sys.exit(f"rtl_mutants: the bench of {block} without a fault: {answer}")

    rows = []
    for mutant in mutants:
        begin = time.monotonic()
        file = rtl / mutant["file"]
        original = file.read_text()
        file.write_text(patched(mutant))
        answer = run(benches[mutant["block"]], build, arguments.jobs)
        file.write_text(original)
        caught = answer in ("assertion", "mismatch", "hang")
        rows.append(dict(mutant, caught=caught, by=answer))
        print(f"{'caught  ' if caught else 'SURVIVES'} {mutant['block']:7} {mutant['file']:32} {mutant['what']:56} "
              f"{answer:15} {time.monotonic() - begin:5.1f} s", flush=True)
    caught = sum(row["caught"] for row in rows)
    print(f"{caught} of {len(rows)} caught")
    if arguments.json:
        arguments.json.write_text(json.dumps(rows, indent=1) + "\n")
    return 0 if caught == len(rows) else 1


if __name__ == "__main__":
    sys.exit(main())

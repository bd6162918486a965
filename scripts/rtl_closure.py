#!/usr/bin/env python3
"""Functional coverage of the bank's bench, closed: merges the crosses of several runs and steers the next ones towards what they leave out.

    scripts/rtl_closure.py                     exit status 1 below 98 % of what can be reached, or at a mismatch
    scripts/rtl_closure.py --seed 7 --json F   another seed; also write each run's options and what was met

A bin is what sim/cosim/bank_coverage.h counts, such as "PV 4 bits; stalls". A hole is steered to by its formats (`--towards`) on a machine that has
what it asks for (`--set`).
"""
import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LEAST = 98  # percent of the reachable bins

# Bins that no run can meet: a pattern of "cross: bin", and why.
UNREACHABLE = []

MACHINE = re.compile(r"beat of (\d) cycles, (\d) row buffers?, refresh (\w+)")


class Closure:
    def __init__(self, cosim, seed):
        self.cosim, self.seed = cosim, seed
        self.met, self.runs = defaultdict(lambda: defaultdict(int)), []

    def run(self, commands, stalls, towards=(), settings=()):
        """Runs the bench once more and adds what it met; exits at a mismatch."""
        with tempfile.TemporaryDirectory() as folder:
            formats, result = Path(folder) / "formats", Path(folder) / "result"
            command = ["bank", "--commands", str(commands), "--seed", str(self.seed), "--stalls", str(stalls)]
            for setting in settings:
                command += ["--set", setting]
            if towards:
                formats.write_text("".join(f"{name}\n" for name in sorted(towards)))
            done = subprocess.run([self.cosim, *command, "--json", result, *(["--towards", formats] if towards else [])], cwd=folder,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            if done.returncode != 0:
                sys.exit(f"rtl_closure: pimtlm-cosim {' '.join(command)}:\n{done.stdout[-2000:]}")
            counts = json.loads(result.read_text())
        self.runs.append({"options": command, "towards": sorted(towards), "commands": counts["commands"]})
        self.seed += 1
        for cross, bins in counts["coverage"].items():
            for name, count in bins.items():
                self.met[cross][name] += count

    def holes(self):
        return [(cross, name) for cross, bins in sorted(self.met.items()) for name, count in bins.items()
                if count == 0 and not any(re.search(pattern, f"{cross}: {name}") for pattern, _ in UNREACHABLE)]

    def steer(self):
        """One run for each machine, or state of the bus, that the holes ask for."""
        wanted = defaultdict(set)
        formats = sorted({name.split(";")[0] for name in self.met["format x stalls"]})
        for cross, name in self.holes():
            first, second = name.split("; ")
            machine = MACHINE.search(second)
            if machine:
                beat, buffers, refresh = machine.groups()
                of_kind = {name for name in formats if name.split()[0] == first}
                wanted[30, (f"bank.mac_beat={beat}", f"dram.row_buffers={buffers}", f"dram.refresh={refresh}")] |= of_kind
            elif cross == "format x stalls":
                wanted[0 if second == "no stalls" else 60, ()].add(first)
            elif cross == "format x row buffers":
                wanted[30, (f"dram.row_buffers={second[0]}",)].add(first)
            elif cross == "kind x mask":
                wanted[30, ()] |= {name for name in formats if name.split()[0] == first and name.endswith("masked")}
            elif cross == "weights x format":
                wanted[30, ()].add(second)
            elif cross == "weights x beat":
                wanted[30, (f"bank.mac_beat={second.split()[2]}",)].add(first)
            elif second == "no refresh":
                wanted[30, ("dram.refresh=off",)].add(first)
            elif cross in ("format x refresh", "weights x refresh"):
                wanted[30, ("dram.refresh=all_bank", "dram.refresh_postpone_max=0")].add(first)
            else:
                wanted[30, ()].add(first)
        for (stalls, settings), towards in sorted(wanted.items(), key=lambda item: item[0]):
            self.run(min(250, 30 + 6 * len(towards)), stalls, towards, settings)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cosim", type=Path, default=ROOT / "build" / "pimtlm-cosim")
    parser.add_argument("--seed", type=int, default=int(os.environ.get("PIMTLM_SEED") or 1))
    parser.add_argument("--commands", type=int, default=1000, help="of the first run, which is not steered")
    parser.add_argument("--rounds", type=int, default=4, help="of steering, at most")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    closure = Closure(arguments.cosim.resolve(), arguments.seed)
    closure.run(arguments.commands, 30)
    for number in range(arguments.rounds):
        print(f"rtl_closure: {len(closure.runs)} runs, {len(closure.holes())} holes", flush=True)
        if not closure.holes():
            break
        closure.steer()

    holes = closure.holes()
    reachable = met = 0
    for cross, bins in sorted(closure.met.items()):
        beyond = sum(any(re.search(pattern, f"{cross}: {name}") for pattern, _ in UNREACHABLE) for name in bins)
        left = sum(1 for hole, _ in holes if hole == cross)
        reachable, met = reachable + len(bins) - beyond, met + len(bins) - beyond - left
        print(f"{cross:24} {len(bins):5} bins, {beyond} unreachable, {left} holes")
    for cross, name in holes:
        print(f"hole: {cross}: {name}")
    for pattern, reason in UNREACHABLE:
        print(f"unreachable: {pattern}: {reason}")
    commands = sum(run["commands"] for run in closure.runs)
    print(f"rtl_closure: {met} of {reachable} reachable bins met, {100 * met / reachable:.1f} %, by {commands} commands in {len(closure.runs)} runs")
    if arguments.json:
        version = subprocess.run([ROOT / "build" / "pimtlm", "--version"], stdout=subprocess.PIPE, text=True).stdout.strip() if (ROOT / "build" / "pimtlm").exists() else ""
        arguments.json.write_text(json.dumps({"seed": arguments.seed, "version": version, "runs": closure.runs, "crosses": closure.met}, indent=1) + "\n")
    return 0 if 100 * met >= LEAST * reachable else 1


if __name__ == "__main__":
    sys.exit(main())

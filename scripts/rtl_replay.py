#!/usr/bin/env python3
"""Plays recordings of the RTL's pins in other simulators: what the Verilated bench saw, each of them has to see.

    scripts/rtl_replay.py --seeds 10                         every block and ALU operation in Icarus and `verilator --binary --timing`
    scripts/rtl_replay.py --today --simulators icarus        one seed, drawn by date
    scripts/rtl_replay.py --blocks alu --seed 6

A bench per block (rtl_ref/tb) is built once into --work; recordings come from `pimtlm-cosim BLOCK --record`.
"""
import argparse
import datetime
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RTL = ROOT / "rtl_ref"

# block: bench, folders, recordings of a seed as arguments of pimtlm-cosim
BLOCKS = {
    "bank": ("pim_bank_tb", ["common", "bank"], [["bank", "--commands", "10"]]),
    "die": ("pim_die_replay_tb", ["die"], [["die", "--transfers", "40"], ["die", "--transfers", "40", "--half-duplex", "--banks", "3"]]),
    "alu": ("pim_alu_tb", ["common", "alu"], [["alu", "--vectors", "1", "--stalls", "10"], ["alu", "--op", "SILU_MUL", "--vectors", "300", "--stalls", "0"]]),
}


def run(command, what):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        sys.exit(f"rtl_replay: {what} fails:\n{done.stdout[-3000:]}")
    return done.stdout


def build(simulator, block, work):
    """The program of the block's bench in that simulator, as a command that takes +vectors=FILE."""
    bench, folders, _ = BLOCKS[block]
    sources = [RTL / "tb" / f"{bench}.sv", *sorted(file for folder in folders for file in (RTL / folder).glob("*.sv"))]
    includes = [f"-I{RTL / folder}" for folder in ("include", *folders)]
    program = work / f"{simulator}-{block}"
    if simulator == "icarus":
        run(["iverilog", "-g2012", *includes, "-s", bench, "-o", program, *sources], f"{bench} in Icarus")
        return ["vvp", "-n", program]
    # -fno-reloop, after -O3: where Verilator 5.006 makes loops of the assertions' samples, it does not declare what counts them.
    run(["verilator", "--binary", "--timing", "--assert", "-j", str(os.cpu_count()), "-O3", "-fno-reloop", "-CFLAGS", "-O1", "--output-split", "20000",
         "-Wno-fatal", "-Wno-WIDTH", *includes, "--top-module", bench, "--Mdir", program, RTL / "lint.vlt", *sources], f"{bench} in verilator --binary")
    return [program / f"V{bench}"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=1, help="how many, from --seed on")
    parser.add_argument("--seed", type=int, default=int(os.environ.get("PIMTLM_SEED") or 1))
    parser.add_argument("--today", action="store_true", help="the seed is the date, as yyyymmdd")
    parser.add_argument("--simulators", nargs="+", choices=["icarus", "verilator"], default=["icarus", "verilator"])
    parser.add_argument("--blocks", nargs="+", choices=list(BLOCKS), default=list(BLOCKS))
    parser.add_argument("--cosim", type=Path, default=ROOT / "build" / "pimtlm-cosim")
    parser.add_argument("--work", type=Path, help="where to build; a temporary folder if not given")
    arguments = parser.parse_args()
    first = int(datetime.date.today().strftime("%Y%m%d")) if arguments.today else arguments.seed
    seeds = range(first, first + arguments.seeds)
    failed = played = 0
    with tempfile.TemporaryDirectory() as temporary:
        work = arguments.work or Path(temporary)
        work.mkdir(parents=True, exist_ok=True)
        recording = Path(temporary) / "recording"
        programs = {(simulator, block): build(simulator, block, work) for simulator in arguments.simulators for block in arguments.blocks}
        for block in arguments.blocks:
            bench, _, recordings = BLOCKS[block]
            for seed in seeds:
                for options in recordings:
                    run([arguments.cosim, *options, "--seed", str(seed), "--record", recording], f"{' '.join(options)} --seed {seed}")
                    for simulator in arguments.simulators:
                        done = subprocess.run([*programs[simulator, block], f"+vectors={recording}"], stdout=subprocess.PIPE,
                                              stderr=subprocess.STDOUT, text=True)
                        played += 1
                        if f"{bench}: passed" in done.stdout and f"{bench}: passed, 0 " not in done.stdout and done.returncode == 0:
                            continue
                        failed += 1
                        last = (done.stdout.strip().splitlines() or ["says nothing"])[-1]
                        print(f"{simulator}: {' '.join(options)} --seed {seed}: {last}", flush=True)
    print(f"rtl_replay: {played - failed} of {played} recordings agree, seeds {seeds[0]} to {seeds[-1]}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

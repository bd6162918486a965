#!/usr/bin/env python3
"""Runs a small model on chips of random settings with blocks in RTL: each run gives a result or one line, in time.

    scripts/rtl_random_settings.py --count 500          exit status 1 if a run hangs, crashes, or says "internal error"
    scripts/rtl_random_settings.py --count 1 --seed 17  that one again, with what it says

A run is one of `generate` of a tiny checkpoint; fidelities of banks, dies and ALUs are drawn from tlm, rtl and check, and one to three settings
from the ends and the middle of their ranges. The prompt is one token where many banks are RTL or their clock is fast, otherwise four. What a run may
take is CPU time: a machine that does much else lets it wait.
"""
import argparse
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SETTINGS = {
    "bank.mac_lanes": [1, 32, 64, 128], "bank.softmax_lanes": [1, 4, 8], "bank.bram_kib": [8, 16, 64, 128], "bank.mac_clock_ns": [0.5, 1, 1.5, 2, 32],
    "bank.command_overhead": ["on", "off"], "dram.model": ["timed", "ideal"], "dram.t_ck_ns": [0.25, 0.5, 0.75, 1, 2], "dram.t_ccd_ns": [0.5, 1, 4],
    "dram.t_rcd_mac_ns": [0, 1, 28, 500], "dram.t_rp_ns": [0.5, 16], "dram.t_rfc_ns": [1, 105, 1000], "dram.t_refi_ns": [200, 1666.5, 100000],
    "dram.refresh": ["off", "all_bank", "per_bank"], "dram.refresh_postpone_max": [0, 1, 8, 100], "dram.row_buffers": [1, 2],
    "dram.page_bytes": [256, 2048, 8192], "dram.activation_limit": ["off", "enforced", "staggered"], "mapping.embedding": ["auto", "controller", "banks"],
    "mapping.weights": ["1d", "2d"], "mapping.banks_per_head": [1, 2, 4], "mapping.token_tile": [1, 8, 16], "link.duplex": ["full", "half"],
    "link.bandwidth_gb_per_s": [1, 32, 64], "die.ram_bandwidth_gb_per_s": [32, 64, 128], "die.ram_kib": [32, 64, 128], "die.hop_ns": [0, 1, 2, 4],
    "chip.dies": [1, 2], "chip.banks_per_die": [2, 4, 16], "controller.alu_lanes": [16, 64, 128], "controller.memory_bandwidth_gb_per_s": [1, 100, 1000],
    "rtl.bank_select": ["all", "die0.bank0", "die9.bank0"],
}
MODES = ["tlm", "rtl", "check"]
FEW_TOKENS = 32  # bank cycles per ns: 16 banks at 0.5 ns take 3 s of CPU a token


def draw(seed):
    dice = random.Random(seed)
    settings = {f"rtl.{block}": dice.choice(MODES) for block in ("banks", "dies", "alus")}
    if set(settings.values()) == {"tlm"}:
        settings["rtl.dies"] = "rtl"
    for key in dice.sample(sorted(SETTINGS), dice.randint(1, 3)):
        settings[key] = dice.choice(SETTINGS[key])
    return settings


def bank_cycles_per_ns(settings):
    """Cycles of banks in RTL per simulated nanosecond, by the defaults of the preset `small` where nothing is set."""
    if settings["rtl.banks"] == "tlm":
        return 0
    return settings.get("chip.dies", 2) * settings.get("chip.banks_per_die", 4) / settings.get("dram.t_ck_ns", 0.5)


def run(program, seed, patience):
    """What is wrong with the run, or an empty text; its status, its settings."""
    settings = draw(seed)
    prompt = "1" if bank_cycles_per_ns(settings) >= FEW_TOKENS else "1+2="
    command = [program, "generate", "--weights", ROOT / "sw/models/adder-q4_0.gguf", "--preset", "small", "--prompt", prompt, "--generate", "2", "--quiet"]
    for key, value in settings.items():
        command += ["--set", f"{key}={value}"]
    with tempfile.TemporaryDirectory() as folder:
        limit = lambda: resource.setrlimit(resource.RLIMIT_CPU, (patience, patience + 1))
        try:
            done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="replace", preexec_fn=limit,
                                  timeout=100 * patience)
        except subprocess.TimeoutExpired:  # it waits for what never comes
            return f"does not end in {100 * patience} s", None, settings
    if done.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        return f"still runs after {patience} s of CPU", None, settings
    said = done.stderr.strip()
    if done.returncode not in (0, 2) or "internal error" in said or (done.returncode == 2 and said.count("\n") > 0):
        return f"status {done.returncode}: {said[:300]}", done.returncode, settings
    return "", done.returncode, settings


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--seed", type=int, default=int(os.environ.get("PIMTLM_SEED") or 1), help="of the first run; each has the next one")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--patience", type=int, default=20, help="seconds of CPU a run may take")
    parser.add_argument("--program", type=Path, default=ROOT / "build" / "pimtlm")
    arguments = parser.parse_args()
    seeds = range(arguments.seed, arguments.seed + arguments.count)
    wrong, results = 0, 0
    with ThreadPoolExecutor(arguments.jobs) as pool:
        for seed, (what, status, settings) in zip(seeds, pool.map(lambda seed: run(arguments.program, seed, arguments.patience), seeds)):
            results += status == 0
            if what:
                wrong += 1
                print(f"seed {seed}: {' '.join(f'{k}={v}' for k, v in settings.items())}: {what}", flush=True)
    print(f"rtl_random_settings: {len(seeds)} runs, {results} results, {len(seeds) - results - wrong} refusals, {wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""What pimtlm-cosim says and its exit status: 0 agrees, 1 differs, 2 bad input in one line. Usage: command_test.py COSIM ADDER"""
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

COSIM, ADDER = sys.argv[1:]
CHIP = ["chip", "--weights", ADDER, "--prompt", "2", "--generate", "1"]

# arguments, what the one line on stderr says
REFUSED = [
    (["bank", "--commands", "0"], "--commands: expected at least 1"),
    (["die", "--transfers", "0"], "--transfers: expected at least 1"),
    (["alu", "--vectors", "0"], "--vectors: expected at least 1"),
    (["bank", "--seed", "-1"], "--seed: expected a number of at least 0, got -1"),
    (["alu", "--seed=-1"], "--seed: expected a number of at least 0, got -1"),
    (["bank", "--commands", "5", "--record", "/nowhere/x"], "--record: cannot write /nowhere/x"),
    (["die", "--transfers", "5", "--record", "/nowhere/x"], "--record: cannot write /nowhere/x"),
    (["alu", "--vectors", "5", "--record", "/nowhere/x"], "--record: cannot write /nowhere/x"),
    (["bank", "--commands", "5", "--vectors", "/nowhere/x"], "--vectors: cannot write /nowhere/x"),
    (["bank", "--from", "5", "--commands", "5"], "--from: expected less than --commands"),
    (["bank", "--only", "3,x"], "--only: expected numbers"),
    (["bank", "--only", "3,300"], "of one bank"),
    (["bank", "--set", "dram.t_rp=3"], "--set dram.t_rp=3: expected dram.row_buffers"),
    (["bank", "--set", "dram.row_buffers=two"], "expected a number"),
    # Three blocks of RTL at once: the refusal of one hung in the end of another.
    (CHIP + ["--set", "bank.mac_lanes=32"], "bank.mac_lanes: expected 64"),
    (CHIP + ["--set", "bank.softmax_lanes=8"], "bank.softmax_lanes: expected 4"),
    (CHIP + ["--set", "dram.t_ck_ns=0.75"], "required by rtl.banks"),
    (CHIP + ["--set", "bank.mac_clock_ns=0.5"], "bank.mac_clock_ns"),
    (CHIP + ["--set", "mapping.embedding=banks"], "mapping.embedding: expected controller"),
]


def run(arguments, folder):
    return subprocess.run([COSIM, *arguments], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=100)


def expect(condition, what):
    if not condition:
        sys.exit(f"command_test: {what}")


with tempfile.TemporaryDirectory() as folder:
    for arguments, says in REFUSED:
        done = run(arguments, folder)
        what = f"{' '.join(arguments)}: status {done.returncode}, stderr {done.stderr!r}"
        expect(done.returncode == 2 and says in done.stderr and done.stderr.count("\n") == 1, what)

    # A fault at command 1000: in the documented form, with numbers, a waveform, and a shortest sequence that has it, too.
    done = run(["bank", "--commands", "1010", "--from", "800", "--seed", "3", "--plant", "1000", "--minimise", "--json", "j"], folder)
    form = r"bank \d+: command 1000 of seed 3, .*: vector \d+, element \d+ \(BRAM byte 0x\w+\): expected -?\d+ .*, got -?\d+ .*, cycle \d+\n"
    expect(done.returncode == 1 and re.search(form, done.stderr), f"a planted fault: {done.stderr!r}")
    # The model's number is the sum behind it, rounded half up and saturated.
    result, product, shift = map(int, re.search(r"expected (-?\d+) .* = (-?\d+) \* 2\^(-?\d+) rounded", done.stderr).groups())
    rounded = (product << shift) if shift >= 0 else (product + (1 << (-shift - 1))) >> -shift
    expect(result == max(-2**31, min(2**31 - 1, rounded)), f"the sum behind a result: {done.stderr!r}")
    shortest = re.search(r"(\d+) commands are enough: pimtlm-cosim (.*)\n", done.stderr)
    expect(shortest and int(shortest.group(1)) <= 5, f"the shortest sequence: {done.stderr!r}")
    expect((Path(folder) / "pimtlm-cosim-bank.vcd").exists(), "no waveform")
    said = json.loads((Path(folder) / "j").read_text())
    expect(said["bench"]["options"]["seed"] == 3 and said["bench"]["version"] and said["mismatches"] == 1, f"JSON: {said['bench']}")
    again = run([*shortest.group(2).split(), "--plant", "1000"], folder)
    expect(again.returncode == 1 and "command 1000 of seed 3" in again.stderr, f"the shortest sequence: {again.stderr!r}")
    done = run(["bank", "--commands", "1010", "--from", "1005", "--seed", "3"], folder)
    expect(done.returncode == 0, f"--from: {done.stderr!r}")
print("command_test: passed")

#!/usr/bin/env python3
"""Parameters that the RTL cannot have are refused at elaboration, by Verilator with what was expected; those at the ends of their ranges are not.
Usage: parameters_test.py RTL_FOLDER"""
import subprocess
import sys
from pathlib import Path

RTL = Path(sys.argv[1])
FOLDERS = {"bank": ["common", "bank"], "die": ["die"], "alu": ["common", "alu"]}
REFUSED = [
    ("bank", {"MaxVectors": 128}, "MaxVectors: expected 32 or 64"), ("bank", {"MaxVectors": 16}, "MaxVectors: expected"),
    ("bank", {"MaxSums": 64}, "MaxSums: expected"), ("bank", {"SparseWeights": 2}, "SparseWeights: expected 0 or 1"),
    ("bank", {"BramWordBits": 21}, "BramWordBits: expected 10 to 20"),
    ("die", {"Hop": 0}, "Hop: expected at least 1"), ("die", {"Banks": 33}, "Banks: expected 1 to 32"), ("die", {"RamWidth": 48}, "RamWidth: expected"),
    ("die", {"LinkWidth": 24}, "LinkWidth: expected"), ("die", {"RamBytes": 1000}, "RamBytes: expected"),
    ("alu", {"Lanes": 32, "StreamLanes": 32}, "Lanes: expected 2 or 4 times StreamLanes"), ("alu", {"StreamLanes": 8}, "StreamLanes: expected 16 or 32"),
]
ACCEPTED = [("bank", {"MaxVectors": 32, "MaxSums": 4096}), ("bank", {"SparseWeights": 0}), ("bank", {"BramWordBits": 10}), ("die", {"Banks": 32, "Hop": 1}), ("die", {"Banks": 1, "RamWidth": 16}),
            ("alu", {"StreamLanes": 16}), ("alu", {"ChunkIndexBits": 10})]


def elaborate(simulator, block, parameters):
    folders = FOLDERS[block]
    includes = [f"-I{RTL / folder}" for folder in ("include", *folders)]
    if simulator == "verilator":
        command = ["verilator", "--lint-only", "-Wall", "--assert", *includes, "--top-module", f"pim_{block}",
                   *[f"-G{k}={v}" for k, v in parameters.items()], RTL / "lint.vlt", f"pim_{block}.sv"]
    else:
        sources = [file for folder in folders for file in sorted((RTL / folder).glob("*.sv"))]
        command = ["iverilog", "-g2012", "-t", "null", *includes, "-s", f"pim_{block}", *[f"-Ppim_{block}.{k}={v}" for k, v in parameters.items()], *sources]
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


wrong = 0
for block, parameters, says in REFUSED:
    done = elaborate("verilator", block, parameters)
    if done.returncode == 0 or says not in done.stdout:
        wrong += 1
        print(f"pim_{block} with {parameters}: expected a refusal with '{says}', got status {done.returncode}")
done = elaborate("icarus", "die", {"Banks": 33})
if done.returncode == 0 or "pim_parameter_refused" not in done.stdout:
    wrong += 1
    print(f"pim_die with 33 banks in Icarus: expected a refusal, got status {done.returncode}")
for block, parameters in ACCEPTED:
    done = elaborate("verilator", block, parameters)
    if done.returncode != 0:
        wrong += 1
        print(f"pim_{block} with {parameters}: refused:\n{done.stdout[-1000:]}")
print(f"parameters_test: {len(REFUSED) + len(ACCEPTED) + 1} cases, {wrong} wrong")
sys.exit(1 if wrong else 0)

#!/usr/bin/env python3
"""The depth of the die's modules is within its bounds, and an adder more in a row is told. Usage: depth_test.py SCRIPT RTL_FOLDER"""
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SCRIPT, RTL = sys.argv[1:]


def measured(rtl, work):
    return subprocess.run([SCRIPT, "die", "--rtl", rtl, "--work", work], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


with tempfile.TemporaryDirectory() as folder:
    done = measured(RTL, Path(folder) / "work")
    print(done.stdout)
    if done.returncode != 0 or "DEEPER" in done.stdout:
        sys.exit("depth_test: a module of the die is deeper than its bound")
    deeper = Path(folder) / "rtl"
    shutil.copytree(RTL, deeper)
    port = deeper / "die" / "pim_die_port.sv"
    sum_of_slots = "backlog_left + slots_i;"
    if port.read_text().count(sum_of_slots) != 1:
        sys.exit(f"depth_test: '{sum_of_slots}' is not in {port.name}")
    port.write_text(port.read_text().replace(sum_of_slots, "(backlog_left + slots_i) * SlotWidth'(5) - slots_i;"))
    done = measured(deeper, Path(folder) / "work")
    told = [line for line in done.stdout.splitlines() if "pim_die_port" in line and "DEEPER than 75" in line]
    if done.returncode != 1 or not told:
        sys.exit(f"depth_test: an adder more is not told, status {done.returncode}:\n{done.stdout}")
print("depth_test: passed")

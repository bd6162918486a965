#!/usr/bin/env python3
"""Proves handshakes and queues of the RTL with yosys-smtbmc: rtl_ref/formal/prove_*.sv, each for small parameters.

    scripts/rtl_prove.py                     all proofs; exit status 1 if one fails
    scripts/rtl_prove.py queue               some
    scripts/rtl_prove.py --broken            plants the faults below: each proof has to fail for each of its own

A proof holds for every input from reset on for CYCLES cycles, and where `inductive` for ever (k-induction); its cover statement is reached,
so its assumptions leave something to prove. yosys reads no concurrent assertions: the proofs say what they ask in immediate ones.
"""
import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RTL = ROOT / "rtl_ref"

# proof: sources, cycles, k of the induction or none, faults (file, text, what stands in its place)
PROOFS = {
    "queue": (["common/pim_gearbox.sv"], 9, None, [
        ("common/pim_gearbox.sv", "after_pop <= CountBits'(Width)", "level_q <= CountBits'(Width)"),
        ("common/pim_gearbox.sv", "<< {after_pop, 3'b000}", "<< {level_q, 3'b000}"),
        ("common/pim_gearbox.sv", "kept | added : kept", "kept | added : bytes_q")]),
}


def prove(name, work, fault=None):
    """An empty text if the proof holds, or what fails."""
    sources, cycles, k, _ = PROOFS[name]
    files = [RTL / "formal" / f"prove_{name}.sv"]
    for source in sources:
        text = (RTL / source).read_text()
        if fault is not None and fault[0] == source:
            if text.count(fault[1]) != 1:
                sys.exit(f"rtl_prove: {source}: '{fault[1]}' stands there {text.count(fault[1])} times, expected once")
            text = text.replace(fault[1], fault[2])
        file = work / Path(source).name
        file.write_text(text)
        files.append(file)
    includes = " ".join(f"-I{RTL / folder}" for folder in ("include", "alu"))
    smt = work / f"{name}.smt2"
    script = f"read_verilog -sv -formal {includes} {' '.join(map(str, files))}; prep -flatten -nordff -top prove_{name}; async2sync; dffunmap; opt_clean -purge; write_smt2 -wires {smt}"
    made = subprocess.run(["yosys", "-q", "-p", script], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if made.returncode != 0:
        sys.exit(f"rtl_prove: yosys cannot read {name}:\n{made.stdout[-2000:]}")
    runs = [["-t", str(cycles)]]
    if fault is None:
        runs += [["-i", "-t", str(k)]] if k else []
        runs.append(["-c", "-t", str(cycles)])
    for options in runs:
        done = subprocess.run(["yosys-smtbmc", "-s", "z3", *options, smt],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode != 0 or "Status: passed" not in done.stdout.replace("PASSED", "passed"):
            return done.stdout
    return ""


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("proofs", nargs="*", choices=[[], *PROOFS], default=[])
    parser.add_argument("--broken", action="store_true", help="with each fault: the proofs have to fail")
    arguments = parser.parse_args()
    wrong = 0
    for name in arguments.proofs or PROOFS:
        with tempfile.TemporaryDirectory() as folder:
            for fault in PROOFS[name][3] if arguments.broken else [None]:
                said = prove(name, Path(folder), fault)
                what = f"prove_{name}" + (f" with '{fault[2]}'" if fault else f", {PROOFS[name][1]} cycles")
                # A proof that fails says which assertion.
                good = "Assert failed" in said if fault else not said
                print(f"{'ok   ' if good else 'WRONG'} {what}: {'fails, as it has to' if fault and good else 'holds' if good else ''}", flush=True)
                if not good:
                    wrong += 1
                    print(said[-1500:])
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

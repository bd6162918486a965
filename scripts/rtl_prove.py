#!/usr/bin/env python3
"""Proves handshakes and queues of the RTL: rtl_ref/formal/prove_*.sv, each for small parameters, for every input and for all time.

    scripts/rtl_prove.py                     all proofs; exit status 1 if one fails
    scripts/rtl_prove.py queue               some
    scripts/rtl_prove.py --broken            plants the faults below: each proof has to fail for each of its own

yosys turns a harness and the modules under proof into gates; abc's `pdr` finds an inductive invariant, or the cycle in which an
assertion fails. Each cover statement has to be reached, so the assumptions leave something to prove. yosys reads no concurrent
assertions: the harnesses say what they ask in immediate ones. Registers without a reset begin with 0.
"""
import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RTL = ROOT / "rtl_ref"

# proof: modules under proof and stand-ins beside them; faults as (file, text, what stands in its place)
PROOFS = {
    "queue": (["common/pim_gearbox.sv"], [
        ("common/pim_gearbox.sv", "after_pop <= CountBits'(Width)", "level_q <= CountBits'(Width)"),
        ("common/pim_gearbox.sv", "<< {after_pop, 3'b000}", "<< {level_q, 3'b000}"),
        ("common/pim_gearbox.sv", "kept | added : kept", "kept | added : bytes_q")]),
    "link": (["die/pim_die_port.sv", "die/pim_die_channel.sv", "die/pim_die_hop.sv"], [
        ("die/pim_die_channel.sv", "assign free_o      = !active_o || (due_o && beats_after == '0)", "assign free_o      = !active_o"),
        ("die/pim_die_channel.sv", "if (due_o) beats_q", "beats_q"),
        ("die/pim_die_port.sv", "reserve_i ? served_o : backlog_left", "reserve_i ? slots_i : backlog_left"),
        ("die/pim_die_hop.sv", "end else if (advance_i) begin", "end else begin")]),
    "fork": (["die/pim_die_fork.sv"], [
        ("die/pim_die_fork.sv", "advance_i ? '0 : taken_q | take", "taken_q | take"),
        ("die/pim_die_fork.sv", "{Banks{valid_i}} & mask_i & ~taken_q", "{Banks{valid_i}} & mask_i"),
        ("die/pim_die_fork.sv", "taken_q[b] ? error_q[3*b+:3] : error_i[3*b+:3]", "error_i[3*b+:3]")]),
    "pass": (["alu/pim_alu_pass.sv", "common/pim_sum.sv", "formal/stubs.sv"], [
        ("alu/pim_alu_pass.sv", "assign write_o = valid2_q", "assign write_o = valid1_q"),
        ("alu/pim_alu_pass.sv", "read_o && left_q <= 32'(Lanes)", "read_o && left_q < 32'(Lanes)"),
        ("alu/pim_alu_pass.sv", "write_address_o <= at1_q", "write_address_o <= address_q")]),
    "results": (["bank/pim_result_pass.sv", "formal/stubs.sv"], [
        ("bank/pim_result_pass.sv", "assign write_o.req   = s2_valid_q", "assign write_o.req   = s1_valid_q"),
        ("bank/pim_result_pass.sv", "row_q + 21'd4 >= fields_i.rows", "row_q + 21'd4 > fields_i.rows"),
        ("bank/pim_result_pass.sv", "if (left_q <= 22'd256) clearing_q", "if (left_q < 22'd256) clearing_q")]),
}

# A cover statement as an assertion that fails where it is reached.
COVERS = """module \\$cover (input A, input EN); wire never = !A; \\$assert check (.A(never), .EN(EN)); endmodule
"""
TO_GATES = ("prep -flatten -nordff -top {top}; async2sync; {what}; opt_clean -purge; memory_map; techmap; opt -fast; simplemap; "
            "dffunmap; setundef -undriven -anyseq; setundef -anyseq; aigmap; opt_clean; write_aiger -I -zinit {aiger}")


def solve(files, top, what, work):
    """Empty if what is asserted holds for ever, else where it fails, as abc says it."""
    aiger = work / "proof.aig"
    includes = " ".join(f"-I{RTL / folder}" for folder in ("include", "alu"))
    commands = f"read_verilog -sv -formal {includes} {' '.join(map(str, files))}; " + TO_GATES.format(top=top, what=what, aiger=aiger)
    made = subprocess.run(["yosys", "-q", "-p", commands], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if made.returncode != 0:
        sys.exit(f"rtl_prove: yosys cannot read {top}:\n{made.stdout[-2000:]}")
    done = subprocess.run(["yosys-abc", "-c", f"read_aiger {aiger}; fold; strash; pdr"], cwd=work, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if "Property proved" in done.stdout:
        return ""
    failed = re.search(r"asserted in frame (\d+)", done.stdout)
    if failed is None:
        sys.exit(f"rtl_prove: abc does not decide {top}:\n{done.stdout[-2000:]}")
    return f"cycle {failed.group(1)}"


def prove(name, work, fault=None):
    """Where an assertion of the proof fails, and where its cover statement is reached; empty if not."""
    sources, _ = PROOFS[name]
    files = [RTL / "formal" / f"prove_{name}.sv"]
    for source in sources:
        text = (RTL / source).read_text()
        if fault is not None and fault[0] == source:
            if text.count(fault[1]) != 1:
                sys.exit(f"rtl_prove: {source}: '{fault[1]}' stands there {text.count(fault[1])} times, expected once")
            text = text.replace(fault[1], fault[2])
        files.append(work / Path(source).name)
        files[-1].write_text(text)
    covers = work / "covers.v"
    covers.write_text(COVERS)
    fails = solve(files, f"prove_{name}", "chformal -cover -remove", work)
    reached = "" if fault else solve(files, f"prove_{name}", f"chformal -assert -remove; techmap -map {covers}", work)
    return fails, reached


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("proofs", nargs="*", choices=[[], *PROOFS], default=[])
    parser.add_argument("--broken", action="store_true", help="with each fault: the proofs have to fail")
    arguments = parser.parse_args()
    wrong = 0
    for name in arguments.proofs or PROOFS:
        for fault in PROOFS[name][1] if arguments.broken else [None]:
            with tempfile.TemporaryDirectory() as folder:
                fails, reached = prove(name, Path(folder), fault)
            if fault:
                good, said = fails != "", f"with '{fault[2]}': " + (f"fails in {fails}, as it has to" if fails else "still holds")
            else:
                good = fails == "" and reached != ""
                said = f"fails in {fails}" if fails else f"holds; its cover is reached in {reached}" if reached else "holds, but its cover is never reached"
            wrong += not good
            print(f"{'ok   ' if good else 'WRONG'} prove_{name} {said}", flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

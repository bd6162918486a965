#!/usr/bin/env python3
"""Draws the timing diagrams of docs/rtl_blocks from what the pins of the RTL did: one WaveJSON and one SVG each.

    scripts/make_timing_diagrams.py              writes them (WaveDrom from npm draws the SVG)
    scripts/make_timing_diagrams.py --check      exit status 1 where a WaveJSON is not what the RTL does now

Each is a piece of a recording of `pimtlm-cosim BLOCK --record`, whose seed is fixed. A column is a clock edge, with the levels that the edge samples.
"""
import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "rtl_blocks"

# Pins in the order in which a recording has them; widths matter to none.
PINS = {
    "bank": "bus_edge bus_valid_i bus_we_i bus_rready_i bus_addr_i bus_be_i bus_wdata_i rdata_i bus_ready_o bus_rvalid_o bus_rdata_o busy_o done_o error_o "
            "act_o act_row0_o act_row1_o pre_o ref_o col_valid_o col_kind_o col_row_o col_index_o wdata_valid_o wdata_mask_o wdata_o",
    "die": "present_i half_duplex_i req_valid_i req_write_i req_addr_i req_bytes_i req_data_i in_valid_i in_data_i in_strb_i out_ready_i wr_ready_i wr_error_i "
           "open_ready_i open_error_i rd_ready_i rd_error_i rd_data_i cmd_ready_i cmd_error_i req_ready_o req_error_o in_ready_o in_done_o in_error_o "
           "out_valid_o out_data_o out_strb_o out_last_o out_error_o out_done_o bell_done_o bell_error_o bell_rdata_o wr_valid_o wr_offset_o wr_left_o "
           "wr_data_o wr_strb_o open_valid_o open_offset_o open_bytes_o rd_valid_o rd_offset_o rd_left_o cmd_valid_o cmd_offset_o cmd_bytes_o cmd_data_o",
    "alu": "reset command_valid_i command_i request_ready_i read_valid_i read_data_i write_ready_i command_ready_o done_o computing_o request_valid_o "
           "request_write_o request_address_o request_bytes_o read_ready_o write_valid_o write_data_o",
}
RECORDINGS = {
    "bank": ["bank", "--commands", "80", "--seed", "4", "--stalls", "0"],
    "die": ["die", "--transfers", "400", "--seed", "3", "--stalls", "0", "--banks", "3"],
    "alu": ["alu", "--op", "ADD", "--vectors", "1", "--stalls", "0", "--seed", "1"],
}
WIDE = {"bus_wdata_i", "rdata_i", "wdata_o", "in_data_i", "out_data_o", "wr_data_o", "rd_data_i", "command_i", "read_data_i", "write_data_o", "cmd_data_o"}
LEVELS = {"bus_edge", "clk_edge"}


def recorded(block, cosim, folder):
    file = Path(folder) / block
    subprocess.run([cosim, *RECORDINGS[block], "--record", file], check=True, stdout=subprocess.DEVNULL)
    names = PINS[block].split()
    edges = [dict(zip(names, line.split())) for line in file.read_text().splitlines() if len(line.split()) == len(names)]
    for edge in edges:
        if "bus_edge" in edge:
            edge["clk_edge"] = str(1 - int(edge["bus_edge"]))
    return [edge for edge in edges if block != "bank" or of_a_command(edge)]


def on(edge, *pins):
    return all(int(edge[pin], 16) != 0 for pin in pins)


def first(edges, condition, begin=0):
    return next(at for at in range(begin, len(edges)) if condition(edges[at]))


# ---- pieces: of the block's edges, from and to
def bank_command(edges):
    """The one whose first activate comes soonest."""
    begins = [at for at in range(len(edges)) if on(edges[at], "bus_edge", "bus_valid_i", "bus_we_i") and int(edges[at]["bus_addr_i"], 16) == 0]
    acts = [at for at in range(len(edges)) if on(edges[at], "clk_edge", "act_o")]
    pairs = [(begin, next(act for act in acts if act > begin)) for begin in begins if acts[-1] > begin and not on(edges[begin], "busy_o")]
    begin, act = min(pairs, key=lambda pair: pair[1] - pair[0])
    return begin, act + 2


def bank_columns(edges):
    begin = first(edges, lambda e: on(e, "clk_edge", "col_valid_o") and e["col_kind_o"] == "1")
    return begin - 1, begin + 10


def bank_done(edges):
    done = first(edges, lambda e: on(e, "clk_edge", "done_o") and not on(e, "error_o"))
    return done - 10, done + 2


def bank_store(edges):
    begin = first(edges, lambda e: on(e, "clk_edge", "col_valid_o") and e["col_kind_o"] == "2")
    return begin - 1, first(edges, lambda e: on(e, "wdata_valid_o"), begin) + 2


def transfer(edges, write, answer, least, most):
    for begin in range(len(edges)):
        edge = edges[begin]
        if on(edge, "req_valid_i", "req_ready_o") and not on(edge, "req_error_o") and on(edge, "req_write_i") == write:
            end = first(edges, lambda e: on(e, "in_done_o") or on(e, "out_done_o") or on(e, "bell_done_o"), begin)
            at_banks = answer != "bell_done_o" or any(on(e, "cmd_valid_o") for e in edges[begin : end + 1])
            if on(edges[end], answer) and at_banks and least <= end - begin <= most:
                return begin - (begin > 0), end + 2
    sys.exit("make_timing_diagrams: the recording of the die has no such transfer")


def alu_command(edges):
    """The shortest one."""
    begins = [at for at in range(len(edges)) if on(edges[at], "command_valid_i", "command_ready_o")]
    ends = [at for at in range(len(edges)) if on(edges[at], "done_o")]
    begin, end = min(zip(begins, ends), key=lambda pair: pair[1] - pair[0])
    return begin, end + 2


DIAGRAMS = {
    "bank_command": ("bank", bank_command, "four beats, decode, activate",
                     "bus_edge clk_edge bus_valid_i bus_ready_o bus_addr_i bus_wdata_i busy_o act_o act_row0_o act_row1_o"),
    "bank_columns": ("bank", bank_columns, "columns for the MAC array: the bytes come one clk_i later",
                     "clk_edge bus_edge col_valid_o col_kind_o col_row_o col_index_o rdata_i"),
    "bank_done": ("bank", bank_done, "the end of a command: the last column, the drain, done_o",
                  "clk_edge bus_edge col_valid_o busy_o done_o error_o"),
    "bank_store": ("bank", bank_store, "STORE: columns are issued, their bytes follow in order, with a mask",
                   "clk_edge bus_edge col_valid_o col_kind_o col_index_o wdata_valid_o wdata_mask_o wdata_o"),
    "die_in": ("die", lambda edges: transfer(edges, True, "in_done_o", 5, 20), "data to banks or DieRAM",
               "req_valid_i req_ready_o req_write_i req_addr_i req_bytes_i in_ready_o in_valid_i in_strb_i wr_valid_o wr_ready_i wr_offset_o wr_left_o in_done_o"),
    "die_out": ("die", lambda edges: transfer(edges, False, "out_done_o", 5, 24), "data from banks or DieRAM",
                "req_valid_i req_ready_o req_write_i req_bytes_i open_valid_o rd_valid_o rd_ready_i rd_left_o out_valid_o out_ready_i out_last_o out_done_o"),
    "die_bell": ("die", lambda edges: transfer(edges, True, "bell_done_o", 1, 20), "a doorbell",
                 "req_valid_i req_ready_o req_write_i req_addr_i cmd_valid_o cmd_ready_i cmd_offset_o cmd_bytes_o bell_done_o bell_error_o"),
    "alu_command": ("alu", alu_command, "ADD: operands in, compute, results out",
                    "command_valid_i command_ready_o request_valid_o request_ready_i request_write_o request_bytes_o read_valid_i read_ready_o computing_o "
                    "write_valid_o write_ready_i done_o"),
}


def of_a_command(edge):
    """Without the traffic to BRAM beside it."""
    return on(edge, "clk_edge") or (on(edge, "bus_valid_i") and int(edge["bus_addr_i"], 16) < 128)


def row(pin, edges):
    wave, data, before = "", [], None
    values = [edge[pin] for edge in edges]
    levels = all(value in ("0", "1") for value in values)
    for value in values:
        if value == before and pin not in LEVELS:
            wave += "."
        elif levels:
            wave += value
        elif int(value, 16) == 0 and pin in WIDE:
            wave += "x"
        else:
            wave += "="
            data.append("" if pin in WIDE else value.lstrip("0") or "0")
        before = value
    name = {"bus_edge": "bus_clk_i rises", "clk_edge": "clk_i rises"}.get(pin, pin)
    return {"name": name, "wave": wave, **({"data": data} if data else {})}


def described(name, blocks):
    block, piece, title, pins = DIAGRAMS[name]
    begin, end = piece(blocks[block])
    edges = blocks[block][begin:end]
    return {"signal": [row(pin, edges) for pin in pins.split()], "head": {"text": f"{name}: {title}"}, "config": {"hscale": 1}}


DRAW = """const w = require('wavedrom'), fs = require('fs');
const [from, to] = process.argv.slice(1);
fs.writeFileSync(to, w.onml.stringify(w.renderAny(0, JSON.parse(fs.readFileSync(from)), w.waveSkin)) + '\\n');"""


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="only whether they are current")
    parser.add_argument("--cosim", type=Path, default=ROOT / "build" / "pimtlm-cosim")
    arguments = parser.parse_args()
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        blocks = {block: recorded(block, arguments.cosim.resolve(), folder) for block in RECORDINGS}
        texts = {name: json.dumps(described(name, blocks), indent=1) + "\n" for name in DIAGRAMS}
        if arguments.check:
            old = [name for name, text in texts.items() if not (FOLDER / f"{name}.json").exists() or (FOLDER / f"{name}.json").read_text() != text]
            for name in old:
                print(f"docs/rtl_blocks/{name}.json is not what the RTL does; run scripts/make_timing_diagrams.py")
            return 1 if old else 0
        subprocess.run(["npm", "install", "--silent", "--no-save", "--prefix", folder, "wavedrom@3"], check=True)
        for name, text in texts.items():
            (FOLDER / f"{name}.json").write_text(text)
            subprocess.run(["node", "-e", DRAW, FOLDER / f"{name}.json", FOLDER / f"{name}.svg"], check=True, cwd=folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())

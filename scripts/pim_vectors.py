#!/usr/bin/env python3
"""Reads the transactions of a bank that `pimtlm-cosim bank --vectors FILE` writes (docs/rtl_vectors.md). Plain Python, usable from cocotb.

    import pim_vectors
    for bank in pim_vectors.read("bank.jsonl"):
        bank.wires["t_rcd_mac"]; bank.cells        # before the first command
        for step in bank.steps: ...                # Put, Command, Done in the order in which they happen

    scripts/pim_vectors.py FILE...                 checks files against themselves and the rules of the DRAM; exit status 1 if one is broken
"""
import json
import sys
from dataclasses import dataclass, field

VERSION = 1
ACTIVATE, PRECHARGE, READ, MAC, WRITE, REFRESH = range(6)


class FormatError(Exception):
    """A line that is not of the format, by file and number."""


@dataclass
class Put:
    """Bytes written to BRAM over the bus."""
    offset: int
    data: bytes


@dataclass
class Command:
    """A descriptor whose last beat is taken before DRAM cycle `cycle`."""
    cycle: int
    descriptor: bytes


@dataclass
class Done:
    """The oldest command is complete; `dram`: (cycle, kind, row, column) since the last one; bytes expected at offsets."""
    cycle: int
    refused: bool
    dram: list
    bram: list = field(default_factory=list)
    cells: list = field(default_factory=list)


@dataclass
class Bank:
    wires: dict
    cells: bytearray
    steps: list


def _data(line):
    return int(line["data"], 16).to_bytes(line["bytes"], "little")


def read(path):
    """The banks of a file, one after the other."""
    bank, dram = None, []
    with open(path, encoding="ascii") as lines:
        for number, text in enumerate(lines, 1):
            try:
                line = json.loads(text)
                if "pim_vectors" in line:
                    if line["pim_vectors"] != VERSION or line["block"] != "bank":
                        raise FormatError(f"{path}:{number}: expected version {VERSION} of a bank, got {text.strip()[:60]}")
                    if bank is not None:
                        yield bank
                    bank, dram = Bank(line, bytearray(line["bmem_bytes"]), []), []
                elif "cells" in line:
                    bank.cells[line["cells"]:line["cells"] + line["bytes"]] = _data(line)
                elif "bram" in line:
                    bank.steps.append(Put(line["bram"], _data(line)))
                elif "command" in line:
                    bank.steps.append(Command(line["command"], int(line["data"], 16).to_bytes(128, "little")))
                elif "dram" in line:
                    dram.append((line["dram"], line["kind"], line["row"], line["column"]))
                elif "done" in line:
                    bank.steps.append(Done(line["done"], bool(line["refused"]), dram))
                    dram = []
                elif "expect_bram" in line:
                    last_done(bank).bram.append((line["expect_bram"], _data(line)))
                elif "expect_cells" in line:
                    last_done(bank).cells.append((line["expect_cells"], _data(line)))
                else:
                    raise FormatError(f"{path}:{number}: unknown line {text.strip()[:60]}")
            except (KeyError, ValueError, AttributeError, OverflowError, StopIteration) as error:
                raise FormatError(f"{path}:{number}: {text.strip()[:60]}: {error!r}") from error
    if bank is not None:
        yield bank


def last_done(bank):
    return next(step for step in reversed(bank.steps) if isinstance(step, Done))


def problems(bank):
    """What contradicts itself or the DRAM's rules, in words."""
    wires, running, open_rows, last_column, last = bank.wires, 0, set(), None, -1
    activated = {}
    for step in bank.steps:
        if isinstance(step, Command):
            running += 1
            if step.cycle < last:
                yield f"command in cycle {step.cycle} after cycle {last}"
        if not isinstance(step, Done):
            continue
        running -= 1
        if running < 0:
            yield f"done in cycle {step.cycle} without a command"
        for cycle, kind, row, _ in sorted(step.dram, key=lambda c: (c[0], (PRECHARGE, ACTIVATE).index(c[1]) if c[1] < 2 else c[1])):
            if kind == ACTIVATE:
                open_rows.add(row)
                activated[row] = cycle
            elif kind == PRECHARGE:
                if row not in open_rows:
                    yield f"precharge of row {row}, which is closed, in cycle {cycle}"
                elif cycle - activated[row] < wires["t_ras"]:
                    yield f"precharge of row {row} in cycle {cycle}, {cycle - activated[row]} after its activate"
                open_rows.discard(row)
            elif kind == REFRESH:
                if open_rows:
                    yield f"refresh in cycle {cycle} with row {min(open_rows)} open"
            else:
                if row not in open_rows:
                    yield f"column of row {row}, which is closed, in cycle {cycle}"
                elif cycle - activated[row] < wires["t_rcd_mac" if kind == MAC else "t_rcd_write" if kind == WRITE else "t_rcd_read"]:
                    yield f"column of row {row} in cycle {cycle}, {cycle - activated[row]} after its activate"
                if last_column is not None and cycle - last_column < wires["t_ccd"]:
                    yield f"columns in cycles {last_column} and {cycle}"
                last_column = cycle
        last = max([last] + [c[0] for c in step.dram if not step.refused])


def main(files):
    if not files:
        sys.exit(__doc__)
    broken = 0
    for file in files:
        try:
            commands = columns = 0
            for number, bank in enumerate(read(file)):
                commands += sum(isinstance(step, Done) for step in bank.steps)
                columns += sum(READ <= c[1] <= WRITE for step in bank.steps if isinstance(step, Done) for c in step.dram)
                for problem in problems(bank):
                    broken += 1
                    print(f"{file}: bank {number}: {problem}")
            print(f"{file}: {commands} commands, {columns} columns")
        except (FormatError, OSError) as error:
            broken += 1
            print(f"pim_vectors: {error}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

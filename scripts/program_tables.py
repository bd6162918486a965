#!/usr/bin/env python3
"""Writes the tables of docs/firmware.md about programs of commands: `pimtlm analyze --program` with the core as it is and with
slow accesses. Needs build/pimtlm; --pimtlm names another one. --check: exit status 1 where the page differs."""
import argparse
import pathlib

import page_blocks

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "firmware.md"
CORES = {"one cycle": [], "100 cycles": ["--set", "controller.firmware_cycles_per_access=100"]}
WAYS = ["posted", "cached", "compiled_stairs_16", "compiled_stairs_128"]
MEMORY = {"posted": "posted (the ring)", "cached": "cached (one step and its notes)", "compiled_every_length": "compiled for every length",
          "compiled_stairs_16": "compiled in stairs of 16", "compiled_stairs_128": "compiled in stairs of 128"}


def programs(pimtlm, words):
    return page_blocks.result(pimtlm, ["analyze", "--program", "--model", "llama-7b", "--context", "1000", *words])["programs"]


def cell(step, with_firmware):
    rate = f"{step['tokens_per_second']:.1f}"
    return f"{rate} ({1e6 * step['firmware_seconds']:.0f} µs)" if with_firmware else rate


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pimtlm", default=str(ROOT / "build/pimtlm"))
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    rows = []
    for core, words in CORES.items():
        found = programs(options.pimtlm, words)
        for step in found["steps"]:
            rows.append([core, str(step["context"]), *(cell(step[way], way in ("posted", "cached")) for way in WAYS)])
    memory = [[MEMORY[way], f"{found['memory_bytes'][way]:,}".replace(",", " ")] for way in MEMORY]
    page_blocks.write(PAGE, {
        "programs": page_blocks.table(["an access", "context", "posted", "cached", "stairs of 16", "stairs of 128"], rows),
        "memory": page_blocks.table(["commands", "bytes, up to context 1000"], memory),
    }, options.check)


if __name__ == "__main__":
    main()

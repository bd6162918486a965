#!/usr/bin/env python3
"""Checks that the diff of docs/adding_a_bank_command.md is still what the sources say.

    scripts/check_excerpts.py [PAGE]

Each hunk of each ```diff block must stand in its file, without the lines taken away; and no other source may name the
command: what a command needs is on the page.
"""
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NAMES = r"PIM_OP_FILL|\bpim_fill\b|OpFill|CmdFill|is_fill"
SOURCES = ["abi", "core", "sw", "tlm", "platform", "sim", "rtl_ref"]


def excerpts(page):
    """(file, hunk) for each hunk of the page; a hunk is its lines, with their first character."""
    for block in re.findall(r"^```diff\n(.*?)^```", page, re.MULTILINE | re.DOTALL):
        file, *hunks = re.split(r"^@@\n", block, flags=re.MULTILINE)
        for hunk in hunks:
            yield file.removeprefix("+++ ").strip(), hunk.splitlines()


def complaints(page):
    found = list(excerpts(page))
    if not found:
        yield "there is no diff on the page"
    for file, hunk in found:
        text = (ROOT / file).read_text() if (ROOT / file).exists() else ""
        there = "".join(line[1:] + "\n" for line in hunk if not line.startswith("-"))
        if there not in text:
            yield f"{file}: no longer has\n{there}"
    shown = {file for file, _ in found}
    grep = ["grep", "-rlE", "--include=*.[ch]", "--include=*.cpp", "--include=*.sv*", NAMES, *SOURCES]
    naming = subprocess.run(grep, cwd=ROOT, capture_output=True, text=True).stdout.split()
    for file in sorted(set(naming) - shown):
        yield f"{file}: names the command and is not on the page"


def main():
    page = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "adding_a_bank_command.md"
    failures = list(complaints(page.read_text()))
    for failure in failures:
        print(f"{page.name}: {failure}")
    files = sorted({file for file, _ in excerpts(page.read_text())})
    print(f"{page.name}: a bank command is named in {len(files)} sources: {', '.join(files)}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())

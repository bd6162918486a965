#!/usr/bin/env python3
"""Writes the tables of docs/rtl_interface.md from the RTL and from the checks that refuse: parameters, ports, settings.

    scripts/rtl_interface.py            writes the page's tables
    scripts/rtl_interface.py --check    only whether they are current
"""
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "rtl_interface.md"
BEGIN, END = "<!-- tables: written by scripts/rtl_interface.py -->", "<!-- end of tables -->"
TOPS = ["bank/pim_bank.sv", "die/pim_die.sv", "alu/pim_alu.sv"]
REFUSALS = ["tlm/rtl/bank_model.cpp", "tlm/rtl/rtl_die.cpp", "tlm/rtl/alu_model.cpp", "platform/assembly/rtl_blocks.cpp",
            "sim/run/simulation.cpp"]


def table(head, rows):
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def parameters(text):
    """Each parameter with its usual value and what PIM_REQUIRE asks of it."""
    asked = dict(re.findall(r'"pim_\w+: (\w+): (expected [^"]+)"', text))
    found = re.findall(r"parameter int (\w+)\s*=\s*(\w+),?[ \t]*(?://[ \t]*(.*))?", text)
    return [[f"`{name}`", value, asked.get(name, "").removeprefix("expected "), comment or ""] for name, value, comment in found]


def ports(text):
    """Direction, name, width and comment of each port, group comments as rows of their own."""
    head = text[text.index(") (\n") + 4:text.index("\n);")]
    rows = []
    for line in head.splitlines():
        port = re.match(r"\s*(input|output)\s+logic\s*(signed)?\s*(\[[^\]]*\])?\s*(\w+),?\s*(?://\s*(.*))?", line)
        group = re.match(r"\s*// (.*)", line)
        if port:
            direction, _, width, name, comment = port.groups()
            width = re.sub(r"\s+", "", width or "")
            rows.append([f"`{name}`", direction, f"`{width}`" if width else "1", comment or ""])
        elif group:
            rows.append([f"*{group.group(1)}*", "", "", ""])
    return rows


def constants():
    """Those that the messages print."""
    known = {}
    for file in ["core/link/die_engine.h", "tlm/rtl/die_model.h", "tlm/rtl/alu_model.h", "tlm/rtl/bank_model.cpp"]:
        for name, text in re.findall(r"constexpr [\w:]+ (k\w+) = ([^;]+);", (ROOT / file).read_text()):
            known[name] = value(text, known)
    return known


def value(text, known):
    """Of an expression of numbers and constants; … where it is none."""
    text = re.sub(r"\w+::", "", text.strip().rstrip(")"))
    text = re.sub(r"\bk\w+", lambda name: known.get(name.group(), "?"), text).replace("/", "//")
    return str(eval(text)) if re.fullmatch(r"[\d\s()*/+<-]+", text + ")" * (text.count("(") - text.count(")"))) and text.count("(") == text.count(")") else "…"


def refusals():
    """Settings that a block's RTL refuses: text of the C++ checks, as the user sees it."""
    rows, known = [], constants()
    for file in REFUSALS:
        text = re.sub(r'"\s*\n\s*"', "", (ROOT / file).read_text())
        for key, expected, arguments in re.findall(r'"((?:bank|dram|die|chip|link|mapping|rtl)[\w.]*(?:\{\})?|\{\}): ((?:expected|a row)[^"]*)"(?:,([^;]*)\);)?', text):
            values = [value(argument, known) for argument in arguments.split(",")] if arguments else []
            if "{}" in key:
                key, values = "rtl.*" if key == "{}" else "dram.t_*", values[1:]
            for number in values[:expected.count("{}")]:
                expected = expected.replace("{}", number, 1)
            row = [f"`{key}`", expected.removeprefix("expected ").replace("{}", "…")]
            if row not in rows:
                rows.append(row)
    return rows


def tables():
    out = []
    for top in TOPS:
        text = (ROOT / "rtl_ref" / top).read_text()
        name = Path(top).stem
        out += [f"### Parameters of `{name}`", table(["parameter", "usual", "refused at elaboration unless", "meaning"], parameters(text)),
                f"### Ports of `{name}`", table(["port", "direction", "width", "meaning"], ports(text))]
    out += ["### What the model takes and the RTL does not", "Each of these settings, unless it has the expected value, ends a run with one line before the run begins (a long row of an ALU: when its command starts).",
            table(["setting", "expected with RTL"], refusals())]
    return "\n\n".join(out)


def main():
    page = PAGE.read_text()
    before, rest = page.split(BEGIN)
    current = f"{before}{BEGIN}\n\n{tables()}\n\n{END}{rest.split(END)[1]}"
    if "--check" in sys.argv[1:]:
        if current != page:
            sys.exit(f"rtl_interface: {PAGE.relative_to(ROOT)} is not what the RTL says; run scripts/rtl_interface.py")
        return
    PAGE.write_text(current)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Synthesizes parts of the RTL in several sizes and fits their areas: what `area` in a result is made of.

    scripts/area_fit.py [FAMILY...] [--evidence FILE] | --header | --check

A family is a part of the chip in at least five sizes. Its area in NAND2 equivalents, as scripts/rtl_area.py counts them, is
fitted by base + slope * s, where s is the size or its binary logarithm: least squares of the relative errors. Each size is then
left out once and predicted from the others. Families that are not named stay as they are in the evidence. The header holds the
fits for the model; with --header alone nothing is synthesized. Needs yosys; an hour of a core for all families.
"""
import argparse
import datetime
import json
import math
import re
import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import rtl_area  # noqa: E402

ROOT = rtl_area.ROOT
EVIDENCE = ROOT / "rtl_ref" / "evidence" / "area_fit.json"
HEADER = ROOT / "sim" / "analysis" / "area_fits.h"
PAGE = ROOT / "docs" / "area.md"
LARGEST_ERROR = 0.10  # of a size that is left out
WANTED_SIZES = 5
ERROR_OF_ONE_SIZE = 0.5  # a choice
SOFTMAX_LANES = 4  # of the RTL's bank
REST_OF_BANK = ["pim_bank", "pim_mask_runs", "pim_command_decoder", "pim_kv_store", "pim_mac_control", "pim_dram_fsm", "pim_result_pass",
                "pim_command_fields"]

# The MAC array is written for 64 lanes; these are the places that say so. N: lanes, at most 64. A column is as wide as the lanes.
# What an edit writes must not look like what a later one reads.
MAC_LANES = [
    (r"pim_weight_lanes #\(", "pim_weight_lanes #(\n      .Lanes({N}),", 1),
    (r"logic \[383:0\]", "logic [6*{N}-1:0]", 2),
    (r"q < 16; q\+\+", "q < {N4}; q++", 1),
    (r"l < 64; l\+\+", "l < {N}; l++", 1),
    (r"\(l / 16\)", "(l / {N4})", 1),
    (r"\(l / 32\)", "(l / {N2})", 1),
    (r"\(l%16\)", "(l%{N4})", 1),
    (r"\(l%32\)", "(l%{N2})", 1),
    (r"logic \[4095:0\]", "logic [64*{N}-1:0]", 2),
    (r"s3_sums_q\[2047:0\] <= s2_sums_q\[0\] \? lane_sums\[4095:2048\] : lane_sums\[2047:0\]",
     "s3_sums_q[32*{N}-1:0] <= s2_sums_q[0] ? lane_sums[64*{N}-1:32*{N}] : lane_sums[32*{N}-1:0]", 1),
    (r"s3_sums_q\[1023:0\] <= lane_sums\[1024\*s2_sums_q\[1:0\]\+:1024\]",
     "s3_sums_q[16*{N}-1:0] <= lane_sums[16*{N}*s2_sums_q[1:0]+:16*{N}]", 1),
    (r"logic \[2047:0\] pv_rounded", "logic [32*{N}-1:0] pv_rounded", 1),
    (r"i < 64; i\+\+", "i < {N}; i++", 1),
    (r"fields_i\.keep \? s3_sums_q\[2047:0\] : pv_rounded", "2048'(fields_i.keep ? s3_sums_q[32*{N}-1:0] : pv_rounded)", 1),
    (r"s3_sums_q\[4095:2048\]", "2048'(s3_sums_q[64*{N}-1:32*{N}])", 1),
]
# What keeps the ALU to the sizes that its bench plays.
ALU_SIZES = [(r"  `PIM_REQUIRE\((Lanes|StreamLanes) .*\n", "", 2)]

# family: top module, its folders, what a size is, the law, sizes, parameters of a size, edits
FAMILIES = {
    "bram": ("pim_bram", ["bank"], "words of 32 bits of a bank's BRAM; the cells are macros", "log2", [256, 1024, 4096, 16384, 65536],
             lambda size: {"WordBits": size.bit_length() - 1}, []),
    "mac": ("pim_mac_array", ["common", "bank"], "lanes of a bank's MAC array", "linear", [8, 16, 24, 32, 64], lambda size: {}, MAC_LANES),
    "alu": ("pim_alu", ["common", "alu"], "lanes of the Controller's ALU, with a port half as wide", "linear", [4, 8, 16, 32, 64],
            lambda size: {"Lanes": size, "StreamLanes": size // 2}, ALU_SIZES),
    "die": ("pim_die", ["die"], "banks of a die", "linear", [2, 4, 8, 12, 16], lambda size: {"Banks": size}, []),
}


def cut(tree, top, edits, size):
    """Applies the edits of a size to the module `top` of a copy of the RTL."""
    if not edits:
        return
    source = next(tree.glob(f"*/{top}.sv"))
    text = source.read_text(encoding="utf-8")
    names = {"N": size, "N2": size // 2, "N4": size // 4}
    for pattern, replacement, times in edits:
        text, count = re.subn(pattern, replacement.format(**names), text)
        if count != times:
            sys.exit(f"area_fit: {source.name}: expected {times} places like {pattern}, found {count}")
    source.write_text(text, encoding="utf-8")


def synthesize(family, size, work, known):
    top, folders, meaning, _, _, parameters, edits = FAMILIES[family]
    tree = work / f"{family}-{size}-rtl"
    shutil.rmtree(tree, ignore_errors=True)
    shutil.copytree(ROOT / "rtl_ref", tree, ignore=shutil.ignore_patterns("tb", "evidence", "formal"))
    cut(tree, top, edits, size)
    name = f"{family}-{size}"
    rtl_area.BLOCKS[name] = (top, folders, parameters(size), meaning)
    total, _, effort = rtl_area.measure(name, work, 1, rtl=tree, known=known)
    return rtl_area.numbers(total), effort


def scale(law, size):
    return math.log2(size) if law == "log2" else size


def fit(law, rows):
    """base and slope of the least relative errors."""
    points = [(scale(law, row["size"]), 1 / row["area_nand2"]) for row in rows]
    # Minimise sum ((base + slope x) w - 1)^2: two normal equations.
    ww, wwx, wwxx = (sum(w * w * x**power for x, w in points) for power in range(3))
    w, wx = (sum(weight * x**power for x, weight in points) for power in range(2))
    determinant = ww * wwxx - wwx * wwx
    return (w * wwxx - wx * wwx) / determinant, (ww * wx - wwx * w) / determinant


def left_out(law, rows):
    """The relative error of each size, predicted from the others."""
    errors = []
    for i, row in enumerate(rows):
        base, slope = fit(law, rows[:i] + rows[i + 1:])
        errors.append((base + slope * scale(law, row["size"])) / row["area_nand2"] - 1)
    return errors


def entry(family, rows):
    _, _, meaning, law, _, _, _ = FAMILIES[family]
    version = subprocess.run(["yosys", "-V"], capture_output=True, text=True, check=True).stdout.split()[1]
    commit = subprocess.run(["git", "log", "-1", "--format=%h", "--", "rtl_ref", ":!rtl_ref/evidence"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()
    base, slope = fit(law, rows)
    return {"size_is": meaning, "law": law, "date": datetime.date.today().isoformat(), "yosys": version, "rtl_of_commit": commit,
            "base": round(base, 1), "slope": round(slope, 2), "left_out": [round(e, 4) for e in left_out(law, rows)], "runs": rows}


def one_size(family):
    """A family that has not been synthesized in several sizes: the whole block of the last synthesis, taken as proportional."""
    kept = json.loads((ROOT / "rtl_ref" / "evidence" / "area.json").read_text(encoding="utf-8"))
    block = next(block for block in kept["result"] if block["block"] == family)
    size = int(re.match(r"(\d+) lanes", block["as"]).group(1))
    run = {"size": size, **{key: block[key] for key in ("gates", "flip_flops", "area_nand2", "memory_bits")}}
    return {"size_is": FAMILIES[family][2], "law": "proportional", "from": f"rtl_ref/evidence/area.json, RTL {kept['rtl'][family]}",
            "base": 0, "slope": round(block["area_nand2"] / size, 2), "left_out": [], "runs": [run]}


def rest_of_bank():
    """What a bank has beside the MAC array and BRAM, from the last synthesis of a whole bank; the softmax unit by its lanes."""
    kept = json.loads((ROOT / "rtl_ref" / "evidence" / "area.json").read_text(encoding="utf-8"))
    bank = next(block for block in kept["result"] if block["block"] == "bank")
    own = {module["module"]: module["area_nand2"] / module["instances"] for module in bank["modules"]}
    softmax = own["pim_softmax_unit"] + own["pim_divider"] + SOFTMAX_LANES * (own["pim_exp2"] + own["pim_exp2_fraction"] + 2 * own["pim_exp2_table"] + own["pim_round_sat32"])
    rest = sum(own.get(module, 0) for module in REST_OF_BANK) + 2 * own["pim_dram_row"]
    return {"size_is": "a bank beside its MAC array and BRAM", "from": f"rtl_ref/evidence/area.json, RTL {kept['rtl']['bank']}",
            "softmax_lane": round(softmax / SOFTMAX_LANES, 1), "rest": round(rest, 1)}


def memory(runs):
    """Base and slope of the bits of memory: exact, as they are counted."""
    first, last = runs[0], runs[-1]
    if first is last:
        return 0, first["memory_bits"] / first["size"]
    slope = (last["memory_bits"] - first["memory_bits"]) / (last["size"] - first["size"])
    return first["memory_bits"] - slope * first["size"], slope


def header(evidence):
    lines = ["// clang-format off", "// Made by scripts/area_fit.py of rtl_ref/evidence/area_fit.json: areas of synthesized RTL in NAND2 equivalents.",
             "#pragma once", "", "namespace pim::sim {", "",
             "/// Area of a part over its size: base + slope * size, or * log2(size).",
             "struct AreaFit {", "  double base, slope;", "  bool logarithmic;",
             "  double error;  ///< largest relative error of a size that the others predict", "};",
             "/// Bits of memory inside a part over its size.",
             "struct MemoryFit {", "  double base, slope;", "};", ""]
    for family in FAMILIES:
        of = evidence[family]
        made = f"yosys {of['yosys']}, {of['date']}" if of["left_out"] else f"one size only: {of['from']}; the error is a choice"
        lines.append(f"/// {of['size_is'][0].upper()}{of['size_is'][1:]}; {made}.")
        worst = max((abs(e) for e in of["left_out"]), default=ERROR_OF_ONE_SIZE)
        lines.append(f"constexpr AreaFit k{family.capitalize()}Area{{{of['base']}, {of['slope']}, "
                     f"{'true' if of['law'] == 'log2' else 'false'}, {worst:.4f}}};")
        if family in ("mac", "alu"):
            base, slope = memory(of["runs"])
            lines.append(f"constexpr MemoryFit k{family.capitalize()}Memory{{{base:.1f}, {slope:.2f}}};")
    rest = evidence["rest_of_bank"]
    lines += [f"/// Of {rest['size_is']}: {rest['from']}.", f"constexpr double kSoftmaxLaneNand2 = {rest['softmax_lane']};",
              f"constexpr double kRestOfBankNand2 = {rest['rest']};"]
    return "\n".join(lines + ["", "}  // namespace pim::sim", ""])


def with_fits(page, evidence):
    """docs/area.md with the table of the fits."""
    rows = ["| part | size | NAND2 equivalents | synthesized at | left out, each is missed by |", "|---|---|---|---|---|"]
    for family in FAMILIES:
        of = evidence[family]
        law = "log2(size)" if of["law"] == "log2" else "size"
        missed = ", ".join(f"{100 * e:+.1f} %" for e in of["left_out"]) or f"not fitted: one size, proportional, ± {ERROR_OF_ONE_SIZE:.0%} (choice)"
        rows.append(f"| `{FAMILIES[family][0]}` | {of['size_is']} | {of['base']:,.0f} + {of['slope']:,.0f} × {law} | "
                    + ", ".join(f"{run['size']}: {run['area_nand2']:,}" for run in of["runs"]) + f" | {missed} |")
    rest = evidence["rest_of_bank"]
    rows.append(f"| rest of a bank | softmax lanes | {rest['rest']:,.0f} + {rest['softmax_lane']:,.0f} × lanes | one size ({rest['from']}) | – |")
    return re.sub(r"<!-- fits -->.*<!-- /fits -->", lambda _: "<!-- fits -->\n" + "\n".join(rows) + "\n<!-- /fits -->", page, flags=re.DOTALL)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("families", nargs="*", choices=[[], *FAMILIES], help="all if none is named")
    parser.add_argument("--evidence", type=Path, default=EVIDENCE, help="JSON file that keeps runs and fits")
    parser.add_argument("--header", action="store_true", help=f"only write {HEADER.relative_to(ROOT)} and {PAGE.relative_to(ROOT)} anew")
    parser.add_argument("--check", action="store_true", help="only say whether the header is that of the evidence and the errors are small")
    parser.add_argument("--work", type=Path, default=ROOT / "build" / "area", help="where yosys leaves its logs")
    arguments = parser.parse_args()
    evidence = json.loads(arguments.evidence.read_text(encoding="utf-8")) if arguments.evidence.exists() else {}
    if arguments.check:
        for family in FAMILIES:
            of = evidence[family]
            if of["law"] == "proportional":
                print(f"area_fit: {family}: one size only; scripts/area_fit.py {family}")
                continue
            if [round(x, y) for x, y in zip(fit(of["law"], of["runs"]), (1, 2))] != [of["base"], of["slope"]]:
                sys.exit(f"area_fit: {family}: the fit is not that of its runs")
            if max(abs(e) for e in left_out(of["law"], of["runs"])) > LARGEST_ERROR:
                sys.exit(f"area_fit: {family}: a size that the others miss by more than {LARGEST_ERROR:.0%}")
            if len(of["runs"]) < WANTED_SIZES:
                print(f"area_fit: {family}: {len(of['runs'])} of {WANTED_SIZES} sizes; scripts/area_fit.py {family}")
        page = PAGE.read_text(encoding="utf-8")
        if HEADER.read_text(encoding="utf-8") != header(evidence) or page != with_fits(page, evidence):
            sys.exit(f"area_fit: {HEADER.relative_to(ROOT)} or {PAGE.relative_to(ROOT)} is not that of the evidence; scripts/area_fit.py --header")
        return 0
    work = arguments.work.resolve()
    work.mkdir(parents=True, exist_ok=True)
    for family in [] if arguments.header else arguments.families or FAMILIES:
        rows, known = [], {}
        for size in FAMILIES[family][4]:
            row, effort = synthesize(family, size, work, known)
            rows.append({"size": size, **row})
            print(f"{family} {size}: {row['area_nand2']} NAND2 ({effort.seconds:.0f} s of CPU)", flush=True)
        evidence[family] = entry(family, rows)
        of = evidence[family]
        print(f"{family}: {of['base']} + {of['slope']} * {'log2 size' if of['law'] == 'log2' else 'size'}; left out: "
              + ", ".join(f"{100 * e:+.1f} %" for e in of["left_out"]), flush=True)
        arguments.evidence.write_text(json.dumps(evidence, indent=1) + "\n", encoding="utf-8")
    if arguments.header:
        evidence.setdefault("rest_of_bank", rest_of_bank())
        for family in ("alu",):
            evidence.setdefault(family, one_size(family))
        arguments.evidence.write_text(json.dumps(evidence, indent=1) + "\n", encoding="utf-8")
        HEADER.write_text(header(evidence), encoding="utf-8")
        PAGE.write_text(with_fits(PAGE.read_text(encoding="utf-8"), evidence), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Writes the two tables of docs/energy.md: the constants, and the itemised energy of a 16-bit LLaMA-7B beside the figure
that CENT publishes. Needs build/pimtlm; --pimtlm names another one. --check: exit status 1 where the page differs."""
import argparse
import pathlib
import sys

import page_blocks

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "energy.md"
CASES = ["low", "nominal", "high"]
# LLaMA2-7B has the shape of LLaMA-7B; 16 bits of weights fit 8 dies with banks of 128 MiB. One token behind 127.
CENT_RUN = ["run", "--model", "llama-7b", "--prompt", "1", "--context", "127", "--generate", "3", "--set", "weights.bits=16",
            "--set", "weights.scale_bits=0", "--set", "bank.bmem_mib=128"]
CENT_JOULES = 61.5e-3


def constants(pimtlm):
    rows = [[f"`{constant['key'].removeprefix('energy.')}`", constant["unit"], *(f"{constant[case]:.4g}" for case in CASES),
             constant["node"], constant["covers"], constant["source"]]
            for constant in page_blocks.result(pimtlm, ["describe"])["energy_constants"]]
    return page_blocks.table(["constant", "unit", *CASES, "node", "covers", "source"], rows)


def cent(pimtlm):
    energy = page_blocks.result(pimtlm, CENT_RUN)["energy"]
    rows = [[f"`{part}`", *(f"{1e3 * energy[case]['parts'][part]:.3f}" for case in CASES)] for part in energy["nominal"]["parts"]]
    totals = [energy[case]["joules_per_token"] for case in CASES]
    if not totals[0] < CENT_JOULES < totals[-1]:
        sys.exit(f"energy_tables: {1e3 * CENT_JOULES} mJ are not within {1e3 * totals[0]:.1f} to {1e3 * totals[-1]:.1f} mJ")
    rows.append(["sum", *(f"{1e3 * total:.2f}" for total in totals)])
    return page_blocks.table(["mJ per token", *CASES], rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pimtlm", default=str(ROOT / "build/pimtlm"))
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    blocks = {"constants": constants(options.pimtlm), "cent": cent(options.pimtlm)}
    page_blocks.write(PAGE, blocks, options.check)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""compression_table.py PIMTLM FOLDER [--check]: perplexity and divergence of each lossy option on stories260K, as the
rows of docs/compression.md; --check: expects them to stand there. Status 77 where FOLDER is absent.

FOLDER holds stories260K-f32.gguf, tinystories_sample.txt and forced.ids. Perplexity: the first 511 tokens of the
sample. KL: mean over the forced ids, in nats, from 8-bit weights, A16, KV16."""
import argparse
import array
import json
import math
import os
import subprocess
import sys
import tempfile
from pathlib import Path

PAGE = Path(__file__).resolve().parent.parent / "docs" / "compression.md"

OPTIONS = [
    ("8 bits", ["weights.bits=8"]),
    ("5 bits", ["weights.bits=5"]),
    ("4 bits", []),
    ("mean 3.5 bits", ["weights.mean_bits=3.5"]),
    ("3 bits", ["weights.bits=3"]),
    ("4 bits, 8:16", ["weights.sparsity=8"]),
    ("4 bits, 4:16", ["weights.sparsity=4"]),
    ("4 bits, 2:16", ["weights.sparsity=2"]),
    ("4 bits, A8", ["activation.bits=8"]),
    ("4 bits, KV8", ["kv.bits=8"]),
    ("4 bits, A8, KV8", ["activation.bits=8", "kv.bits=8"]),
    ("5 bits, A8, KV8", ["weights.bits=5", "activation.bits=8", "kv.bits=8"]),
    ("4 bits, 8:16, A8, KV8", ["weights.sparsity=8", "activation.bits=8", "kv.bits=8"]),
    ("4 bits, sliding:64", ["attention.mask=sliding:64"]),
    ("4 bits, sinks:4+64", ["attention.mask=sinks:4+64"]),
]
VOCABULARY = 512


def run(pimtlm, words):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "result.json")
        subprocess.run([pimtlm, *words, "--json", path, "--quiet"], check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
        with open(path, encoding="utf-8") as file:
            return json.load(file)


def settings(option):
    return [word for setting in option for word in ("--set", setting)]


def log_probabilities(logits):
    largest = max(logits)
    total = math.log(sum(math.exp(x - largest) for x in logits))
    return [x - largest - total for x in logits]


def forced(pimtlm, folder, option):
    with tempfile.TemporaryDirectory() as place:
        path = os.path.join(place, "logits.f32")
        run(pimtlm, ["generate", "--weights", folder + "/stories260K-f32.gguf", "--forced", folder + "/forced.ids",
                     "--logits", path, *settings(option)])
        values = array.array("f")
        with open(path, "rb") as file:
            values.frombytes(file.read())
    return [log_probabilities(values[i:i + VOCABULARY]) for i in range(0, len(values), VOCABULARY)]


def divergence(truth, other):
    rows = [sum(math.exp(p) * (p - q) for p, q in zip(a, b)) for a, b in zip(truth, other)]
    return sum(rows) / len(rows)


def rows(pimtlm, folder):
    truth = forced(pimtlm, folder, OPTIONS[0][1])
    for name, option in OPTIONS:
        perplexity = run(pimtlm, ["perplexity", "--weights", folder + "/stories260K-f32.gguf", "--text",
                                  folder + "/tinystories_sample.txt", "--tokens", "512",
                                  *settings(option)])["perplexity"]["value"]
        kl = divergence(truth, forced(pimtlm, folder, option)) if option != OPTIONS[0][1] else 0
        text = ", ".join(f"`{setting}`" for setting in option) or "as shipped"
        yield f"| {name} | {text} | {perplexity:.2f} | {kl:.1e} |"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pimtlm")
    parser.add_argument("folder")
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    if not os.path.exists(arguments.folder + "/stories260K-f32.gguf"):
        print(f"skipped: {arguments.folder} is not there")
        return 77
    if not arguments.check:
        print("| option | settings | perplexity | KL (nats) |\n|---|---|---|---|")
    page = PAGE.read_text(encoding="utf-8").splitlines()
    missing = 0
    for row in rows(arguments.pimtlm, arguments.folder):
        if not arguments.check:
            print(row, flush=True)
        elif row not in page:
            print(f"docs/compression.md has another row than {row}", flush=True)
            missing += 1
    return 1 if missing else 0


sys.exit(main())

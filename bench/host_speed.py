#!/usr/bin/python3
"""Measures how fast `pimtlm generate` computes on this machine, against node-llama-cpp with the same threads.

Both run the same synthetic 7B model (scripts/make_synthetic_gguf.py, made where it is missing), in turn: what counts is
the ratio. node-llama-cpp is an npm package that brings its binaries along; install it outside the repository:
    mkdir /tmp/node && cd /tmp/node && npm install node-llama-cpp
A third in the turn is bench/plain_read (ninja -C build plain_read): the same threads read the file's bytes and do
nothing else. What they reach bounds the decode of both engines, which need all weights for each token. Usage:
    bench/host_speed.py [--node /tmp/node] [--model /tmp/llama-7b-q4_0.gguf] [--threads 2] [--prompt 128] [--generate 24]
        [--rounds 5] [--executable build/pimtlm] [--write]
--write puts the table into bench/README.md.
"""
import argparse
import json
import pathlib
import platform
import random
import shutil
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
BEGIN, END = "<!-- host speed: made by host_speed.py --write -->", "<!-- end of host speed -->"
VOCAB, FIRST_PIECE, BOS = 32000, 259, 1


def prompt(tokens):
    return [BOS] + random.Random(1).sample(range(FIRST_PIECE, VOCAB), tokens - 1)


def cores(threads):
    """Both engines may use only so many cores."""
    return ["taskset", "-c", f"0-{threads - 1}"] if shutil.which("taskset") else []


def run_pimtlm(options):
    words = cores(options.threads) + [
        options.executable, "generate", "--weights", options.model, "--prompt-ids", ",".join(map(str, prompt(options.prompt))),
        "--generate", str(options.generate), "--ignore-eos", "--set", f"simulation.threads={options.threads}",
        "--json", "-", "--quiet",
    ]
    result = json.loads(subprocess.run(words, check=True, capture_output=True, text=True).stdout)
    return {**result["host"], "tokens": result["tokens"]}


def node_is_installed(folder):
    return shutil.which("node") is not None and (pathlib.Path(folder) / "node_modules" / "node-llama-cpp").is_dir()


def run_node(options):
    words = cores(options.threads) + ["node", str(HERE / "node_llama_cpp.mjs"), options.node, options.model,
                                      str(options.threads), str(options.generate), *map(str, prompt(options.prompt))]
    output = subprocess.run(words, check=True, capture_output=True, text=True).stdout
    return json.loads(output.splitlines()[-1])


def plain_read(options):
    """Bytes a second; None where the helper is not built."""
    helper = pathlib.Path(options.executable).resolve().parent / "bench" / "plain_read"
    if not helper.exists():
        return None
    words = cores(options.threads) + [str(helper), options.model, str(options.threads)]
    return 1e9 * float(subprocess.run(words, check=True, capture_output=True, text=True).stdout)


def into_page_cache(path):
    with open(path, "rb") as file:
        while file.read(1 << 24):
            pass


def medians(runs):
    keys = ("load_seconds", "first_token_seconds", "decode_tokens_per_second", "peak_rss_bytes")
    return {key: statistics.median(r[key] for r in runs) for key in keys}


def prompt_rate(figures, options):
    return options.prompt / figures["first_token_seconds"]


def row(name, figures, options, file_bytes):
    return (f"| {name} | {figures['load_seconds']:.1f} s | {prompt_rate(figures, options):.2f} | "
            f"{figures['decode_tokens_per_second']:.2f} | {figures['peak_rss_bytes'] / file_bytes:.2f} |")


def ratio_line(name, ratios):
    return f"| {name} | {statistics.median(ratios):.2f} | {', '.join(f'{r:.2f}' for r in ratios)} |"


def ratios(ours, theirs, options):
    """Of each round; both ran within a minute or two of each other."""
    pairs = list(zip(ours, theirs))
    return ["", "| against node-llama-cpp | median | each round |", "|---|---|---|",
            ratio_line("decode, tokens/s", [a["decode_tokens_per_second"] / b["decode_tokens_per_second"] for a, b in pairs]),
            ratio_line("prompt, tokens/s", [prompt_rate(a, options) / prompt_rate(b, options) for a, b in pairs]),
            ratio_line("load, seconds", [a["load_seconds"] / b["load_seconds"] for a, b in pairs])]


def same_tokens(ours, theirs):
    pairs = list(zip(ours, theirs))
    same = next((i for i, (a, b) in enumerate(pairs) if a != b), len(pairs))
    return f"The first {same} of {len(pairs)} greedy tokens are the same."


def measure(options):
    have_node = node_is_installed(options.node)
    if not have_node:
        print(f"node-llama-cpp is not installed in {options.node}: no ratio. "
              f"mkdir -p {options.node} && cd {options.node} && npm install node-llama-cpp", file=sys.stderr)
    into_page_cache(options.model)
    ours, theirs, reads = [], [], []
    for _ in range(options.rounds):
        ours.append(run_pimtlm(options))
        if have_node:
            theirs.append(run_node(options))
        reads.append(plain_read(options))
    file_bytes = pathlib.Path(options.model).stat().st_size
    lines = [f"{platform.machine()}, {options.threads} threads, synthetic 7B Q4_0 of {file_bytes / 1e9:.2f} GB in the page cache, "
             f"prompt {options.prompt}, {options.generate} tokens; medians of {options.rounds} runs in turn.", "",
             "| engine | load | prompt tokens/s | decode tokens/s | peak memory / file |", "|---|---|---|---|---|",
             row("pimtlm generate, the whole chip in time", medians(ours), options, file_bytes)]
    if have_node:
        lines.append(row("node-llama-cpp", medians(theirs), options, file_bytes))
    if None not in reads:
        lines.append(f"| a plain read of the file, {statistics.median(reads) / 1e9:.1f} GB/s | | | "
                     f"{statistics.median(reads) / file_bytes:.2f} | |")
    if have_node:
        lines += ratios(ours, theirs, options)
    if None not in reads:
        shares = [a["decode_tokens_per_second"] * file_bytes / read for a, read in zip(ours, reads)]
        lines += ["", f"Decode against the plain read: {statistics.median(shares):.2f} (each round: "
                  f"{', '.join(f'{s:.2f}' for s in shares)})."]
    if have_node:
        lines += ["", same_tokens(ours[0]["tokens"], theirs[0]["tokens"])]
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--executable", default=str(HERE.parent / "build" / "pimtlm"))
    parser.add_argument("--model", default="/tmp/llama-7b-q4_0.gguf", help="made if it is not there")
    parser.add_argument("--node", default="/tmp/node", help="folder in which node-llama-cpp was installed")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--prompt", type=int, default=128, help="tokens")
    parser.add_argument("--generate", type=int, default=24)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--write", action="store_true", help="put the table into bench/README.md")
    options = parser.parse_args()
    if not pathlib.Path(options.model).exists():
        subprocess.run([str(HERE.parent / "scripts" / "make_synthetic_gguf.py"), "--out", options.model], check=True)
    text = measure(options)
    print(text)
    if options.write:
        readme = HERE / "README.md"
        head, rest = readme.read_text().split(BEGIN)
        readme.write_text(f"{head}{BEGIN}\n\n{text}\n\n{END}{rest.split(END)[1]}")


if __name__ == "__main__":
    main()

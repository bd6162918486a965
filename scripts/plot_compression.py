#!/usr/bin/env python3
"""Draws docs/pictures/compression.svg: what each option of docs/compression.md costs in perplexity (stories260K, the
page's table) against what it is worth (LLaMA-7B on aim8, context 144: points of `pimtlm sweep`), and prints the table of
both. --pimtlm names another build than build/pimtlm."""
import argparse
import csv
import pathlib
import re
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs/compression.md"
KEYS = {"weights.bits": "4", "weights.mean_bits": "0", "weights.sparsity": "16", "activation.bits": "16",
        "kv.bits": "16", "attention.mask": "causal"}
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 760, 420, 70, 30, 20, 50


def options():
    """Name, settings and perplexity of the rows of the page's table."""
    rows = re.findall(r"^\| ([^|]+) \| (as shipped|`[^|]+`) \| ([0-9.]+) \| [0-9.e+-]+ \|$", PAGE.read_text(), re.M)
    for name, settings, perplexity in rows:
        yield name, dict(text.split("=") for text in re.findall(r"`([^`]+)`", settings)), float(perplexity)


def sweep(pimtlm, points):
    """The rows of points.csv, in the order of `points`."""
    plan = "paired:\n" + "".join(
        f"  '{key}': [" + ", ".join(f"'{settings.get(key, value)}'" for settings in points) + "]\n"
        for key, value in KEYS.items())
    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / "plan.yaml").write_text(plan)
        subprocess.run([pimtlm, "sweep", "--model", "llama-7b", "--prompt", "1", "--context", "127", "--generate", "33",
                        "--plan", folder + "/plan.yaml", "--out", folder + "/out", "--quiet"], check=True)
        with open(folder + "/out/points.csv", newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))


def draw(points):
    fastest, slowest = max(p["speed"] for p in points) * 1.04, min(p["speed"] for p in points) * 0.96
    best, worst = min(p["perplexity"] for p in points), min(max(p["perplexity"] for p in points), 40)

    def x(speed):
        return LEFT + (WIDTH - LEFT - RIGHT) * (speed - slowest) / (fastest - slowest)

    def y(perplexity):
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (min(perplexity, worst) - best) / (worst - best)

    def beaten(p):
        return any(q["speed"] >= p["speed"] and q["perplexity"] <= p["perplexity"] and
                   (q["speed"] > p["speed"] or q["perplexity"] < p["perplexity"]) for q in points)

    svg = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
           'font-size="12">', f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>']
    front = sorted((p for p in points if not beaten(p)), key=lambda p: p["speed"])
    line = " ".join(f'{x(p["speed"]):.1f},{y(p["perplexity"]):.1f}' for p in front)
    svg.append(f'<polyline points="{line}" fill="none" stroke="#1f77b4" stroke-width="1.5"/>')
    for p in points:
        colour = "#999" if beaten(p) else "#1f77b4"
        svg.append(f'<circle cx="{x(p["speed"]):.1f}" cy="{y(p["perplexity"]):.1f}" r="4" fill="{colour}"/>')
        svg.append(f'<text x="{x(p["speed"]) + 6:.1f}" y="{y(p["perplexity"]) - 5:.1f}" fill="{colour}">'
                   f'{p["name"]}</text>')
    svg.append(f'<text x="{WIDTH / 2}" y="{HEIGHT - 12}" text-anchor="middle">tokens/s, LLaMA-7B on aim8, '
               f'context 144 ({slowest:.0f} to {fastest:.0f})</text>')
    svg.append(f'<text x="16" y="{HEIGHT / 2}" text-anchor="middle" transform="rotate(-90 16 {HEIGHT / 2})">'
               f'perplexity, stories260K ({best:.1f} to {worst:.0f}, and more at the top)</text>')
    svg.append("</svg>")
    return "\n".join(svg) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pimtlm", default=str(ROOT / "build/pimtlm"))
    arguments = parser.parse_args()
    rows = list(options())
    results = sweep(arguments.pimtlm, [settings for _, settings, _ in rows])
    points = []
    print("| option | tokens/s | tokens/J | context that fits | perplexity |\n|---|---|---|---|---|")
    for (name, _, perplexity), result in zip(rows, results):
        if not result["decode.tokens_per_second"]:
            print(f"| {name} | does not fit | | | {perplexity:.2f} |")
            continue
        speed, energy = float(result["decode.tokens_per_second"]), float(result["energy.joules_per_token"])
        points.append({"name": name, "perplexity": perplexity, "speed": speed})
        print(f'| {name} | {speed:.1f} | {1 / energy:.1f} | {float(result["capacity.max_context"]):.0f} | {perplexity:.2f} |')
    (ROOT / "docs/pictures/compression.svg").write_text(draw(points))


if __name__ == "__main__":
    main()

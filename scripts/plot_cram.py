#!/usr/bin/env python3
"""Draws docs/pictures/cram.svg: decode and prefill of LLaMA-7B on aim8 against controller.cram_kib, and writes the
numbers into docs/timing.md. Needs build/pimtlm; --pimtlm names another one."""
import argparse
import math
import pathlib

import page_blocks

ROOT = pathlib.Path(__file__).resolve().parent.parent
SIZES = [1, 4, 16, 32, 64, 96, 128, 160, 192, 224, 256, 320, 384, 512, 1024, 2048, 3072, 4096, 6144, 8192]
SHOWN = [1, 16, 64, 128, 192, 224, 256, 512, 1024, 2048, 4096]  # in the table
# Two series that differ in scale share the picture as shares of their best value; the table has the rates.
SERIES = [("decode", "#1f77b4"), ("prefill", "#d62728")]
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 720, 360, 70, 20, 20, 50


def measure(pimtlm, cram_kib):
    result = page_blocks.result(pimtlm, ["run", "--model", "llama-7b", "--prompt", "128", "--generate", "32", "--no-advice",
                                         "--set", f"controller.cram_kib={cram_kib}"])
    return {name: result[name]["tokens_per_second"] for name, _ in SERIES}


def draw(points):
    low, high = math.log2(SIZES[0]), math.log2(SIZES[-1])
    best = {name: max(point[name] for point in points.values()) for name, _ in SERIES}
    floor = math.floor(20 * min(point[name] / best[name] for point in points.values() for name, _ in SERIES)) / 20

    def x(kib):
        return LEFT + (WIDTH - LEFT - RIGHT) * (math.log2(kib) - low) / (high - low)

    def y(share):
        return TOP + (HEIGHT - TOP - BOTTOM) * (1 - share) / (1 - floor)

    svg = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
           'font-size="13">', f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>']
    share = floor
    while share < 1.0001:
        svg.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(share):.1f}" y2="{y(share):.1f}" stroke="#ddd"/>')
        svg.append(f'<text x="{LEFT - 8}" y="{y(share) + 4:.1f}" text-anchor="end">{100 * share:.0f} %</text>')
        share += 0.05
    for kib in (1, 4, 16, 64, 256, 1024, 8192):
        svg.append(f'<text x="{x(kib):.1f}" y="{HEIGHT - BOTTOM + 20}" text-anchor="middle">{kib}</text>')
    svg.append(f'<text x="{(LEFT + WIDTH) / 2}" y="{HEIGHT - 10}" text-anchor="middle">controller.cram_kib</text>')
    for row, (name, colour) in enumerate(SERIES):
        line = " ".join(f"{x(kib):.1f},{y(point[name] / best[name]):.1f}" for kib, point in points.items())
        svg.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        svg.extend(f'<circle cx="{x(kib):.1f}" cy="{y(point[name] / best[name]):.1f}" r="3" fill="{colour}"/>'
                   for kib, point in points.items())
        svg.append(f'<text x="{LEFT + 12}" y="{TOP + 16 + 18 * row}" fill="{colour}">{name}, of '
                   f'{best[name]:.1f} tokens/s</text>')
    svg.append("</svg>")
    return "\n".join(svg) + "\n"


def table(points):
    shown = {kib: point for kib, point in points.items() if kib in SHOWN}
    rows = ["| `controller.cram_kib` | " + " | ".join(str(kib) for kib in shown) + " |", "|---" * (1 + len(shown)) + "|"]
    for name, _ in SERIES:
        rows.append(f"| {name}, tokens/s | " + " | ".join(f"{point[name]:.1f}" for point in shown.values()) + " |")
    return "\n".join(rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pimtlm", default=str(ROOT / "build/pimtlm"))
    options = parser.parse_args()
    points = {kib: measure(options.pimtlm, kib) for kib in SIZES}
    (ROOT / "docs/pictures/cram.svg").write_text(draw(points))
    page_blocks.write(ROOT / "docs/timing.md", {"cram": table(points)})


if __name__ == "__main__":
    main()

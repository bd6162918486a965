#!/usr/bin/env python3
"""How many tokens per second a narrower KV cache gives at each context: runs, a table, and a plot.

    PYTHONPATH=python PIMTLM=build/pimtlm python/examples/bits_of_the_cache.py [OUT.svg]

The plot is an SVG written by hand, so that nothing has to be installed; read the cells from top to bottom.
"""

import sys
from pathlib import Path

import pimtlm

# %% What is asked: LLaMA-7B on the default chip, one decode token at each context, three widths of the cache.
CONTEXTS = [128, 512, 1024, 1500]
BITS = [16, 8, 4]


def tokens_per_second(bits: int, context: int) -> float:
    result = pimtlm.run(preset="aim8", model="llama-7b", prompt=1, generate=2, settings={"kv.bits": bits},
                        options=["--context", str(context)])
    return float(result["decode"]["tokens_per_second"])


# %% The runs: each takes a tenth of a second or so.
series = {bits: [tokens_per_second(bits, context) for context in CONTEXTS] for bits in BITS}

# %% The table.
print("context " + "".join(f"{f'KV{bits}':>10}" for bits in BITS) + "   tokens/s")
for number, context in enumerate(CONTEXTS):
    print(f"{context:7} " + "".join(f"{series[bits][number]:10.1f}" for bits in BITS))

# %% The plot.
WIDTH, HEIGHT, MARGIN = 640, 360, 56
COLOURS = {16: "#1f77b4", 8: "#2ca02c", 4: "#d62728"}
top = 1.1 * max(max(values) for values in series.values())


def x(context: float) -> float:
    return MARGIN + (WIDTH - 2 * MARGIN) * context / max(CONTEXTS)


def y(value: float) -> float:
    return HEIGHT - MARGIN - (HEIGHT - 2 * MARGIN) * value / top


parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="13">',
         f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
         f'<path d="M{MARGIN} {MARGIN / 2}V{HEIGHT - MARGIN}H{WIDTH - MARGIN / 2}" fill="none" stroke="black"/>',
         f'<text x="{WIDTH / 2}" y="{HEIGHT - 12}" text-anchor="middle">context, tokens</text>',
         f'<text x="{MARGIN}" y="18" text-anchor="middle">tokens/s</text>']
parts += [f'<text x="{x(c):.1f}" y="{HEIGHT - MARGIN + 18}" text-anchor="middle">{c}</text>' for c in CONTEXTS]
for tick in range(0, int(top), 100):
    parts.append(f'<text x="{MARGIN - 6}" y="{y(tick) + 4:.1f}" text-anchor="end">{tick}</text>')
for bits, values in series.items():
    points = " ".join(f"{x(c):.1f},{y(v):.1f}" for c, v in zip(CONTEXTS, values))
    parts.append(f'<polyline points="{points}" fill="none" stroke="{COLOURS[bits]}" stroke-width="2"/>')
    parts.append(f'<text x="{x(CONTEXTS[-1]) + 6:.1f}" y="{y(values[-1]) + 4:.1f}" fill="{COLOURS[bits]}">KV{bits}</text>')
parts.append("</svg>")
out = Path(sys.argv[1] if len(sys.argv) > 1 else "bits_of_the_cache.svg")
out.write_text("\n".join(parts) + "\n", encoding="utf-8")
print(f"plot: {out}")

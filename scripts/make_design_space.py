#!/usr/bin/env python3
"""Makes every figure of docs/design_space.md anew: runs pimtlm, draws docs/pictures/design_space*.svg, fills the page's tables.

    scripts/make_design_space.py [--pimtlm build/pimtlm] [--keep DIR]

Takes some minutes of a core. What a run has given is taken again from --keep DIR where it lies there. Text between
<!-- NAME --> and <!-- /NAME --> in the page is the script's; all else is written by hand.
"""
import argparse
import csv
import json
import math
import subprocess
import tempfile
from pathlib import Path
from xml.sax.saxutils import escape

import page_blocks

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "design_space.md"
README = ROOT / "README.md"
PICTURES = ROOT / "docs" / "pictures"

INK, SOFT, GRID, LEAST, PUBLISHED, CURVE = "#16202c", "#5a6675", "#dfe3e8", "#c65d00", "#8a93a0", "#1f5fbf"
CONTEXTS = (512, 2048, 4096)
HEADS = (1, 2, 4, 8, 16)
FREE = ("bank.mac_lanes=1,2,3,4,6,8,12,16,24,32,48,64", "bank.bram_kib=4,5,6,8,12,16,24,32,64", "controller.alu_lanes=1,2,4,8,16,32,64",
        "controller.cram_kib=1,4,16,64,256")
LENGTHS = (16, 32, 64, 128, 256, 512, 1024, 1500)


def number(x):
    """Three digits, as people write them."""
    if x >= 1000:
        return f"{x:,.0f}"
    return f"{x:.3g}"


def amount(x, unit):
    if unit == "Gop/s" and x >= 1000:
        return f"{number(x / 1000)} Top/s"
    return f"{number(x)} {unit}"


class Runs:
    """Runs pimtlm; keeps what it gives."""

    def __init__(self, pimtlm, folder):
        self.pimtlm, self.folder = Path(pimtlm).resolve(), folder

    def out(self, name, words, result):
        folder = self.folder / name
        if not (folder / result).exists():
            status = subprocess.run([self.pimtlm, *words, "--quiet", "--out", folder], cwd=self.folder, check=False).returncode
            if status not in (0, 1):  # 1: solve has found nothing
                raise SystemExit(f"make_design_space: pimtlm {' '.join(words)} ends with status {status}")
        return folder / result

    def refusal(self, words):
        """Why a run cannot be; None: it can."""
        run = subprocess.run([self.pimtlm, *words, "--json", "-"], cwd=self.folder, capture_output=True, text=True, check=False)
        return None if run.returncode == 0 else run.stderr.strip().splitlines()[-1].removeprefix("pimtlm: ")

    def json(self, name, words):
        return json.loads(self.out(name, words, "result.json").read_text(encoding="utf-8"))

    def sentences(self, name, words):
        """What a sweep over machines says about each pair."""
        summary = self.folder / f"{name}.json"
        if not summary.exists():
            self.out(name, [*words, "--json", str(summary)], "points.csv")
        return [pair["sentence"] for pair in json.loads(summary.read_text(encoding="utf-8"))["machines"]]

    def points(self, name, words):
        with open(self.out(name, words, "points.csv"), encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))


class Svg:
    def __init__(self, width, height, title):
        self.width, self.height, self.parts = width, height, []
        self.title = title
        self.add(f'<rect width="{width}" height="{height}" fill="#ffffff"/>')

    def add(self, part):
        self.parts.append(part)

    def text(self, x, y, text, anchor="start", color=INK, size=13, weight="normal"):
        self.add(f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{color}" font-size="{size}" font-weight="{weight}">{escape(text)}</text>')

    def line(self, x1, y1, x2, y2, color=GRID, width=1.0, dash=""):
        dashes = f' stroke-dasharray="{dash}"' if dash else ""
        self.add(f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{color}" stroke-width="{width}"{dashes}/>')

    def path(self, points, color, width=2.0):
        way = " ".join(f"{'M' if i == 0 else 'L'}{x:.1f} {y:.1f}" for i, (x, y) in enumerate(points))
        self.add(f'<path d="{way}" fill="none" stroke="{color}" stroke-width="{width}"/>')

    def dot(self, x, y, color, radius=5.0, ring=False):
        fill = f'fill="#ffffff" stroke="{color}" stroke-width="2"' if ring else f'fill="{color}"'
        self.add(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" {fill}/>')

    def write(self, name):
        head = (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {self.height}" role="img" aria-label="{escape(self.title)}" '
                f'font-family="system-ui, sans-serif">\n')
        (PICTURES / name).write_text(head + "\n".join(self.parts) + "\n</svg>\n", encoding="utf-8")


def answer_picture(demands):
    """For each quantity: what is needed as a share of what was published, on a logarithmic scale."""
    questions = demands["questions"]
    left, right, top, row = 330, 900, 78, 34
    svg = Svg(1240, top + row * len(questions) + 56, "Least amounts for 50 tokens/s beside the published ones")
    shares = [q["least"]["amount"] / q["published_amount"] for q in questions]
    decades = range(math.floor(math.log10(min(shares))), max(0, math.ceil(math.log10(max(shares)))) + 1)
    x = lambda share: left + (right - left) * (math.log10(share) - decades[0]) / (decades[-1] - decades[0])
    rate, context = demands["tokens_per_second"], demands["context"]
    svg.text(24, 30, f"LLaMA-7B, {number(rate)} tokens/s, context {context:,}: what is needed, as a share of the published answer", size=17, weight="600")
    svg.dot(34, 52, LEAST)
    svg.text(46, 57, "least amount: one step less misses the target or cannot be built", color=SOFT)
    svg.dot(520, 52, PUBLISHED, ring=True)
    svg.text(532, 57, "published", color=SOFT)
    bottom = top + row * len(questions)
    for decade in decades:
        svg.line(x(10**decade), top, x(10**decade), bottom)
        svg.text(x(10**decade), bottom + 20, f"{10**decade:g} x" if decade >= 0 else f"1/{10**-decade}", "middle", SOFT, 12)
    svg.line(x(1), top, x(1), bottom, PUBLISHED, 1.5)
    for i, q in enumerate(questions):
        y = top + row * (i + 0.5)
        share = q["least"]["amount"] / q["published_amount"]
        svg.line(x(share), y, x(1), y, CURVE, 3)
        svg.dot(x(1), y, PUBLISHED, ring=True)
        svg.dot(x(share), y, LEAST)
        svg.text(left - 14, y + 5, q["quantity"], "end")
        svg.text(right + 16, y + 5, f"{amount(q['least']['amount'], q['unit'])}   (published {amount(q['published_amount'], q['unit'])})")
    svg.text((left + right) / 2, bottom + 42, "each quantity by itself, everything else as on aim8", "middle", SOFT, 12)
    svg.write("design_space.svg")


def curves_picture(demands):
    """A small chart for each question: tokens/s over the amount."""
    questions = demands["questions"]
    columns, width, height = 3, 410, 250
    rows = math.ceil(len(questions) / columns)
    svg = Svg(columns * width + 10, rows * height + 40, "Tokens per second over each quantity")
    for i, q in enumerate(questions):
        x0, y0 = (i % columns) * width + 60, (i // columns) * height + 60
        w, h = width - 85, height - 95
        curve = sorted((p["amount"], p["result"]) for p in q["curve"] if p["result"] is not None)
        target = float(q["target"].split(">=")[1])
        amounts = [p["amount"] for p in q["curve"]] + [q["published_amount"]]
        low, high = min(amounts) / 1.15, max(amounts) * 1.15
        top = 1.08 * max([r for _, r in curve] + [target])
        x = lambda a: x0 + w * math.log(a / low) / math.log(high / low)
        y = lambda r: y0 + h * (1 - r / top)
        svg.text(x0, y0 - 14, q["quantity"], weight="600")
        svg.line(x0, y0 + h, x0 + w, y0 + h, SOFT)
        svg.line(x0, y0, x0, y0 + h, SOFT)
        for share in (0.5, 1):
            svg.line(x0, y(top / 1.08 * share), x0 + w, y(top / 1.08 * share))
            svg.text(x0 - 6, y(top / 1.08 * share) + 4, number(top / 1.08 * share), "end", SOFT, 11)
        for decade in range(math.ceil(math.log10(low)), math.floor(math.log10(high)) + 1):
            svg.line(x(10**decade), y0 + h, x(10**decade), y0 + h + 4, SOFT)
            svg.text(x(10**decade), y0 + h + 17, f"{10**decade:g}", "middle", SOFT, 11)
        svg.text(x0 + w, y0 + h + 32, q["unit"], "end", SOFT, 11)
        svg.line(x0, y(target), x0 + w, y(target), SOFT, 1, "5 4")
        svg.text(x0 + 4, y(target) - 4, f"target {number(target)}", "start", SOFT, 11)
        svg.path([(x(a), y(r)) for a, r in curve], CURVE)
        for a, r in curve:
            svg.dot(x(a), y(r), CURVE, 2.5)
        svg.line(x(q["published_amount"]), y0, x(q["published_amount"]), y0 + h, PUBLISHED, 1.5, "2 3")
        svg.dot(x(q["least"]["amount"]), y(q["least"]["result"]), LEAST)
    y = rows * height + 24
    svg.text(20, y, "tokens/s over each quantity.  Orange: the least amount that is enough.  Dotted: the published amount.", color=SOFT)
    svg.write("design_space_curves.svg")


def mapping_picture(points):
    """tokens/s over the context for each number of banks of a head."""
    svg = Svg(900, 400, "Decode rate over the context for several mappings")
    x0, y0, w, h = 70, 50, 690, 290
    rates = {b: [] for b in HEADS}
    for p in points:
        if p["status"] == "ok":
            rates[int(p["mapping.banks_per_head"])].append((int(p["decode"]), float(p["decode.tokens_per_second"])))
    top = 1.05 * max(r for curve in rates.values() for _, r in curve)
    x = lambda n: x0 + w * math.log(n / LENGTHS[0]) / math.log(LENGTHS[-1] / LENGTHS[0])
    y = lambda r: y0 + h * (1 - r / top)
    svg.text(20, 26, "LLaMA-7B on aim8: a decode step over its context, by banks that share an attention head", size=15, weight="600")
    for r in range(0, int(top), 100):
        svg.line(x0, y(r), x0 + w, y(r))
        svg.text(x0 - 8, y(r) + 4, str(r), "end", SOFT, 12)
    for n in LENGTHS:
        svg.text(x(n), y0 + h + 20, f"{n:,}", "middle", SOFT, 12)
    svg.text(x0 + w / 2, y0 + h + 42, "tokens that the step attends to", "middle", SOFT, 12)
    colors = ["#1f5fbf", "#1a7f5a", "#c65d00", "#b0336b", "#5a6675"]
    labels = []
    for color, (banks, curve) in zip(colors, rates.items()):
        svg.path([(x(n), y(r)) for n, r in curve], color)
        labels.append([y(curve[-1][1]), color, f"{banks} bank{'s' if banks > 1 else ''}: {number(curve[-1][1])}"])
    labels.sort()
    for i in range(1, len(labels)):
        labels[i][0] = max(labels[i][0], labels[i - 1][0] + 16)
    for at, color, text in labels:
        svg.text(x0 + w + 8, at + 4, text, color=color, size=12)
    svg.write("design_space_mapping.svg")
    return rates


def table(head, rows):
    return "\n".join(["| " + " | ".join(head) + " |", "|" + "---|" * len(head), *("| " + " | ".join(row) + " |" for row in rows)])


def answers_table(demands):
    rows = []
    for q in demands["questions"]:
        below = q["below"]
        less = "none can be built" if below is None else f"{amount(below['amount'], q['unit'])}: " + (
            "does not fit" if below["result"] is None else f"{below['result']:.1f}")
        published = q["at_published"]
        rows.append([q["quantity"], amount(q["least"]["amount"], q["unit"]), f"{q['least']['result']:.1f}", less,
                     "–" if q["recommended"] is None else amount(q["recommended"]["amount"], q["unit"]), q["bound_by"].replace("_", " "), q["published"],
                     "–" if published is None or published["result"] is None else f"{published['result']:.0f}"])
    return table(["quantity", "least", "tokens/s there", "one step less", "with a quarter more", "bound by", "published", "tokens/s with that"], rows)


def reasons(demands):
    return "\n".join(f"* **{q['quantity']}**: {amount(q['least']['amount'], q['unit'])}; published: {q['published']}. {q['why']}." for q in demands["questions"])


def contexts_table(by_context):
    first = by_context[CONTEXTS[0]]["questions"]
    rows = [["KV code (widest that fits)", *(f"{by_context[c]['kv_bits']} bits" for c in CONTEXTS)]]
    for i, q in enumerate(first):
        rows.append([q["quantity"], *(amount(by_context[c]["questions"][i]["least"]["amount"], q["unit"]) for c in CONTEXTS)])
    return table(["least amount at a context of", *(f"{c:,}" for c in CONTEXTS)], rows)


def joint_text(solved):
    s, area = solved["solve"], solved["solve"]["result"]
    rows = [[f"`{key}`", value] for key, value in {**s["design"], **s["mapping"]}.items()]
    target = s["targets"][0]
    return (f"{table(['key', 'value'], rows)}\n\nThis chip decodes {target['value']:.1f} tokens/s; its logic and SRAM take {number(s['cost'])} mm² "
            f"({number(area['area.total_mm2.low'])} to {number(area['area.total_mm2.high'])}). "
            f"{s['points']} of {s['grid']:,} points were simulated. One step less of anything:\n\n"
            + "\n".join(f"* `{e['key']}={e['design'][e['key']]}`: {e['reason']}" for e in s["evidence"]))


def answer_text(demands):
    by = {q["id"]: q for q in demands["questions"]}
    least = lambda name: amount(by[name]["least"]["amount"], by[name]["unit"])
    return (f"For {number(demands['tokens_per_second'])} tokens/s at a context of {demands['context']:,} LLaMA-7B needs **{least('bank_bandwidth')}** from all banks together "
            f"(published: 512), **{least('mac_decode')}** of 4-bit arithmetic to decode (1 Top/s), {least('mac_prefill')} to read a prompt as fast and "
            f"{least('mac_fast_prefill')} to read it 16 times as fast (16 Top/s), a link of **{least('link')}** to each die (4 to 32), "
            f"**{least('controller_bandwidth')}** at the Controller's memory (16) and an ALU of {least('alu')} (32). A memory that computes needs little SRAM: "
            f"**{least('bram')}** of BRAM in a bank (16 to 64), {least('cmem')} of CMEM (256) and {least('cram')} of CRAM (256), because weights and KV cache never leave the banks. "
            f"Each figure is the smallest that suffices while everything else is as on aim8; [design_space.md](docs/design_space.md) explains the differences and gives the cheapest whole chip.")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pimtlm", default=ROOT / "build" / "pimtlm")
    parser.add_argument("--keep", type=Path, help="folder for the runs")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = (arguments.keep or Path(temporary)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        runs = Runs(arguments.pimtlm, folder)
        job = ["--model", "llama-7b", "--tokens-per-second", "50"]
        by_context = {c: runs.json(f"demands-{c}", ["demands", *job, "--context", str(c)])["demands"] for c in CONTEXTS}
        demands = by_context[CONTEXTS[-1]]
        together = {q["key"]: q["least"]["value"] for q in demands["questions"] if "decode" in q["job"]}
        words = ["run", "--model", "llama-7b", "--context", str(CONTEXTS[-1] - 2), "--prompt", "1", "--generate", "2", "--set", f"kv.bits={demands['kv_bits']}",
                 "--set", "mapping=auto", "--no-advice", *(word for key, value in together.items() for word in ("--set", f"{key}={value}"))]
        refusal = runs.refusal(words)
        if refusal is None:
            decode = runs.json("together", words)["decode"]
            all_least = f"All of them at once decode {decode['tokens_per_second']:.1f} tokens/s, bound by {decode['bound_by'].replace('_', ' ')}."
        else:
            all_least = f"All of them at once cannot run, with any mapping; for the last one that was tried: {refusal}."
        solved = runs.json("solve", ["solve", "--model", "llama-7b", "--decode", str(CONTEXTS[-1]), "--set", f"kv.bits={demands['kv_bits']}",
                                     "--target", "decode.tokens_per_second>=50", *(word for key in FREE for word in ("--free", key))])
        points = runs.points("mapping", ["sweep", "--model", "llama-7b", "--vary", "decode=" + ",".join(map(str, LENGTHS)),
                                         "--vary", "mapping.banks_per_head=" + ",".join(map(str, HEADS))])
        machines = ["sweep", "--model", "llama-7b", "--vary"]
        said = (runs.sentences("machines-context", [*machines, "preset=aim8,flightllm-u280,phone-8gen2", "--vary", "decode=64,256,1024,1500"])
                + runs.sentences("machines-bandwidth", [*machines, "preset=aim8,flightllm-u280", "--vary", "decode=512", "--vary", "dram.t_ccd_ns=1..32:log11"])
                + runs.sentences("machines-density", [*machines, "preset=flightllm-u280,phone-8gen2", "--vary", "decode=512", "--vary", "fpga.density=0.1..1:log10"]))
    PICTURES.mkdir(exist_ok=True)
    answer_picture(demands)
    curves_picture(demands)
    mapping_picture(points)
    answer = answer_text(demands)
    page_blocks.write(README, {"answer": answer})
    page_blocks.write(PAGE, {"answer": answer.replace("[design_space.md](docs/design_space.md) explains the differences and gives", "the sections below explain the differences and give"),
                             "answers": answers_table(demands), "reasons": reasons(demands), "contexts": contexts_table(by_context), "joint": joint_text(solved),
                             "together": all_least, "machines": "\n".join(f"* {sentence}" for sentence in said)})
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

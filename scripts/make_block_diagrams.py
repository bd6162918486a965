#!/usr/bin/env python3
"""Draws the block diagrams of docs/blocks: one SVG for each docs/blocks/*.json.

    scripts/make_block_diagrams.py            writes them
    scripts/make_block_diagrams.py --check    exit status 1 where a file is not what would be written

A description has a title, `boxes` on a grid ([column, row, columns, rows], a name, lines of text below it; `kind` chooses the
colour) and `arrows` between boxes ("both": true for two heads) with a text.
"""
import html
import json
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "blocks"
CELL_WIDTH, CELL_HEIGHT, GAP, MARGIN, TITLE = 160, 58, 40, 16, 34
FILLS = {"unit": "#dbe9f6", "memory": "#e3f1e0", "outside": "#f3f3f3", "frame": "none"}


class Box:
    def __init__(self, data):
        column, row, columns, rows = data["at"]
        self.name, self.lines, self.kind = data["name"], data.get("text", []), data.get("kind", "unit")
        inset = data.get("inset", 0)
        self.x = MARGIN + column * (CELL_WIDTH + GAP) - inset
        self.y = TITLE + MARGIN + row * (CELL_HEIGHT + GAP) - inset
        self.width = columns * (CELL_WIDTH + GAP) - GAP + 2 * inset
        self.height = rows * (CELL_HEIGHT + GAP) - GAP + 2 * inset

    def svg(self):
        frame = self.kind == "frame"
        dash = ' stroke-dasharray="5 4"' if frame else ""
        yield (f'<rect x="{self.x}" y="{self.y}" width="{self.width}" height="{self.height}" rx="5" '
               f'fill="{FILLS[self.kind]}" stroke="#446"{dash}/>')
        middle = self.x + self.width / 2
        first = self.y + 14 if frame else self.y + self.height / 2 - 7 * len(self.lines) + 5
        x, anchor = (self.x + 8, "start") if frame else (middle, "middle")
        yield f'<text x="{x:g}" y="{first:g}" text-anchor="{anchor}" font-weight="bold">{html.escape(self.name)}</text>'
        for number, line in enumerate(self.lines, 1):
            yield (f'<text x="{x:g}" y="{first + 15 * number:g}" text-anchor="{anchor}" font-size="11">'
                   f"{html.escape(line)}</text>")


def ends(a, b):
    """Where a straight arrow leaves box a and meets box b: in the middle of the overlap, or of the sides."""
    left, right = max(a.x, b.x), min(a.x + a.width, b.x + b.width)
    if left < right:
        x = (left + right) / 2
        return (x, a.y + a.height, x, b.y) if a.y < b.y else (x, a.y, x, b.y + b.height)
    top, bottom = max(a.y, b.y), min(a.y + a.height, b.y + b.height)
    y = (top + bottom) / 2
    return (a.x + a.width, y, b.x, y) if a.x < b.x else (a.x, y, b.x + b.width, y)


def arrow(data, boxes):
    x1, y1, x2, y2 = ends(boxes[data["from"]], boxes[data["to"]])
    start = ' marker-start="url(#head)"' if data.get("both") else ""
    yield f'<path d="M{x1:g} {y1:g}L{x2:g} {y2:g}" stroke="#446" fill="none" marker-end="url(#head)"{start}/>'
    if data.get("text"):
        x, y = (x1 + x2) / 2, (y1 + y2) / 2
        at = f'x="{x + 5:g}" y="{y + 4:g}"' if x1 == x2 else f'x="{x:g}" y="{y - 5:g}" text-anchor="middle"'
        yield f'<text {at} font-size="10">{html.escape(data["text"])}</text>'


def draw(description):
    boxes = {data["name"]: Box(data) for data in description["boxes"]}
    width = max(box.x + box.width for box in boxes.values()) + MARGIN
    height = max(box.y + box.height for box in boxes.values()) + MARGIN
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" '
             'font-family="sans-serif" font-size="13" fill="#112">',
             '<defs><marker id="head" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" '
             'orient="auto-start-reverse"><path d="M0 0L8 4L0 8z" fill="#446"/></marker></defs>',
             f'<rect width="{width:g}" height="{height:g}" fill="white"/>',
             f'<text x="{MARGIN}" y="24" font-size="16" font-weight="bold">{html.escape(description["title"])}</text>']
    for box in boxes.values():
        parts += box.svg()
    for data in description.get("arrows", []):
        parts += arrow(data, boxes)
    return "\n".join([*parts, "</svg>"]) + "\n"


def main():
    stale = []
    for source in sorted(FOLDER.glob("*.json")):
        picture = source.with_suffix(".svg")
        text = draw(json.loads(source.read_text()))
        if "--check" not in sys.argv[1:]:
            picture.write_text(text)
        elif not picture.exists() or picture.read_text() != text:
            stale.append(picture.name)
    for name in stale:
        print(f"docs/blocks/{name}: not what its description says; run scripts/make_block_diagrams.py")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())

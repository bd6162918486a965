"""Blocks of a page that scripts write, between <!-- NAME --> and <!-- /NAME -->."""
import re
import sys


def table(header, rows):
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def write(page, blocks, check, script):
    """Puts the contents of {name: content} into the page; with `check`, ends with status 1 where it differs."""
    before = text = page.read_text(encoding="utf-8")
    for name, content in blocks.items():
        block = re.compile(f"(<!-- {name} -->\n).*(<!-- /{name} -->)", re.DOTALL)
        if not block.search(text):
            sys.exit(f"{script}: {page} has no block {name}")
        text = block.sub(lambda match, content=content: f"{match[1]}{content}\n{match[2]}", text)
    if check:
        sys.exit(0 if text == before else f"{script}: {page} is not what scripts/{script}.py writes")
    page.write_text(text, encoding="utf-8")

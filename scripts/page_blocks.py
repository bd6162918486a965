"""What scripts share that write parts of a page of docs/: results of pimtlm, tables, and blocks of the page between <!-- NAME -->
and <!-- /NAME -->."""
import json
import re
import subprocess
import sys


def result(pimtlm, words):
    """The JSON of a run."""
    command = [pimtlm, *words, "--json", "-", "--quiet"]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def table(header, rows):
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def fill(text, name, content):
    """The page's text with another content of the block."""
    block = re.compile(f"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
    if not block.search(text):
        sys.exit(f"{sys.argv[0]}: no place <!-- {name} --> in the page")
    return block.sub(lambda match: f"{match[1]}{content}\n{match[2]}", text)


def write(page, blocks, check=False):
    """Puts the contents of {name: content} into the page; with `check`, ends with status 1 where it differs."""
    before = text = page.read_text(encoding="utf-8")
    for name, content in blocks.items():
        text = fill(text, name, content)
    if check:
        sys.exit(0 if text == before else f"{sys.argv[0]}: {page} is not what it writes")
    page.write_text(text, encoding="utf-8")

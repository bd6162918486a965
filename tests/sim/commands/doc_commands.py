#!/usr/bin/env python3
"""Runs what a page of docs/ tells its reader to type: each line of its ```sh blocks that begins with build/pimtlm or sort.

    doc_commands.py PAGE BUILD     BUILD stands for build/; files are written to a folder of their own
"""
import pathlib
import re
import subprocess
import sys
import tempfile


def main():
    page, build = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]).resolve()
    blocks = re.findall(r"```sh\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    lines = [line.strip() for block in blocks for line in block.replace("\\\n", " ").splitlines()]
    commands = [line for line in lines if line.startswith(("build/pimtlm", "sort"))]
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / "build").symlink_to(build)
        for command in commands:
            done = subprocess.run(["bash", "-c", command], cwd=folder, capture_output=True, text=True)
            if done.returncode != 0:
                failed += 1
                print(f"{page}: {command}\n  status {done.returncode}: {done.stderr.strip()}")
    print(f"doc_commands: {len(commands)} commands, {failed} failed")
    return 1 if failed or not commands else 0


if __name__ == "__main__":
    sys.exit(main())

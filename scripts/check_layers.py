#!/usr/bin/env python3
"""Checks that imports point down: every #include and every link of a CMake target against scripts/layers.json.

    scripts/check_layers.py            exit status 1 and a line for each import that the table does not allow
    scripts/check_layers.py --table    prints the table as README.md shows it (the check compares the two)

A room may include its own files and those of the rooms it knows; a name like "core" stands for all rooms below it.
"""
import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROOMS = json.loads((ROOT / "scripts" / "layers.json").read_text())
NAMES = sorted((room["room"] for room in ROOMS), key=len, reverse=True)
KNOWS = {room["room"]: room["knows"] for room in ROOMS}
TABLE = re.compile(r"<!-- layers -->\n(.*?)<!-- /layers -->", re.DOTALL)


def room_of(path):
    return next((name for name in NAMES if path.startswith(name + "/")), None)


def below(room, name):
    return room == name or room.startswith(name + "/")


def allowed(user, used):
    return user == used or any(below(used, name) for name in KNOWS[user])


def sources():
    for name in sorted({name.split("/")[0] for name in NAMES}):
        for file in sorted((ROOT / name).rglob("*")):
            if file.suffix in {".h", ".c", ".cpp", ".inc"} or file.name == "CMakeLists.txt":
                yield file


def include_complaints(file):
    path = str(file.relative_to(ROOT))
    user = room_of(path)
    if user is None:
        yield f"{path}: lies in no room of scripts/layers.json"
        return
    for number, line in enumerate(file.read_text().splitlines(), 1):
        match = re.match(r'\s*#\s*include "([^"]+)"', line)
        used = room_of(match.group(1)) if match else None
        if used and not allowed(user, used):
            yield f"{path}:{number}: {user} may not know {used} ({match.group(1)})"


def cmake_calls(text, command):
    for match in re.finditer(command + r"\(([^)]*)\)", re.sub(r"#.*", "", text)):
        yield match.group(1).split()


def target_homes(cmake_files):
    """Alias or name of each target of ours: folder of the CMakeLists.txt that makes it."""
    homes = {}
    for file in cmake_files:
        for command in ("add_library", "add_executable", "pim_verilated_library"):
            for words in cmake_calls(file.read_text(), command):
                homes[words[0]] = str(file.parent.relative_to(ROOT))
    return homes


def link_complaints(file, homes):
    folder = str(file.parent.relative_to(ROOT))
    tops = [name for name in NAMES if below(name, folder) or below(folder, name)]
    for words in cmake_calls(file.read_text(), "target_link_libraries"):
        for target in words[1:]:
            home = homes.get(target)
            if home is None or home in ("cmake", "."):
                continue
            used = [name for name in NAMES if below(name, home) or below(home, name)]
            if used and not any(user.split("/")[0] == other.split("/")[0] or allowed(user, other)
                                for user in tops for other in used):
                yield f"{folder}/CMakeLists.txt: {words[0]} may not link {target} of {home}"


def table():
    rows = ["| Folder | Holds | Knows |", "|---|---|---|"]
    for room in ROOMS:
        knows = ", ".join(f"`{name}`" for name in room["knows"]) or "nothing"
        rows.append(f"| `{room['room']}/` | {room['holds']} | {knows} |")
    return "\n".join(rows) + "\n"


def complaints():
    files = list(sources())
    cmake_files = [file for file in files if file.name == "CMakeLists.txt"]
    homes = target_homes(cmake_files)
    for file in files:
        if file in cmake_files:
            yield from link_complaints(file, homes)
        else:
            yield from include_complaints(file)
    shown = TABLE.search((ROOT / "README.md").read_text())
    if shown is None or shown.group(1).strip() != table().strip():
        yield "README.md: its table of rooms is not what scripts/check_layers.py --table prints"


def main():
    if "--table" in sys.argv[1:]:
        print(table(), end="")
        return 0
    failures = list(complaints())
    for failure in failures:
        print(failure)
    print("layers: " + (f"{len(failures)} imports against the table" if failures else "imports point down"))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())

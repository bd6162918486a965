"""One process of the executable: its arguments, its result, its errors."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional, Sequence, TypedDict, Union

Result = Dict[str, Any]
"""A result as docs/reading_results.md describes it."""

PathLike = Union[str, Path]
Value = Union[bool, int, float, str]
Settings = Mapping[str, Value]
"""Configuration keys (`"link.bandwidth_gb_per_s"`) and their values; True and False stand for on and off."""

Option = Union[None, Value, Path, Sequence[str]]
"""Value of an option: None leaves it out, True gives it without a value, a sequence gives it once for each member."""


class Chip(TypedDict, total=False):
    """What every function takes beside its own arguments."""

    preset: str
    """Name of a built-in configuration; not together with `config`. Without either: aim8."""
    config: PathLike
    """A configuration file."""
    settings: Settings
    """Changes to single keys."""
    options: Sequence[str]
    """Further options of the command, word by word."""
    executable: PathLike
    """The executable; else the environment variable PIMTLM, else `pimtlm` on the search path."""


class PimtlmError(RuntimeError):
    """The executable refused its input or failed. `status` is its exit status, the text its own line."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class Interrupted(PimtlmError):
    """A signal ended the executable."""


def find_executable(executable: Optional[PathLike] = None) -> str:
    """Path of the executable. Raises FileNotFoundError where there is none."""
    wanted = executable or os.environ.get("PIMTLM") or "pimtlm"
    found = shutil.which(str(wanted))
    if found is None:
        raise FileNotFoundError(f"{wanted}: not found; name it by `executable=` or the environment variable PIMTLM")
    return found


def spelled(value: Value) -> str:
    """A value as --set and --vary take it."""
    if isinstance(value, bool):
        return "on" if value else "off"
    return str(value)


def words(name: str, value: Option) -> List[str]:
    """An option as it stands on the command line: `tokens_per_second`, 50 → `--tokens-per-second 50`."""
    option = "--" + name.replace("_", "-")
    if value is None or value is False:
        return []
    if value is True:
        return [option]
    if isinstance(value, (str, int, float, Path)):
        return [option, str(value)]
    return [word for member in value for word in (option, str(member))]


def chip_words(command: str, chip: Chip) -> List[str]:
    """The options that choose a configuration, and those that are given word by word."""
    unknown = sorted(set(chip) - set(Chip.__annotations__))
    if unknown:
        raise TypeError(f"{command}() got an unexpected argument: {', '.join(unknown)}")
    if "preset" in chip and "config" in chip:
        raise ValueError("expected a preset or a configuration file, not both")
    settings = [f"{key}={spelled(value)}" for key, value in chip.get("settings", {}).items()]
    return [*words("preset", chip.get("preset")), *words("config", chip.get("config")), *words("set", settings),
            *chip.get("options", ())]


def call(command: str, chip: Chip, *arguments: PathLike, **options: Option) -> Result:
    """Runs `pimtlm COMMAND ARGUMENTS OPTIONS --quiet --json FILE` and returns what it wrote."""
    chosen = [word for name, value in options.items() for word in words(name, value)]
    with tempfile.TemporaryDirectory(prefix="pimtlm-") as folder:
        result = Path(folder) / "result.json"
        line = [find_executable(chip.get("executable")), command, *map(str, arguments), *chosen, *chip_words(command, chip),
                "--quiet", "--json", str(result)]
        process = subprocess.run(line, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        if process.returncode != 0:
            lines = process.stderr.strip().splitlines()
            message = lines[-1] if lines else f"{' '.join(line)}: exit status {process.returncode}"
            interrupted = process.returncode < 0 or process.returncode in (130, 143)
            raise (Interrupted if interrupted else PimtlmError)(message, process.returncode)
        loaded: Result = json.loads(result.read_text(encoding="utf-8"))
        return loaded

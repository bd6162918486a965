"""One process of the executable: its arguments, its result, its errors."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional, Sequence, Union

Result = Dict[str, Any]
"""A result as docs/reading_results.md describes it."""

Value = Union[bool, int, float, str]
Settings = Mapping[str, Value]
"""Configuration keys (`"link.bandwidth_gb_per_s"`) and their values; True and False stand for on and off."""


class PimtlmError(RuntimeError):
    """The executable refused its input or failed. `status` is its exit status, the text its own line."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class Interrupted(PimtlmError):
    """A signal ended the executable."""


def find_executable(executable: Optional[Union[str, Path]] = None) -> str:
    """Path of the executable. Raises FileNotFoundError where there is none."""
    wanted = executable or os.environ.get("PIMTLM") or "pimtlm"
    found = shutil.which(str(wanted))
    if found is None:
        raise FileNotFoundError(f"{wanted}: not found; name it by `executable=` or the environment variable PIMTLM")
    return found


def setting(key: str, value: Value) -> str:
    """`key=value` as --set takes it."""
    if isinstance(value, bool):
        return f"{key}={'on' if value else 'off'}"
    return f"{key}={value}"


def configuration(preset: Optional[str], config: Optional[Union[str, Path]], settings: Optional[Settings]) -> List[str]:
    """Options that choose a configuration."""
    if preset is not None and config is not None:
        raise ValueError("expected a preset or a configuration file, not both")
    options: List[str] = []
    if preset is not None:
        options += ["--preset", preset]
    if config is not None:
        options += ["--config", str(config)]
    for key, value in (settings or {}).items():
        options += ["--set", setting(key, value)]
    return options


def call(arguments: Sequence[str], executable: Optional[Union[str, Path]] = None) -> Result:
    """Runs `pimtlm ARGUMENTS --quiet --json FILE` and returns what it wrote."""
    with tempfile.TemporaryDirectory(prefix="pimtlm-") as folder:
        result = Path(folder) / "result.json"
        command = [find_executable(executable), *arguments, "--quiet", "--json", str(result)]
        process = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        if process.returncode != 0:
            lines = process.stderr.strip().splitlines()
            message = lines[-1] if lines else f"{' '.join(command)}: exit status {process.returncode}"
            interrupted = process.returncode < 0 or process.returncode in (130, 143)
            raise (Interrupted if interrupted else PimtlmError)(message, process.returncode)
        loaded: Result = json.loads(result.read_text(encoding="utf-8"))
        return loaded

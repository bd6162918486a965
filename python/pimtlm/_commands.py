"""The commands of the executable as functions. Options that are left out take the executable's own defaults."""

from __future__ import annotations

import json
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, List, Optional

from pimtlm._process import Chip, PathLike, Result, call, find_executable

if TYPE_CHECKING:
    from typing_extensions import Unpack


def run(*, model: PathLike, prompt: int = 128, generate: int = 128, **chip: Unpack[Chip]) -> Result:
    """Times prefill and decode of a model shape (a built-in name or a .yaml file) on a chip.

    `prompt` and `generate` are numbers of tokens.
    """
    return call("run", chip, model=model, prompt=prompt, generate=generate)


def describe(*, model: Optional[PathLike] = None, **chip: Unpack[Chip]) -> Result:
    """What a configuration means: effective values, DRAM timings, memory map and, with a model, the capacity left."""
    return call("describe", chip, model=model)


def gemv(*, rows: int, cols: int, **chip: Unpack[Chip]) -> Result:
    """Times one matrix of `rows` outputs and `cols` inputs on a chip."""
    return call("gemv", chip, rows=rows, cols=cols)


def analyze(*, model: PathLike, **chip: Unpack[Chip]) -> Result:
    """The closed forms beside the simulation."""
    return call("analyze", chip, model=model)


def generate(*, weights: PathLike, prompt: str, generate: Optional[int] = None, **chip: Unpack[Chip]) -> Result:
    """Generates text with a checkpoint on the simulated chip; its text and token ids are in the result."""
    return call("generate", chip, weights=weights, prompt=prompt, generate=generate)


def compare(*results: Result, executable: Optional[PathLike] = None) -> Result:
    """Two or more results of `run` or `generate`, all others with the first."""
    with tempfile.TemporaryDirectory(prefix="pimtlm-") as folder:
        paths: List[str] = []
        for number, result in enumerate(results):
            path = Path(folder) / f"{number}.json"
            path.write_text(json.dumps(result), encoding="utf-8")
            paths.append(str(path))
        return call("compare", {"executable": executable} if executable else {}, *paths)


def version(*, executable: Optional[PathLike] = None) -> str:
    """What `pimtlm --version` prints."""
    command = [find_executable(executable), "--version"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

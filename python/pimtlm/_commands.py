"""The commands of the executable as functions. Options that are left out take the executable's own defaults."""

from __future__ import annotations

import json
import subprocess
import tempfile
from pathlib import Path
from typing import List, Optional, Sequence, Union

from pimtlm._process import Result, Settings, call, configuration, find_executable

PathLike = Union[str, Path]


def run(
    *,
    model: PathLike,
    preset: Optional[str] = None,
    config: Optional[PathLike] = None,
    settings: Optional[Settings] = None,
    prompt: int = 128,
    generate: int = 128,
    options: Sequence[str] = (),
    executable: Optional[PathLike] = None,
) -> Result:
    """Times prefill and decode of a model shape (a built-in name or a .yaml file) on a chip.

    `prompt` and `generate` are numbers of tokens. `options` are further options of `pimtlm run`, word by word.
    """
    arguments = ["run", "--model", str(model), "--prompt", str(prompt), "--generate", str(generate)]
    return call([*arguments, *configuration(preset, config, settings), *options], executable)


def describe(
    *,
    preset: Optional[str] = None,
    config: Optional[PathLike] = None,
    settings: Optional[Settings] = None,
    model: Optional[PathLike] = None,
    options: Sequence[str] = (),
    executable: Optional[PathLike] = None,
) -> Result:
    """What a configuration means: effective values, DRAM timings, memory map and, with a model, the capacity left."""
    arguments = ["describe"] + (["--model", str(model)] if model is not None else [])
    return call([*arguments, *configuration(preset, config, settings), *options], executable)


def gemv(
    *,
    rows: int,
    cols: int,
    preset: Optional[str] = None,
    config: Optional[PathLike] = None,
    settings: Optional[Settings] = None,
    options: Sequence[str] = (),
    executable: Optional[PathLike] = None,
) -> Result:
    """Times one matrix of `rows` outputs and `cols` inputs on a chip."""
    arguments = ["gemv", "--rows", str(rows), "--cols", str(cols)]
    return call([*arguments, *configuration(preset, config, settings), *options], executable)


def analyze(
    *,
    model: PathLike,
    preset: Optional[str] = None,
    config: Optional[PathLike] = None,
    settings: Optional[Settings] = None,
    options: Sequence[str] = (),
    executable: Optional[PathLike] = None,
) -> Result:
    """The closed forms beside the simulation."""
    arguments = ["analyze", "--model", str(model)]
    return call([*arguments, *configuration(preset, config, settings), *options], executable)


def generate(
    *,
    weights: PathLike,
    prompt: str,
    generate: Optional[int] = None,
    preset: Optional[str] = None,
    config: Optional[PathLike] = None,
    settings: Optional[Settings] = None,
    options: Sequence[str] = (),
    executable: Optional[PathLike] = None,
) -> Result:
    """Generates text with a checkpoint on the simulated chip; its text and token ids are in the result."""
    arguments = ["generate", "--weights", str(weights), "--prompt", prompt]
    if generate is not None:
        arguments += ["--generate", str(generate)]
    return call([*arguments, *configuration(preset, config, settings), *options], executable)


def compare(*results: Result, executable: Optional[PathLike] = None) -> Result:
    """Two or more results of `run` or `generate`, all others with the first."""
    with tempfile.TemporaryDirectory(prefix="pimtlm-") as folder:
        paths: List[str] = []
        for number, result in enumerate(results):
            path = Path(folder) / f"{number}.json"
            path.write_text(json.dumps(result), encoding="utf-8")
            paths.append(str(path))
        return call(["compare", *paths], executable)


def version(*, executable: Optional[PathLike] = None) -> str:
    """What `pimtlm --version` prints."""
    command = [find_executable(executable), "--version"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

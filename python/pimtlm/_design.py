"""Commands that simulate many chips to answer one question: sweep, sensitivity, solve, demands."""

from __future__ import annotations

import csv
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Dict, List, Mapping, NamedTuple, Optional, Sequence, Union

from pimtlm._process import Chip, Option, PathLike, Result, Value, call, spelled

if TYPE_CHECKING:
    from typing_extensions import Unpack

Values = Union[str, Sequence[Value]]
"""Values of a key: a sequence, or a range as the command line takes it: `"1..64:log7"`, `"8..32:lin4"`."""

Point = Dict[str, Union[float, str]]
"""A row of points.csv: each varied key, each result by its path, `status` and `error`. Numbers are floats."""


class Job(Chip, total=False):
    """What is simulated at each point; `prompt` and `generate`, or one of `decode` and `prefill`. Numbers of tokens."""

    model: PathLike
    """Model shape: a built-in name or a .yaml file."""
    decode: int
    """One decode step that attends to so many tokens."""
    prefill: int
    """One prefill of so many tokens."""
    context: int
    """Tokens taken as in the cache before the prompt."""
    prompt: int
    generate: int
    map: str
    """`"given"`: the configuration's mapping; `"best"`: the fastest legal one at each point."""
    jobs: int
    """Simulations at a time; all cores without it."""


class Sweep(NamedTuple):
    """What a sweep found."""

    points: List[Point]
    """In the order of the grid: the last key varies fastest."""
    summary: Result
    """Counts, and the Pareto front of the objectives."""


def axis(key: str, values: Values) -> str:
    """`KEY=VALUES` as --vary and --free take it."""
    return f"{key}=" + (values if isinstance(values, str) else ",".join(map(spelled, values)))


def _call(command: str, job: Job, **options: Option) -> Result:
    """`job` holds the options of the points beside those of a Chip."""
    own = set(Job.__annotations__) - set(Chip.__annotations__)
    points: Dict[str, Option] = {name: value for name, value in job.items() if name in own}  # type: ignore[misc]
    chip: Chip = {name: value for name, value in job.items() if name not in own}  # type: ignore[assignment]
    return call(command, chip, **points, **options)


def _number(text: str) -> Union[float, str]:
    try:
        return float(text)
    except ValueError:
        return text


def sweep(
    *,
    vary: Mapping[str, Values],
    objective: Sequence[str] = (),
    out: Optional[PathLike] = None,
    **job: Unpack[Job],
) -> Sweep:
    """Simulates every combination of the values of the keys in `vary` (`model`, `context`, `decode` … count as keys).

    `objective`: `"decode.tokens_per_second:max"` and the like, for the Pareto front. `out`: a folder for points.csv,
    report.html and sweep.yaml; without it they are dropped. A point that cannot run is a row whose `status` is not
    `ok`; it does not stop the others.
    """
    axes = [axis(key, values) for key, values in vary.items()]
    with tempfile.TemporaryDirectory(prefix="pimtlm-") as scratch:
        folder = Path(out) if out is not None else Path(scratch) / "sweep"
        summary = _call("sweep", job, vary=axes, objective=objective, out=folder)
        with (folder / "points.csv").open(newline="", encoding="utf-8") as table:
            points = [{name: _number(text) for name, text in row.items()} for row in csv.DictReader(table)]
    return Sweep(points, summary)


def sensitivity(*, by: Optional[float] = None, keys: Sequence[str] = (), **job: Unpack[Job]) -> Result:
    """Turns each key that costs something, one at a time, and says what decode, prefill and energy make of it.

    `by`: the share by which numbers change (0.2: up and down by 20 %); without it, twice and half. `keys`: which keys, as
    `"controller.*"`; without it, all.
    """
    return _call("sensitivity", job, by=by, keys=keys)


def solve(*, target: Sequence[str], free: Mapping[str, Values], minimise: str, **job: Unpack[Job]) -> Result:
    """The cheapest chip that meets every target.

    `target`: conditions on results, `"decode.tokens_per_second>=50"`. `free`: keys that may be chosen, each with its range
    (`"16..256"`) or values. `minimise`: the price, a formula over keys: `"bank.bram_kib * chip.dies"`.
    """
    return _call("solve", job, target=target, free=[axis(key, values) for key, values in free.items()], minimise=minimise)


def demands(
    *,
    model: PathLike = "llama-7b",
    context: int = 4096,
    tokens_per_second: float = 50,
    map: str = "best",
    jobs: Optional[int] = None,
    **chip: Unpack[Chip],
) -> Result:
    """How much of each memory, bandwidth and multiplier a chip needs to decode at a rate at a context."""
    return call("demands", chip, model=model, context=context, tokens_per_second=tokens_per_second, map=map, jobs=jobs)

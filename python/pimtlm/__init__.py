"""pimtlm from Python: runs the `pimtlm` executable and returns its JSON result.

    import pimtlm
    result = pimtlm.run(preset="aim8", model="llama-7b", settings={"kv.bits": 8})
    print(result["decode"]["tokens_per_second"])

Every function starts one process of the executable, waits for it and returns the parsed result, as `--json` writes it.
The executable is found in this order: the argument `executable`, the environment variable PIMTLM, the search path.
"""

from pimtlm._commands import analyze, compare, describe, generate, gemv, run, version
from pimtlm._design import Job, Point, Sweep, demands, sensitivity, solve, sweep
from pimtlm._process import Chip, Interrupted, PimtlmError, Result, Settings

__all__ = [
    "Chip",
    "Interrupted",
    "Job",
    "PimtlmError",
    "Point",
    "Result",
    "Settings",
    "Sweep",
    "analyze",
    "compare",
    "demands",
    "describe",
    "gemv",
    "generate",
    "run",
    "sensitivity",
    "solve",
    "sweep",
    "version",
]

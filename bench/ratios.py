#!/usr/bin/python3
"""Measures how fast the simulation is and prints the tables of bench/README.md.

Everything is a ratio of two figures of one run, or of runs made in turn: machines drift. Usage:
    bench/ratios.py [--build build] [--runs 5] [--write]
--write puts the tables into bench/README.md. The kernels need `ninja -C build benchmarks` first.
"""
import argparse
import json
import pathlib
import platform
import statistics
import subprocess

HERE = pathlib.Path(__file__).resolve().parent
BEGIN, END = "<!-- tables: made by ratios.py --write -->", "<!-- end of tables -->"


def run(executable, prompt, generate, *settings):
    """One timing run of llama-7b on aim8; its JSON."""
    words = [executable, "run", "--preset", "aim8", "--model", "llama-7b", "--prompt", str(prompt), "--generate", str(generate)]
    for setting in settings:
        words += ["--set", setting]
    words += ["--json", "-", "--quiet"]
    return json.loads(subprocess.run(words, check=True, capture_output=True, text=True).stdout)


def real_time(executable, runs, prompt, generate, *settings):
    """Median over runs of host time per simulated time: wall and CPU, and peak memory in MB."""
    results = [run(executable, prompt, generate, *settings) for _ in range(runs)]
    median = lambda pick: statistics.median(pick(r) for r in results)
    return (median(lambda r: r["host"]["real_time_factor"]),
            median(lambda r: r["host"]["cpu_seconds"] / r["simulated_seconds"]),
            median(lambda r: r["host"]["peak_rss_bytes"]) / 1e6)


def growth(runs, sizes, run_at):
    """For each size: median CPU seconds, and the median of its ratios to the first size. Sizes take turns, so that a
    ratio is of two runs one after the other."""
    rounds = [[run_at(size)["host"]["cpu_seconds"] for size in sizes] for _ in range(runs)]
    return [(size, statistics.median(r[i] for r in rounds), statistics.median(r[i] / r[0] for r in rounds))
            for i, size in enumerate(sizes)]


def kernels(benchmarks, runs):
    """Median CPU nanoseconds of each case of the Google Benchmark executable."""
    words = [benchmarks, f"--benchmark_repetitions={runs}", "--benchmark_report_aggregates_only=true", "--benchmark_format=json"]
    results = json.loads(subprocess.run(words, check=True, capture_output=True, text=True).stdout)["benchmarks"]
    return {r["run_name"]: r["cpu_time"] for r in results if r["aggregate_name"] == "median"}


def kernel_tables(benchmarks, runs):
    times = kernels(benchmarks, runs)
    lines = ["", "| stream of a bank | command by command | in closed form | ratio |", "|---|---|---|---|"]
    for name, exact in times.items():
        if name.startswith("streamCommandByCommand/"):
            case = name.split("/", 1)[1]
            closed = times[f"streamInClosedForm/{case}"]
            lines.append(f"| {case} | {exact:.0f} ns | {closed:.0f} ns | {exact / closed:.0f} |")
    lines += ["", "| kernel | CPU time |", "|---|---|"]
    lines += [f"| {name} | {time:.0f} ns |" for name, time in times.items() if not name.startswith("stream")]
    return lines


def tables(executable, benchmarks, runs):
    lines = [f"{platform.processor() or platform.machine()}, medians of {runs} runs.", "",
             "| llama-7b on aim8, prompt 128 | host / simulated time | CPU / simulated time | memory |", "|---|---|---|---|"]
    for what, generate, settings in (("generate 256", 256, ()), ("generate 256, exact_banks", 256, ("simulation.exact_banks=on",))):
        wall, cpu, memory = real_time(executable, runs, 128, generate, *settings)
        lines.append(f"| {what} | {wall:.2f} | {cpu:.2f} | {memory:.0f} MB |")

    lines += ["", "| tokens generated | CPU seconds | per token |", "|---|---|---|"]
    tokens = (64, 128, 256, 512)
    for generate, cpu, _ in growth(runs, tokens, lambda generate: run(executable, 128, generate)):
        lines.append(f"| {generate} | {cpu:.2f} | {cpu / generate * 1e3:.2f} ms |")

    lines += ["", "| dies | banks | CPU seconds | against 8 dies |", "|---|---|---|---|"]
    for dies, cpu, ratio in growth(runs, (8, 16, 32, 64), lambda dies: run(executable, 128, 256, f"chip.dies={dies}")):
        lines.append(f"| {dies} | {16 * dies} | {cpu:.2f} | {ratio:.2f} |")
    if benchmarks.exists():
        lines += kernel_tables(str(benchmarks), runs)
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=pathlib.Path, default=HERE.parent / "build", help="folder of a release build")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--write", action="store_true", help="put the tables into bench/README.md")
    options = parser.parse_args()
    text = tables(str(options.build / "pimtlm"), options.build / "bench" / "benchmarks", options.runs)
    print(text)
    if options.write:
        readme = HERE / "README.md"
        head, rest = readme.read_text().split(BEGIN)
        tail = rest.split(END)[1]
        readme.write_text(f"{head}{BEGIN}\n\n{text}\n\n{END}{tail}")


if __name__ == "__main__":
    main()

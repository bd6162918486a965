#!/usr/bin/env python3
"""What an installed copy of pimtlm is worth to others: package_test.py CASE PREFIX FOLDER

Builds a project outside the tree against the copy at PREFIX, in FOLDER, and runs what came of it.
"""
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
ADDER = ROOT / "sw" / "models" / "adder-q4_0.gguf"

# A source that the project's own warnings would refuse: an unused variable, a lossy conversion, a shadowed name.
CARELESS = """
#include <exception>
#include <systemc>
#include "{header}"
int sc_main(int argc, char*[]) {{
  int unused = 0;
  {{ char argc = 300.5; (void)argc; }}
  {statement}
}}
"""


def run(command, status=0, **options):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False, **options)
    if done.returncode != status:
        sys.exit(f"{' '.join(map(str, command))}: expected status {status}, got {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout + done.stderr


def build(source, prefix, folder, *options):
    """Configures and builds a project; its folder."""
    run(["cmake", "-G", "Ninja", "-S", source, "-B", folder, f"-DCMAKE_PREFIX_PATH={prefix}", *options])
    run(["cmake", "--build", folder])
    return folder


def project(folder, cmake, **sources):
    """A project of a few lines, anew."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    head = "cmake_minimum_required(VERSION 3.20)\nproject(user LANGUAGES C CXX)\nset(CMAKE_CXX_STANDARD 17)\n"
    (folder / "CMakeLists.txt").write_text(head + cmake)
    for name, text in sources.items():
        (folder / f"{name}.cpp").write_text(text)
    return folder


def require(condition, message):
    if not condition:
        sys.exit(message)


def contents(prefix, _):
    """Man page, completions, licence, Python package, RTL; no -Werror for others."""
    for name in ["bin/pimtlm", "share/man/man1/pimtlm.1", "share/bash-completion/completions/pimtlm",
                 "share/zsh/site-functions/_pimtlm", "share/fish/vendor_completions.d/pimtlm.fish", "share/doc/pimtlm/LICENSE",
                 "lib/python3/dist-packages/pimtlm/__init__.py", "lib/python3/dist-packages/pimtlm/py.typed",
                 "share/pimtlm/rtl_ref/bank/pim_bank.sv"]:
        require((prefix / name).is_file(), f"{prefix / name}: expected in an installed copy")
    targets = list(prefix.glob("lib/**/pimtlmTargets*.cmake"))
    require(targets, "expected pimtlmTargets.cmake")
    for file in targets:
        require("-Werror" not in file.read_text(), f"{file}: expected no -Werror for others")
        require(str(ROOT) not in file.read_text(), f"{file}: expected no path of the source tree")
    require(".SS sweep" in (prefix / "share/man/man1/pimtlm.1").read_text(), "pimtlm.1: expected a section per command")
    text = run([prefix / "bin/pimtlm", "run", "--model", "tiny", "--preset", "small", "--set", "weights.group=32", "--prompt", "2", "--generate", "2"])
    require("tokens/s" in text, "the installed pimtlm does not run a model")


def careless(prefix, folder, components, statements):
    """An executable per component, of a careless source that links it."""
    cmake = f"find_package(pimtlm REQUIRED COMPONENTS {' '.join(components)})\n"
    sources = {}
    for component, (header, statement) in zip(components, statements):
        cmake += (f"add_executable(use_{component} use_{component}.cpp)\ntarget_compile_options(use_{component} PRIVATE -Wall -Wextra)\n"
                  f"target_link_libraries(use_{component} PRIVATE pimtlm::{component} SystemC::systemc)\n")
        sources[f"use_{component}"] = CARELESS.format(header=header, statement=statement)
    built = build(project(folder / "source", cmake, **sources), prefix, folder / "build")
    for component in components:
        run([built / f"use_{component}"])


def components(prefix, folder):
    careless(prefix, folder, ["core", "host", "tlm", "platform"], [
        ("core/base/program.h", 'pim::startProgram("user"); return 0;'),
        ("sw/host/checkpoint/mapped_file.h", 'try { pim::host::MappedFile file("none"); } catch (const std::exception&) { return 0; } return 1;'),
        ("tlm/kit/storage.h", "return pim::Storage(64).data()[63];"),
        ("platform/config/loader.h", 'return pim::platform::loadPreset("aim8").chip.dies == 8 ? 0 : 1;'),
    ])


def rtl_component(prefix, folder):
    careless(prefix, folder, ["rtl"], [("tlm/rtl/rtl_factories.h", "return pim::linkedRtl().bank != nullptr ? 0 : 1;")])


def pkg_config(prefix, folder):
    """A ten-line program, compiled with what pkg-config says."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    source = folder / "ten_lines.cpp"
    source.write_text("""#include <cstdio>

#include "tlm/kit/storage.h"
#include "tlm/kit/transaction.h"

int sc_main(int, char*[]) {
  const pim::Storage memory(64);
  const sc_core::sc_time time(static_cast<double>(memory.size()), sc_core::SC_NS);
  std::printf("%lld ps\\n", static_cast<long long>(pim::toPicoseconds(time)));
  return 0;
}
""")
    path = next(prefix.glob("lib/**/pkgconfig"))
    environment = {**os.environ, "PKG_CONFIG_PATH": str(path)}
    flags = run(["pkg-config", "--cflags", "--libs", "--static", "pimtlm"], env=environment).split()
    run([os.environ.get("CXX", "c++"), "-std=c++17", source, "-o", folder / "ten_lines", *flags])
    require("64000 ps" in run([folder / "ten_lines"]), "expected 64 ns as 64000 ps")


def speeds(text):
    """[(name, prefill, decode)] of an example's lines."""
    found = re.findall(r"^(.+?) +prefill +([\d.]+) tokens/s, decode +([\d.]+) tokens/s$", text, re.M)
    return [(name, float(prefill), float(decode)) for name, prefill, decode in found]


def own_die(prefix, folder):
    program = build(EXAMPLES / "own_die", prefix, folder) / "own_die"
    (_, *shipped), (_, *own) = speeds(run([program, "0"]))
    require(shipped == own, f"a code of 0 ns: expected {shipped}, got {own}")
    (_, *shipped), (_, *own) = speeds(run([program, "25"]))
    require(own[0] < shipped[0] and own[1] < shipped[1], f"a code of 25 ns: expected less than {shipped}, got {own}")


def own_firmware(prefix, folder):
    program = build(EXAMPLES / "own_firmware", prefix, folder) / "own_firmware"
    (_, *shipped), (_, *own) = speeds(run([program]))
    require(own[0] < shipped[0] and own[1] <= shipped[1], f"expected a slower prefill than {shipped}, and no faster decode, got {own}")


def own_rtl(prefix, folder):
    """Both variants: one stage too many is found with the cycle and a waveform, and nothing once that is mended."""
    folder.mkdir(parents=True, exist_ok=True)
    for late in ("ON", "OFF"):
        built = build(EXAMPLES / "own_rtl", prefix, folder / "build", f"-DOWN_LATE={late}")
        for name in ("own_rtl", "own_rtl_axi"):
            bench = [built / name, "bank", "--commands", "120", "--wave", folder / f"{name}.vcd"]
            if late == "ON":
                text = run(bench, status=1, cwd=folder)
                found = re.search(r"^" + name + r": bank \d+: command \d+ of seed 1, .*: completion: expected cycle (\d+), got cycle (\d+)",
                                  text, re.M)
                require(found and int(found[2]) == int(found[1]) + 1, f"expected a completion one cycle late, got\n{text}")
                require((folder / f"{name}.vcd").stat().st_size > 1000, "expected a waveform")
            else:
                require("120 commands" in (text := run(bench)) and ": 0 mismatches" in text, f"expected 0 mismatches, got\n{text}")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    case = {f.__name__: f for f in (contents, components, rtl_component, pkg_config, own_die, own_firmware, own_rtl)}[sys.argv[1]]
    case(Path(sys.argv[2]).resolve(), Path(sys.argv[3]).resolve())

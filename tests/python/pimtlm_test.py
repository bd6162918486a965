#!/usr/bin/env python3
"""The Python package against the executable that PIMTLM names: pimtlm_test.py ADDER.gguf"""

import pathlib
import sys
import tempfile
import unittest

import pimtlm

ADDER = sys.argv.pop() if len(sys.argv) > 1 else "sw/models/adder-q4_0.gguf"
SMALL = {"model": "tinyllama-1.1b", "preset": "aim8", "prompt": 4, "generate": 3}


class Run(unittest.TestCase):
    def test_returns_the_result_of_the_executable(self):
        result = pimtlm.run(**SMALL)
        self.assertEqual(result["decode"]["tokens"], 2)
        self.assertGreater(result["decode"]["tokens_per_second"], 0)

    def test_settings_reach_the_chip(self):
        slow = pimtlm.run(**SMALL, settings={"bank.mac_clock_ns": 8})
        fast = pimtlm.run(**SMALL, settings={"bank.mac_clock_ns": 1, "dram.refresh": "off"})
        self.assertLess(slow["decode"]["tokens_per_second"], fast["decode"]["tokens_per_second"])

    def test_bad_input_raises_the_line_of_the_executable(self):
        with self.assertRaises(pimtlm.PimtlmError) as caught:
            pimtlm.run(**SMALL, settings={"chip.dies": 0})
        self.assertEqual(caught.exception.status, 2)
        self.assertIn("chip.dies", str(caught.exception))

    def test_a_preset_and_a_file_exclude_each_other(self):
        with self.assertRaises(ValueError):
            pimtlm.run(model="tiny", preset="small", config="chip.yaml")

    def test_a_missing_executable_is_said(self):
        with self.assertRaisesRegex(FileNotFoundError, "executable="):
            pimtlm.run(**SMALL, executable="no-such-pimtlm")


class Design(unittest.TestCase):
    """The commands that simulate many chips."""

    STEP = {"model": "tinyllama-1.1b", "decode": 64, "jobs": 1}

    def test_sweep_gives_a_row_for_each_combination_of_values(self):
        found = pimtlm.sweep(vary={"bank.mac_clock_ns": [2, 4], "dram.refresh": ["off", "per_bank"]}, **self.STEP)
        self.assertEqual([(p["bank.mac_clock_ns"], p["dram.refresh"]) for p in found.points],
                         [(2, "off"), (2, "per_bank"), (4, "off"), (4, "per_bank")])
        rates = [p["decode.tokens_per_second"] for p in found.points]
        self.assertEqual(max(rates), rates[0])
        self.assertEqual(found.summary["ok"], 4)
        self.assertIn(0, [point["point"] for point in found.summary["pareto"]])

    def test_a_row_of_a_sweep_is_what_run_says(self):
        row = pimtlm.sweep(vary={"kv.bits": [8]}, model="tinyllama-1.1b", prompt=4, generate=3, jobs=1).points[0]
        alone = pimtlm.run(**SMALL, settings={"kv.bits": 8})
        self.assertEqual(row["decode.tokens_per_second"], alone["decode"]["tokens_per_second"])

    def test_a_point_that_cannot_run_is_a_row_with_its_reason(self):
        refused = pimtlm.sweep(vary={"bank.bmem_mib": "1..32:log2"}, **self.STEP).points[0]
        self.assertNotEqual(refused["status"], "ok")
        self.assertTrue(refused["error"])

    def test_sweep_leaves_its_folder_where_it_is_told(self):
        with tempfile.TemporaryDirectory() as folder:
            out = pathlib.Path(folder) / "sweep"
            pimtlm.sweep(vary={"kv.bits": [8]}, out=out, **self.STEP)
            self.assertEqual({"points.csv", "report.html", "sweep.yaml"} - {file.name for file in out.iterdir()}, set())

    def test_sensitivity_turns_the_keys_that_are_named(self):
        found = pimtlm.sensitivity(by=0.5, keys=["bank.mac_clock_ns", "link.bandwidth_gb_per_s"], **self.STEP)
        keys = {entry["key"] for entry in found["sensitivity"]["keys"]}
        self.assertEqual(keys, {"bank.mac_clock_ns", "link.bandwidth_gb_per_s"})

    def test_solve_finds_the_cheapest_that_meets_the_target(self):
        found = pimtlm.solve(target=["decode.tokens_per_second>=1"], free={"bank.mac_lanes": [32, 64]}, minimise="bank.mac_lanes",
                             **self.STEP)["solve"]
        self.assertTrue(found["solved"])
        self.assertEqual(float(found["design"]["bank.mac_lanes"]), 32)

    def test_demands_passes_its_options_on(self):
        with self.assertRaises(pimtlm.PimtlmError) as caught:
            pimtlm.demands(tokens_per_second=-1, jobs=1)
        self.assertIn("--tokens-per-second", str(caught.exception))

    def test_an_argument_that_nobody_knows_is_refused(self):
        with self.assertRaisesRegex(TypeError, "presett"):
            pimtlm.sweep(vary={"kv.bits": [8]}, presett="aim8", **self.STEP)


class Others(unittest.TestCase):
    def test_describe_tells_the_effective_configuration(self):
        result = pimtlm.describe(preset="small", settings={"chip.dies": 2})
        self.assertEqual(result["config"]["chip"]["dies"], 2)

    def test_compare_puts_results_side_by_side(self):
        runs = [pimtlm.run(**SMALL, settings={"bank.mac_clock_ns": clock}) for clock in (1, 2)]
        self.assertIn("compare", pimtlm.compare(*runs))

    def test_gemv_times_a_matrix(self):
        self.assertGreater(pimtlm.gemv(rows=256, cols=256, preset="aim8")["gemv"]["seconds"], 0)

    def test_generate_adds(self):
        result = pimtlm.generate(weights=ADDER, prompt="1234+5678=", generate=8)
        self.assertIn("2196", result["text"])

    def test_version_names_the_program(self):
        self.assertIn("pimtlm", pimtlm.version())


if __name__ == "__main__":
    unittest.main()

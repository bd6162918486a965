#!/usr/bin/env python3
"""The Python package against the executable that PIMTLM names: pimtlm_test.py ADDER.gguf"""

import sys
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

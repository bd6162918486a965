#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>

namespace pim::cosim {

struct DieBenchOptions {
  std::uint64_t transfers = 10'000;
  std::uint64_t seed = 1;
  std::uint32_t stallPercent = 0;  ///< cycles in which a partner of the RTL makes it wait
  std::uint32_t banks = 5;
  bool halfDuplex = false;
  bool narrowRam = false;  ///< use the other variant of DieModel
  std::string wave;        ///< file for the waveform of a mismatch; empty: none
  std::ostream* record =
      nullptr;  ///< receives the pins of each cycle, for pim_die_replay_tb; null: no record
};

struct DieBenchResult {
  std::uint64_t data = 0;  ///< transfers of data; the next counts are the other outcomes
  std::uint64_t doorbells = 0;
  std::uint64_t registers = 0;
  std::uint64_t refused = 0;  ///< by the die, before any bank
  std::uint64_t failed = 0;   ///< in a bank or register
  std::uint64_t bytes = 0;
  std::int64_t cycles = 0;  ///< cycles that were compared
  std::int64_t edges = 0;   ///< clock edges, including those at which the die was stopped
  std::string mismatch;     ///< text of the first RtlMismatch, and the seed; empty if none

  std::uint64_t total() const { return data + doorbells + registers + refused; }
};

/// Sends random accesses to two dies with equal banks: one behind DieInterconnect, one behind the Verilated
/// pim_die. Compares responses, data, the cycles in which each access begins and arrives, and at the end the
/// contents of the banks. Stops at the first difference. Elaborates SystemC modules, so call it once per
/// process.
DieBenchResult runDieBench(const DieBenchOptions& options);

}  // namespace pim::cosim

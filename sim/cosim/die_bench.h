#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>

namespace pim::cosim {

struct DieBenchOptions {
  std::uint64_t transfers = 10'000;
  std::uint64_t seed = 1;
  std::uint32_t stallPercent = 0;  ///< how often a partner of the RTL lets it wait for a cycle
  std::uint32_t banks = 5;
  bool halfDuplex = false;
  bool narrowRam = false;          ///< the other shape of DieModel
  std::string wave;                ///< where the waveform of a mismatch goes; empty: nowhere
  std::ostream* record = nullptr;  ///< where the pins go, cycle by cycle, for pim_die_replay_tb
};

struct DieBenchResult {
  std::uint64_t data = 0;  ///< transfers, by what became of them
  std::uint64_t doorbells = 0;
  std::uint64_t registers = 0;
  std::uint64_t refused = 0;  ///< at the die's door
  std::uint64_t failed = 0;   ///< in a bank or register
  std::uint64_t bytes = 0;
  std::int64_t cycles = 0;  ///< compared
  std::int64_t edges = 0;   ///< with those at which the die was held
  std::string mismatch;     ///< the text of the first RtlMismatch, and the seed; empty if none

  std::uint64_t total() const { return data + doorbells + registers + refused; }
};

/// Random accesses to two dies of the same banks: one behind DieInterconnect, one behind the Verilated
/// pim_die. Compares answers, data, the cycles in which each begins and has arrived, and in the end
/// what the banks hold. Stops at the first difference. Elaborates SystemC modules: once in a process.
DieBenchResult runDieBench(const DieBenchOptions& options);

}  // namespace pim::cosim

#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "abi/pim_abi.h"
#include "core/dram/dram_command.h"
#include "tlm/bank/bank_parameters.h"

namespace pim::cosim {

/// When a refresh occurred, relative to the DRAM commands of a bank command.
enum class RefreshPhase { kNone, kBeforeColumns, kBetweenColumns };
/// Returns the last phase that occurs in `commands`: the DRAM commands of one bank command, in the order of
/// time.
RefreshPhase refreshPhase(const std::vector<DramCommand>& commands);

/// Counts, for each bin of each cross of the bank's functional coverage, how often the run covered it.
class BankCoverage {
 public:
  struct Event {
    std::string format;   ///< bankFormat()
    std::string weights;  ///< weightsOf()
    std::string mask;     ///< maskOf()
    bool stalls = false;  ///< the bus waited while the command was posted
    RefreshPhase refresh = RefreshPhase::kNone;
  };

  /// Creates all bins with count 0.
  BankCoverage();

  void count(const Event& event, const BankParameters& bank);

  /// Returns the counts by "cross" and "bin", such as "format x refresh" and "PV 4 bits, between columns".
  const std::map<std::string, std::map<std::string, std::uint64_t>>& crosses() const { return m_crosses; }

 private:
  std::map<std::string, std::map<std::string, std::uint64_t>> m_crosses;
};

}  // namespace pim::cosim

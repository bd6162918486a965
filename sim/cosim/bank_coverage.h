#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "abi/pim_abi.h"
#include "core/dram/dram_command.h"
#include "tlm/bank/bank_parameters.h"

namespace pim::cosim {

/// Where in a command a refresh fell, by its DRAM commands.
enum class RefreshPhase { kNone, kBeforeColumns, kBetweenColumns };
/// The last of them that `commands`, those of one bank command in order of time, show.
RefreshPhase refreshPhase(const std::vector<DramCommand>& commands);

/// How often each bin of each cross of the bank's functional coverage was met: what was executed, and what it
/// met.
class BankCoverage {
 public:
  struct Event {
    std::string format;   ///< bankFormat()
    std::string weights;  ///< weightsOf()
    std::string mask;     ///< maskOf()
    bool stalls = false;  ///< the bus waited while it was posted
    RefreshPhase refresh = RefreshPhase::kNone;
  };

  /// All bins, at 0.
  BankCoverage();

  void count(const Event& event, const BankParameters& bank);

  /// By "cross" and "bin", such as "format x refresh" and "PV 4 bits, between columns".
  const std::map<std::string, std::map<std::string, std::uint64_t>>& crosses() const { return m_crosses; }

 private:
  std::map<std::string, std::map<std::string, std::uint64_t>> m_crosses;
};

}  // namespace pim::cosim

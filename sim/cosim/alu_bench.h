#pragma once

#include <cstdint>
#include <iosfwd>
#include <map>
#include <string>
#include <vector>

namespace pim::cosim {

/// Returns the opcode of an ALU command from its name without PIM_OP_ ("RMSNORM"). UserError for any other
/// name.
std::uint8_t aluOpcode(const std::string& name);
const std::vector<std::string>& aluOperationNames();

struct AluBenchOptions {
  std::uint8_t opcode = 0;
  std::uint64_t vectors = 0;  ///< minimum number of operand elements; determines the number of commands
  std::uint64_t seed = 1;
  std::uint32_t stallPercent = 0;  ///< of the cycles of each handshake of the memory port
  std::ostream* record = nullptr;  ///< receives the pins of each cycle, for pim_alu_tb; null: no record
  std::string wave;                ///< file for the waveform of a mismatch; empty: none
  double memoryGbPerS = 100;       ///< rate of the memory behind the port, whose clock is 1 GHz; 0: no limit
};

struct AluBenchResult {
  std::uint64_t commands = 0;
  std::uint64_t elements = 0;
  std::int64_t computeCycles = 0;
  std::int64_t streamCycles = 0;
  std::int64_t beats = 0;
  /// For every bin of operation x shape x memory x stalls: how often the run covered it.
  std::map<std::string, std::uint64_t> coverage;
  std::string mismatch;  ///< the first mismatch; empty if none
};

/// Sends random commands of one operation through AluCheck to a flat memory. Stops at the first mismatch.
AluBenchResult runAluBench(const AluBenchOptions& options);

}  // namespace pim::cosim

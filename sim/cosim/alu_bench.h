#pragma once

#include <cstdint>
#include <iosfwd>
#include <map>
#include <string>
#include <vector>

namespace pim::cosim {

/// Opcode of an ALU command by its name without PIM_OP_ ("RMSNORM"); throws UserError for any other.
std::uint8_t aluOpcode(const std::string& name);
const std::vector<std::string>& aluOperationNames();

struct AluBenchOptions {
  std::uint8_t opcode = 0;
  std::uint64_t vectors = 0;  ///< elements of operands at least, over as many commands as that takes
  std::uint64_t seed = 1;
  std::uint32_t stallPercent = 0;  ///< on each handshake of the memory port
  std::ostream* record = nullptr;  ///< where the pins go, cycle by cycle, for pim_alu_tb
  std::string wave;                ///< where the waveform of a mismatch goes; empty: nowhere
  double memoryGbPerS = 100;       ///< behind the port, whose clock is 1 GHz; 0: it keeps pace
};

struct AluBenchResult {
  std::uint64_t commands = 0;
  std::uint64_t elements = 0;
  std::int64_t computeCycles = 0;
  std::int64_t streamCycles = 0;
  std::int64_t beats = 0;
  /// Of operation x shape x memory x stalls: how often each was met, all of them.
  std::map<std::string, std::uint64_t> coverage;
  std::string mismatch;  ///< the first one; empty if none
};

/// Random commands of one operation, over a flat memory, through AluCheck. Stops at the first mismatch.
AluBenchResult runAluBench(const AluBenchOptions& options);

}  // namespace pim::cosim

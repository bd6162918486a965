#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/base/model_shape.h"
#include "platform/config/config.h"

namespace pim::sim {

/// A decode step with one way in which its commands come to the command processor.
struct ProgramStep {
  double seconds = 0;
  double firmwareSeconds = 0;  ///< for which the core is busy
  std::uint64_t commands = 0;
  double tokensPerSecond() const { return seconds > 0 ? 1 / seconds : 0; }
};

/// Decode steps that attend to `context` tokens: commands posted for each token, a program recorded once, and
/// programs compiled ahead for lengths that are multiples of 16 and of 128 (the step of the next longer one).
struct ProgramRow {
  std::uint32_t context = 0;
  ProgramStep posted, cached, compiled16, compiled128;
};

/// The memory that commands take.
struct ProgramMemoryFigures {
  std::uint64_t ring = 0;  ///< posted
  std::uint64_t program =
      0;  ///< cached: the commands of one step, and the notes of what depends on the context
  std::uint64_t everyLength = 0;  ///< compiled: one program for each length up to the longest context
  std::uint64_t stairs16 = 0, stairs128 = 0;
};

struct ProgramAnalysis {
  std::vector<ProgramRow> rows;
  ProgramMemoryFigures memory;
};

/// Simulates the steps at `longest` tokens and at an eighth, a quarter and a half of them, each in a process
/// of its own; call it before this process elaborates a chip. UserError: the model does not fit.
ProgramAnalysis analyzePrograms(const ModelShape& shape, const platform::Config& config,
                                std::uint32_t longest);

nlohmann::ordered_json toJson(const ProgramAnalysis& analysis);
std::string toTable(const ProgramAnalysis& analysis);

}  // namespace pim::sim

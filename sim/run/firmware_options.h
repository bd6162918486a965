#pragma once

#include <optional>

#include "core/base/part_file.h"
#include "core/riscv/function_profile.h"
#include "sim/cli/command_line.h"
#include "sim/run/simulation.h"

namespace pim::sim {

/// What the RV32 core of a run gets: its program, and for how long it may be awake at a stretch.
class FirmwareOptions {
 public:
  static void addTo(CommandLine& line);

  /// UserError: no program for the core, or options of the RV32 core with controller.core=native.
  FirmwareOptions(const CommandLine& line, const platform::Config& config);

  /// Writes the profile that was asked for. UserError: it cannot be written.
  void finish();

  /// Hangs what was asked for into the request, which does not outlive this.
  void apply(RunRequest& request);

 private:
  std::optional<riscv::ElfImage> m_program;
  Picoseconds m_timeout = 0;
  std::optional<riscv::FunctionProfile> m_profile;
  std::optional<PartFile> m_profileFile, m_functionsFile;
};

}  // namespace pim::sim

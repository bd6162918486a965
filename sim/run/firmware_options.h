#pragma once

#include <optional>

#include "core/base/part_file.h"
#include "core/riscv/function_profile.h"
#include "core/riscv/gdb_server.h"
#include "sim/cli/command_line.h"
#include "sim/run/simulation.h"

namespace pim::sim {

/// Options of the RV32 core of a run: its program, the longest time without sleep, and a debugger.
class FirmwareOptions {
 public:
  static void addTo(CommandLine& line);

  /// UserError: the file is not a program for the core, or options of the RV32 core with
  /// controller.core=native.
  FirmwareOptions(const CommandLine& line, const platform::Config& config);

  /// Writes the profile if the options ask for one. UserError: it cannot be written.
  void finish();

  /// Returns the program that the RV32 core runs; null with controller.core=native.
  const riscv::ElfImage* program() const { return m_program ? &*m_program : nullptr; }

  /// Applies the options to the request, which must not outlive this object.
  void apply(RunRequest& request);

 private:
  std::optional<riscv::ElfImage> m_program;
  Picoseconds m_timeout = 0;
  std::optional<riscv::FunctionProfile> m_profile;
  std::optional<riscv::GdbServer> m_gdb;
  std::optional<PartFile> m_profileFile, m_functionsFile;
};

}  // namespace pim::sim

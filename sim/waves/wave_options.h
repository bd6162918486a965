#pragma once

#include <memory>
#include <string>
#include <vector>

#include "platform/config/config.h"
#include "sim/cli/command_line.h"
#include "tlm/trace/wave_trace.h"

namespace pim::sim {

/// --wave, --wave-dir and --wave-format: writes waveforms of the windows of trace profiles. Each window
/// produces three kinds of files in the directory: PROFILE.WINDOW.vcd (or .fst), PROFILE.WINDOW.gtkw, and
/// wave_*.txt with the names of values, to which the .gtkw refers.
class WaveOptions {
 public:
  static void addTo(CommandLine& line);

  /// Reads the profiles. Throws a UserError for an invalid profile or a directory that cannot be written to.
  /// `program`: the RV32 core's, or null; it must outlive this object.
  WaveOptions(const CommandLine& line, const platform::Config& config, const riscv::ElfImage* program);

  /// Returns the observers of the chip that record waveforms; none without --wave.
  std::vector<ActivityObserver*> observers() const;

  /// Returns the directory of the files; empty without --wave.
  const std::string& directory() const { return m_directory; }

  /// Writes the files after a simulation that ended at `end`, and one line per file to stderr unless quiet.
  /// Writes all files that it can; then throws a UserError for windows that were never reached and files that
  /// could not be written.
  void finish(Picoseconds end);

  /// Writes the windows that are complete, and those of a mismatch, after a simulation that failed, and one
  /// line per file to stderr even if quiet. Does not throw, because another error is being handled.
  void finishBroken();

 private:
  /// Writes one waveform and returns the name of its file.
  std::string write(const WaveTrace& trace);
  void tell(const WaveTrace& trace, const std::string& path) const;

  const riscv::ElfImage* m_program;
  std::string m_directory;
  bool m_fst = false;
  bool m_quiet = false;
  bool m_namesWritten = false;
  bool m_compared = false;  // a block is compared with its RTL, so a mismatch was possible
  std::vector<std::unique_ptr<WaveTrace>> m_traces;
};

}  // namespace pim::sim

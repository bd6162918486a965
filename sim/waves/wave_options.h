#pragma once

#include <memory>
#include <string>
#include <vector>

#include "platform/config/config.h"
#include "sim/cli/command_line.h"
#include "tlm/trace/wave_trace.h"

namespace pim::sim {

/// --wave, --wave-dir and --wave-format: waveforms of the windows of trace profiles. Each window gives three
/// kinds of files in the directory: PROFILE.WINDOW.vcd (or .fst), PROFILE.WINDOW.gtkw, and wave_*.txt with
/// the names of values, which the .gtkw refers to.
class WaveOptions {
 public:
  static void addTo(CommandLine& line);

  /// Reads the profiles. Throws a UserError for what is no profile, or a place that cannot be written to.
  WaveOptions(const CommandLine& line, const platform::Config& config);

  /// To be told what the chip does; none without --wave.
  std::vector<ActivityObserver*> observers() const;

  /// Where the files go; empty without --wave.
  const std::string& directory() const { return m_directory; }

  /// The simulation ended at `end`: writes the files, and a line about each on stderr unless quiet. Writes
  /// what can be written; then throws a UserError for windows that never came and files that could not be
  /// written.
  void finish(Picoseconds end);

  /// The run broke off: writes the windows that are complete and what led to a mismatch, and a line about
  /// each on stderr, quiet or not. Does not throw: there is an error on its way.
  void finishBroken();

 private:
  /// Returns the name of the file.
  std::string write(const WaveTrace& trace);
  void tell(const WaveTrace& trace, const std::string& path) const;

  std::string m_directory;
  bool m_fst = false;
  bool m_quiet = false;
  bool m_namesWritten = false;
  bool m_compared = false;  // something is checked against RTL, so a mismatch could have come
  std::vector<std::unique_ptr<WaveTrace>> m_traces;
};

}  // namespace pim::sim

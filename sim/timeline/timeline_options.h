#pragma once

#include <memory>

#include "sim/cli/command_line.h"
#include "sim/timeline/timeline.h"

namespace pim::sim {

/// --timeline, --timeline-window and --timeline-banks. With --out a run always writes timeline.json.
class TimelineOptions {
 public:
  static void addTo(CommandLine& line);

  /// Opens the file. Throws a UserError for an invalid window or bank, or a file that cannot be written.
  /// `program`: the RV32 core's, or null; it must outlive this object.
  TimelineOptions(const CommandLine& line, const platform::Config& config, const riscv::ElfImage* program);

  /// Null if no timeline was requested.
  Timeline* timeline() { return m_timeline.get(); }
  /// Ends the timeline after the simulation and gives the file its name. Reports on stderr if it was cut. A
  /// default window that was never reached is not an error.
  void finish();

 private:
  std::unique_ptr<Timeline> m_timeline;
  std::string m_path;
  bool m_chosen = false;  // the user chose a window
};

}  // namespace pim::sim

#pragma once

#include <memory>

#include "sim/cli/command_line.h"
#include "sim/timeline/timeline.h"

namespace pim::sim {

/// --timeline, --timeline-window and --timeline-banks; with --out there is a timeline.json in any case.
class TimelineOptions {
 public:
  static void addTo(CommandLine& line);

  /// Opens the file. Throws a UserError for what is no window, bank or writable place.
  TimelineOptions(const CommandLine& line, const platform::Config& config);

  /// Null where none was asked for.
  Timeline* timeline() { return m_timeline.get(); }
  /// The simulation is over: puts the file under its name; on stderr, when it had to be cut. A default window
  /// that never came is no mistake of the user's.
  void finish();

 private:
  std::unique_ptr<Timeline> m_timeline;
  std::string m_path;
  bool m_chosen = false;  // a window
};

}  // namespace pim::sim

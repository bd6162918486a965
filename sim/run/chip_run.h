#pragma once

#include "sim/analysis/layer_schedule.h"
#include "sim/analysis/operation_profile.h"
#include "sim/cli/command_line.h"
#include "sim/results/output.h"
#include "sim/results/report_data.h"
#include "sim/run/firmware_options.h"
#include "sim/run/simulation.h"
#include "sim/timeline/timeline_options.h"
#include "sim/waves/wave_options.h"

namespace pim::sim {

/// A run of the chip as commands make it: files opened, observers attached, simulated, everything written.
class ChipRun {
 public:
  static void addOptions(CommandLine& line) {
    FirmwareOptions::addTo(line);
    TimelineOptions::addTo(line);
    WaveOptions::addTo(line);
  }

  /// Opens the files that the command line asks for and hangs their observers into the request, which
  /// outlives this. Throws a UserError for what cannot be written or makes no sense.
  ChipRun(const CommandLine& line, RunRequest& request);

  /// Where the simulation breaks off, waveforms of what led there are written before the exception goes on.
  RunResult simulate();

  /// The findings of a model's run; a command may add to them.
  Findings findings(const Report& report) const;

  /// Writes the findings, then what observers have gathered. Where something cannot be written the rest still
  /// is.
  void write(const Findings& findings);

 private:
  RunRequest& m_request;
  FirmwareOptions m_firmware;
  Output m_output;
  TimelineOptions m_timeline;
  WaveOptions m_waves;
  OperationProfile m_operations;
  LayerSchedule m_schedule;
  Picoseconds m_end = 0;  // of the simulation
};

}  // namespace pim::sim

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

/// A run of the chip for a command: opens files, attaches observers, simulates, writes everything.
class ChipRun {
 public:
  static void addOptions(CommandLine& line) {
    FirmwareOptions::addTo(line);
    TimelineOptions::addTo(line);
    WaveOptions::addTo(line);
  }

  /// Opens the files that the command line names and adds their observers to the request, which must outlive
  /// this object. UserError: a file cannot be written, or options are invalid.
  ChipRun(const CommandLine& line, RunRequest& request);

  /// If the simulation fails, waveforms up to the failure are written before the exception is passed on.
  RunResult simulate();

  /// The findings of the run of a model; a command may add to them.
  Findings findings(const Report& report) const;

  /// Writes the findings, then the data of the observers. If a file cannot be written, the others still are.
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

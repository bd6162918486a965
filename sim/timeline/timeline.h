#pragma once

#include <array>
#include <deque>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/energy/energy.h"
#include "core/observe/activity.h"
#include "core/riscv/elf_image.h"
#include "platform/config/config.h"
#include "sim/timeline/bandwidth.h"
#include "sim/timeline/firmware_track.h"
#include "sim/timeline/lanes.h"
#include "sim/timeline/program_tracks.h"
#include "sim/timeline/trace_writer.h"
#include "sim/timeline/whereabouts.h"
#include "sim/timeline/window.h"

namespace pim::sim {

struct BankName {
  std::uint32_t die = 0;
  std::uint32_t bank = 0;
};

/// The contents and destination of a timeline.
struct TimelineRequest {
  std::string option;  ///< the command-line option, for errors
  std::string path;
  TimelineWindow window;
  std::vector<BankName> banks;               ///< banks with their own tracks
  const riscv::ElfImage* program = nullptr;  ///< the RV32 core's
};

/// Writes the activity of the chip as a timeline for trace viewers, during the simulation. Tracks, from the
/// top:
///
///     program      a track per tile in flight: token > layer > operation
///     firmware     token > layer > the commands that the core posts, and its sleep; below it, the functions
///                  of its program
///     components   every command, under the component to which its time is charged; overlapping commands
///                  in several lanes
///     ALUs         a track per operation
///     bandwidth    counters
///     power        of the chip: energy of the commands, spread over their time, plus constant power
///     die n        the link down and up, the commands in its banks, selected banks
///
/// An arrow leads from each doorbell to the commands that it posted, and from a command that woke the core to
/// the point where the core continues. The durations on the tracks of a component add up to its busy time
/// over the same tokens. docs/reading_results.md shows a timeline.
class Timeline : public ActivityObserver {
 public:
  Timeline(const TimelineRequest& request, const platform::Config& config);

  void onSleep(Picoseconds from, Picoseconds to) override;
  bool followsProgram() const override { return m_request.program != nullptr && !m_over; }
  void onBlock(std::uint32_t pc, Picoseconds begin) override {
    if (followsProgram()) m_firmware.block(pc, begin);
  }
  void onMark(std::uint32_t kind, std::uint32_t index, Picoseconds now) override;
  void onDoorbell(std::uint32_t commands, Picoseconds now) override;
  void onDispatch(const pim_command& command, std::uint32_t sequence) override;
  void onTransfer(std::uint64_t dies, LinkDirection direction, std::uint64_t bytes, Picoseconds begin,
                  Picoseconds end) override;
  void onBankWork(std::uint64_t dies, std::uint64_t banks, Picoseconds begin, Picoseconds end) override;
  void onMemoryPort(ControllerMemoryKind memory, double bytes, Picoseconds begin, Picoseconds end) override;
  void onCommand(const pim_command& command, std::uint32_t sequence, const CommandRecord& record,
                 const Counters& counters) override;

  /// Returns whether any command fell into the window.
  bool anything() const { return m_commands != 0; }
  /// Ends the timeline after the simulation and gives the file its name. UserError if writing failed or the
  /// window was never reached; then there is no file.
  void finish();
  /// Returns the time at which the file was cut because of its size; negative if it was not.
  Picoseconds cutAt() const { return m_writer.cutAt(); }

 private:
  /// The span that shows a command's work.
  struct Served {
    Track track;
    std::uint32_t sequence = PIM_NO_SEQUENCE;
    Picoseconds start = 0;
    Picoseconds done = 0;
  };
  struct Interrupt {
    Picoseconds time;
    Served cause;
  };

  BandwidthCounter counterOf(const char* name);
  /// Adds the span of the command and returns its track.
  Track show(const pim_command& command, std::uint32_t sequence, const CommandRecord& record,
             std::uint64_t streamed);
  /// Records the command as one of those whose completion an interrupt reports: all up to its number.
  void completes(const pim_command& command, const Served& served);
  /// Adds an arrow from the command that woke the core to the point where the core continues.
  void arrowTo(Picoseconds wake);
  /// Shows the core as busy until this time.
  void firmwareBusy(Picoseconds until);
  /// Adds a span of the command on a free lane of the component.
  Track part(Component component, Picoseconds begin, Picoseconds end);
  /// Adds a span of the command to a track, which gets its name on first use.
  void span(Track track, const std::string& trackName, const char* category, Picoseconds begin,
            Picoseconds end);

  TimelineRequest m_request;
  TraceWriter m_writer;
  Whereabouts m_where;
  ProgramTracks m_program;
  FirmwareTrack m_firmware;
  std::set<std::pair<std::uint32_t, std::uint32_t>> m_named;
  std::vector<Lanes> m_componentLanes;
  std::vector<Lanes> m_dieLanes;
  BandwidthCounter m_down, m_up;
  std::array<BandwidthCounter, kControllerMemories> m_memories;
  BandwidthCounter m_banks;
  BandwidthCounter m_power;  // counts nJ instead of bytes: W instead of GB/s
  EnergyConfig m_energy;
  EnergyScope m_energyScope;
  Counters m_before;  // before the command that is being dispatched

  // Of the command that is being dispatched, or else of the latest.
  Picoseconds m_coreSince = 0;  // end of the core's time that is shown so far
  bool m_wanted = false;
  bool m_over = false;  // nothing that follows is in the window
  bool m_open = false;
  std::string m_name;
  std::string m_arguments;
  std::string m_token;
  std::uint64_t m_bankBytes = 0;
  std::uint64_t m_commands = 0;
  Picoseconds m_end = 0;

  Picoseconds m_inOrder = 0;           // when all commands so far are complete
  Served m_last;                       // the command that is complete last
  std::deque<Interrupt> m_interrupts;  // interrupts that may still wake the core
};

}  // namespace pim::sim

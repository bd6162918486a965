#pragma once

#include <array>
#include <deque>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/energy/energy.h"
#include "core/observe/activity.h"
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

/// What a timeline shows and where it goes.
struct TimelineRequest {
  std::string option;  ///< who asked, for errors
  std::string path;
  TimelineWindow window;
  std::vector<BankName> banks;  ///< with tracks of their own
};

/// Writes what the chip does as a timeline for trace viewers, while it happens. Tracks, from the top:
///
///     program      a track for each tile in flight: token > layer > operation
///     firmware     token > layer > what the core posts, and its sleep
///     components   every command, by the component its time counts for; as many lanes as overlap
///     ALUs         a track for each operation
///     bandwidth    counters
///     power        of the chip: what commands took, spread over their time, and what is always there
///     die n        the link down and up, the commands in its banks, chosen banks
///
/// An arrow leads from each doorbell to the commands it posted, and from a command that the core was woken by
/// to where it goes on. Durations on the tracks of a component sum up
/// to its busy time over the same tokens. docs/reading_results.md shows one.
class Timeline : public ActivityObserver {
 public:
  Timeline(const TimelineRequest& request, const platform::Config& config);

  void onSleep(Picoseconds from, Picoseconds to) override;
  void onMark(std::uint32_t kind, std::uint32_t index, Picoseconds now) override;
  void onDoorbell(std::uint32_t commands, Picoseconds now) override;
  void onDispatch(const pim_command& command, std::uint32_t sequence) override;
  void onTransfer(std::uint64_t dies, LinkDirection direction, std::uint64_t bytes, Picoseconds begin,
                  Picoseconds end) override;
  void onBankWork(std::uint64_t dies, std::uint64_t banks, Picoseconds begin, Picoseconds end) override;
  void onMemoryPort(ControllerMemoryKind memory, double bytes, Picoseconds begin, Picoseconds end) override;
  void onCommand(const pim_command& command, std::uint32_t sequence, const CommandRecord& record,
                 const Counters& counters) override;

  /// Whether any command fell into the window.
  bool anything() const { return m_commands != 0; }
  /// The simulation is over: puts the file under its name. UserError where writing failed or the window never
  /// came; then there is no file.
  void finish();
  /// Where the file was cut for its size; negative if it was not.
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
  /// Returns the track of the command's span.
  Track show(const pim_command& command, std::uint32_t sequence, const CommandRecord& record,
             std::uint64_t streamed);
  /// The command takes part in what an interrupt tells of: that all up to it are complete.
  void completes(const pim_command& command, const Served& served);
  /// An arrow to where the core goes on, from the command that woke it.
  void arrowTo(Picoseconds wake);
  /// The core was busy until then.
  void firmwareBusy(Picoseconds until);
  /// A span of the command on a free lane of the component.
  Track part(Component component, Picoseconds begin, Picoseconds end);
  /// A span of the command on a track that gets its name when it is first used.
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
  BandwidthCounter m_power;  // nJ for bytes: W for GB/s
  EnergyConfig m_energy;
  EnergyScope m_energyScope;
  Counters m_before;  // the command being dispatched

  // Of the command being dispatched, or the latest.
  Picoseconds m_coreSince = 0;  // until then the core's time is told
  bool m_wanted = false;
  bool m_open = false;
  std::string m_name;
  std::string m_arguments;
  std::string m_token;
  std::uint64_t m_bankBytes = 0;
  std::uint64_t m_commands = 0;
  Picoseconds m_end = 0;

  Picoseconds m_inOrder = 0;           // all commands so far are complete
  Served m_last;                       // the one of them that is so last
  std::deque<Interrupt> m_interrupts;  // that the core may still wake by
};

}  // namespace pim::sim

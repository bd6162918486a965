#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "core/dram/dram_timing.h"
#include "core/observe/activity.h"
#include "core/operations/bank_cost.h"
#include "tlm/trace/wave_dram_rows.h"
#include "tlm/trace/wave_profile.h"
#include "tlm/trace/wave_queue.h"
#include "tlm/trace/wave_span.h"

namespace pim {

/// The properties of a chip that waveforms need.
struct WaveChip {
  std::uint32_t dies = 0;
  std::uint32_t banksPerDie = 0;
  DramTiming dram;
  BankCompute compute;
  std::vector<std::uint64_t> rtlBanks;       ///< by die: bit mask of the banks with RTL
  const riscv::ElfImage* program = nullptr;  ///< the RV32 core's
};

/// One row of a waveform.
struct WaveSignal {
  std::string path;  ///< "chip.die0.bank3.state"
  WaveLeaf leaf;
  bool rtl = false;  ///< "chip.die0.bank3.rtl.state": of the bank's RTL

  unsigned width() const { return waveLeafInfo(leaf).width; }
};

/// Converts the activity of a chip's units to changes of signals, for one window of a profile. A bank or die
/// that a lock-step leader represents has the same signals as if it were simulated separately.
///
/// Values between commands: busy, opcode, sequence, state, stream, bytes are 0; open_row is kNoOpenRow.
class WaveTrace final : public ActivityObserver, private DramObserver {
 public:
  WaveTrace(const WaveProfile& profile, const WaveWindow& window, const WaveChip& chip);

  const WaveProfile& profile() const { return m_profile; }
  const WaveWindow& window() const { return m_window; }
  /// By number, as in WaveStretch.
  const std::vector<WaveSignal>& signals() const { return m_signals; }

  /// Ends the run; the following results are then final.
  void finish(Picoseconds end);
  const WaveSpan& span() const { return m_span; }
  WaveStretch stretch() const { return m_queue.stretch(m_span.from(), m_span.to()); }

  void onSleep(Picoseconds from, Picoseconds to) override;
  bool followsProgram() const override { return m_followsProgram && !m_span.sealed(); }
  void onBlock(std::uint32_t pc, Picoseconds begin) override;
  void onMark(std::uint32_t kind, std::uint32_t index, Picoseconds now) override;
  void onDoorbell(std::uint32_t commands, Picoseconds now) override;
  void onDispatch(const pim_command& command, std::uint32_t sequence) override;
  void onTransfer(std::uint64_t dies, LinkDirection direction, std::uint64_t bytes, Picoseconds begin,
                  Picoseconds end) override;
  void onBankWork(std::uint64_t dies, std::uint64_t banks, Picoseconds begin, Picoseconds end) override;
  void onCommand(const pim_command& command, std::uint32_t sequence, const CommandRecord& record,
                 const Counters& counters) override;
  void onDieRam(std::uint64_t dies, Picoseconds begin, Picoseconds end) override;
  void onControllerMemory(Picoseconds begin, Picoseconds end) override;
  void onLine(ActivityLine line, bool level, Picoseconds now) override;
  void onHostDoorbell(Picoseconds now) override;
  void onData(std::uint64_t dies, LinkDirection direction, std::uint64_t head) override;
  void onMismatch(Picoseconds at) override { m_span.mismatch(at); }
  DramObserver* dramObserver(const DramAccess& access, DramObserver* next) override;
  void onRtlDram(std::uint32_t die, const DramCommand& command) override;
  void onRtlState(std::uint32_t die, std::uint32_t bank, RtlBankState state, Picoseconds at) override;

 private:
  /// Numbers of a unit's signals; kNone if a signal is not shown.
  using Slots = std::array<std::uint32_t, kWaveLeaves>;
  static constexpr std::uint32_t kNone = ~0u;
  struct BankSlots {
    std::uint32_t die, bank;
    Slots slots;
    bool watched = false;  // its DRAM is observed up to now
    Slots rtl;
    WaveDramRows rtlRows;
  };
  struct DieSlots {
    Slots down, up, ram;
  };

  Slots addUnit(const std::string& scope, WaveUnit unit, bool rtl = false);
  void addBank(std::uint32_t die, std::uint32_t bank);
  void set(const Slots& unit, WaveLeaf leaf, Picoseconds time, std::uint64_t value) {
    const std::uint32_t signal = unit[static_cast<std::size_t>(leaf)];
    if (signal != kNone) m_queue.change(signal, time, value);
  }
  /// Sets `value` from begin to end, then 0.
  void hold(const Slots& unit, WaveLeaf leaf, Picoseconds begin, Picoseconds end, std::uint64_t value) {
    set(unit, leaf, begin, value);
    set(unit, leaf, end, 0);
  }
  template <typename Visit>
  void forEachDie(std::uint64_t dies, Visit visit);
  template <typename Visit>
  void forEachBank(std::uint64_t dies, std::uint64_t banks, Visit visit);
  /// Returns the signals of a bank's RTL; null if none are shown.
  BankSlots* rtlOf(std::uint32_t die, std::uint32_t bank);
  /// Returns the cycles between two columns of the command that is being dispatched.
  DramCycles columnInterval(std::uint32_t bank) const;

  // DramObserver: called between dramObserver() and the next call of another function.
  void command(const DramCommand& command) override;
  void stream(const StreamArrival& arrival) override {
    if (m_next != nullptr) m_next->stream(arrival);
  }
  bool takesRuns() const override { return m_next == nullptr || m_next->takesRuns(); }
  void columns(const DramCommand& first, std::int64_t count, DramCycles interval) override;
  /// Sets signals of the banks whose access is being shown.
  auto setShown() {
    return [this](WaveLeaf leaf, Picoseconds time, std::uint64_t value) {
      for (const BankSlots* bank : m_shown) set(bank->slots, leaf, time, value);
    };
  }
  void sawColumn(const DramCommand& command);
  void endColumns();

  /// Discards what cannot be in the window, with the firmware at `now`; cuts a window that has too much.
  void limit(Picoseconds now);
  void completeUntil(Picoseconds time);

  WaveProfile m_profile;
  WaveWindow m_window;
  WaveChip m_chip;
  WaveSpan m_span;
  WaveQueue m_queue;
  std::vector<WaveSignal> m_signals;
  Slots m_controller;
  std::vector<DieSlots> m_dies;    // by die
  std::vector<BankSlots> m_banks;  // those that are shown
  bool m_watchDram = false;
  bool m_followsProgram = false;  // shows pc or function

  // The command that is being dispatched.
  pim_command m_command{};
  std::uint32_t m_sequence = PIM_NO_SEQUENCE;
  Picoseconds m_transferBegin = 0;

  std::uint64_t m_posted = 0;
  std::uint64_t m_depth = 0;
  Picoseconds m_inOrder = 0;
  std::deque<Picoseconds> m_completions;  // of posted commands, in order, that m_depth still counts

  // The DRAM access that is being shown.
  std::vector<const BankSlots*> m_shown;
  DramObserver* m_next = nullptr;
  WaveDramRows m_rows;
  DramCycles m_interval = 0;  // between its columns
  Picoseconds m_firstMac = -1;
};

}  // namespace pim

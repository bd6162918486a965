#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/dram/dram_command.h"
#include "core/dram/dram_timing.h"
#include "core/dram/lateness_checker.h"

namespace pim {

/// A violation of a rule. The command at `cycle` was allowed only from `earliest` on, or not at all; or it
/// was possible at `earliest` already.
struct TimingViolation {
  std::string rule;
  std::uint32_t bank = 0;
  DramCycles cycle = 0;
  DramCycles earliest = 0;  ///< equal to cycle if the rule is not about time

  /// Returns one line for people.
  std::string text() const;
};

/// Checks the commands of one die against the rules of DramTiming. It uses only the commands and the arrivals
/// of streams, and shares no code with the scheduler.
///
/// Rules: tRCD (read, MAC, write), tRP, tRAS, tRC, tCCD, tRTP, tWR, tRRD, tFAW, tRFC, "refresh with an open
/// row", "refresh before it is due", "refresh too late" (a column while more than refreshPostponeMax are
/// pending), "column to a closed row", "column to the wrong row", "activate of an open bank", "precharge of
/// another row", "row out of range", "column out of range", "bank out of range", "time runs backwards". For
/// commands that are later than necessary (LatenessChecker): "late column", "late activate", "late
/// precharge", "late refresh". tRRD and tFAW apply only with an activation limit; without one, the die
/// activates all banks at once.
class TimingChecker : public DramObserver {
 public:
  explicit TimingChecker(const DramTiming& timing);

  void command(const DramCommand& command) override;
  void stream(const StreamArrival& arrival) override { m_lateness.stream(arrival); }

  /// Call this at the end, after the banks were idle until `now`: checks that no bank has more pending
  /// refreshes than allowed.
  void finish(DramCycles now);

  std::uint64_t commands() const { return m_commands; }
  std::uint64_t violationCount() const { return m_violationCount; }
  /// The first violations, at most kMaxKept.
  const std::vector<TimingViolation>& violations() const { return m_violations; }

  static constexpr std::size_t kMaxKept = 1000;

 private:
  static constexpr DramCycles kLongAgo = -(1ll << 40);

  struct RowBuffer {
    std::int64_t row = -1;
    DramCycles activated = kLongAgo;
    DramCycles precharged = kLongAgo;
    DramCycles lastRead = kLongAgo;  // read or MAC
    DramCycles lastWrite = kLongAgo;
  };
  struct Bank {
    RowBuffer buffers[2];
    DramCycles last = 0;
    DramCycles lastColumn = kLongAgo;
    DramCycles refreshed = kLongAgo;
    std::int64_t refreshes = 0;
    DramCycles columnDeadline = 0;  // no column from here on until the next refresh
  };

  void activate(const DramCommand& command, RowBuffer& buffer);
  void precharge(const DramCommand& command, RowBuffer& buffer);
  void column(const DramCommand& command, Bank& bank, RowBuffer& buffer);
  void refresh(const DramCommand& command, Bank& bank);
  void noteActivateOfDie(const DramCommand& command);
  DramCycles refreshDue(std::uint32_t bank, std::int64_t number) const;
  bool inRange(const DramCommand& command);
  void notBefore(const char* rule, const DramCommand& command, DramCycles since, DramCycles distance);
  void violate(const char* rule, const DramCommand& command, DramCycles earliest);

  DramTiming m_timing;
  DramCycles m_tRfc;
  std::int64_t m_rows;
  std::int64_t m_columns;
  std::vector<Bank> m_banks;
  std::vector<DramCycles> m_activates;  // of the die, sorted: banks report out of step
  LatenessChecker m_lateness;
  std::vector<TimingViolation> m_violations;
  std::uint64_t m_commands = 0;
  std::uint64_t m_violationCount = 0;
};

}  // namespace pim

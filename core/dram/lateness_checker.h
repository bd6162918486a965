#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "core/dram/dram_command.h"
#include "core/dram/dram_timing.h"

namespace pim {

/// Finds commands that are issued later than every rule and every resource allows. It uses only the commands
/// and the arrivals of streams, and shares no code with the scheduler.
///
/// A column is due when its row, its consumer and its stream are ready. An activate is due when the row
/// buffer is closed and, under a limit, at the first cycle from then on at which tRRD and tFAW leave room
/// between all other activates of the die. A precharge is due when the row has been used, a refresh when its
/// interval has passed and the bank is closed. A precharge before a refresh may wait until the refresh falls
/// due, or until its deadline. Under an enforced limit, the n-th activates of a command's banks count as one:
/// it is due when the last bank is ready, and done with the last of the activates. The checker ignores banks
/// for which no stream was announced.
class LatenessChecker {
 public:
  using Report = std::function<void(const char* rule, const DramCommand& command, DramCycles earliest)>;

  LatenessChecker(const DramTiming& timing, Report report);

  void stream(const StreamArrival& arrival);
  void command(const DramCommand& command);
  /// Call this at the end: checks the activates that still wait for their neighbours.
  void finish();

 private:
  static constexpr DramCycles kLongAgo = -(1ll << 40);

  struct RowBuffer {
    bool open = false;
    DramCycles activated = kLongAgo;  // of the last bank, where that counts
    DramCycles precharged = kLongAgo;
    DramCycles lastRead = kLongAgo;
    DramCycles lastWrite = kLongAgo;
  };
  struct Precharge {
    DramCommand command;
    DramCycles forRow = 0;      // earliest, if it is for another row
    DramCycles forRefresh = 0;  // latest reason to wait, if it is for a refresh
  };
  struct Bank {
    RowBuffer buffers[2];
    bool told = false;       // of a stream
    DramCycles arrival = 0;  // of its stream, or when the one before was done
    DramCycles interval = 0;
    DramCycles columnReady = 0;
    DramCycles refreshed = kLongAgo;
    std::int64_t refreshes = 0;
    std::vector<Precharge> precharges;  // whose reason the next command tells
    std::size_t activates = 0;          // in the command under way
  };
  struct Activate {
    DramCommand command;
    DramCycles earliest = 0;
  };
  /// For a command to several banks: the commands of its banks, and their n-th activates.
  struct Event {
    bool isStream;
    StreamArrival arrival;
    DramCommand command;
  };
  struct Round {
    DramCycles last = kLongAgo;
    DramCycles ready = kLongAgo;
    std::vector<DramCommand> activates;
  };

  void begin(const StreamArrival& arrival);
  void serve(const DramCommand& command);
  void activate(const DramCommand& command, Bank& bank);
  void precharge(const DramCommand& command, Bank& bank);
  void settlePrecharges(Bank& bank, bool beforeRefresh);
  void refresh(const DramCommand& command, Bank& bank);
  void column(const DramCommand& command, Bank& bank);
  void settleTogether();
  void take(const DramCommand& command, DramCycles earliest);
  /// Checks the first `count` activates of the die.
  void settleActivates(std::size_t count);
  bool hasRoom(DramCycles cycle, std::size_t except) const;
  DramCycles refreshDue(std::uint32_t bank, std::int64_t number) const;
  DramCycles rowServed(const RowBuffer& buffer) const;
  RowBuffer& bufferOf(Bank& bank, const DramCommand& command) const;
  void notAfter(const char* rule, const DramCommand& command, DramCycles earliest) const;

  DramTiming m_timing;
  Report m_report;
  std::vector<Bank> m_banks;
  std::vector<Activate> m_activates;  // of the die under a limit, in order of time
  DramCycles m_forgotten = kLongAgo;  // activates up to here are not known any more
  std::uint64_t m_together = 0;
  std::vector<Event> m_events;
  std::vector<Round> m_rounds;
};

}  // namespace pim

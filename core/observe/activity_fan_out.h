#pragma once

#include <algorithm>
#include <utility>
#include <vector>

#include "core/observe/activity.h"

namespace pim {

/// Forwards all calls to several observers, in their order.
class ActivityFanOut : public ActivityObserver {
 public:
  explicit ActivityFanOut(std::vector<ActivityObserver*> observers) : m_observers(std::move(observers)) {}

  void onSleep(Picoseconds from, Picoseconds to) override {
    for (ActivityObserver* o : m_observers) o->onSleep(from, to);
  }
  bool followsProgram() const override {
    return std::any_of(m_observers.begin(), m_observers.end(),
                       [](const ActivityObserver* o) { return o->followsProgram(); });
  }
  void onBlock(std::uint32_t pc, Picoseconds begin) override {
    for (ActivityObserver* o : m_observers) o->onBlock(pc, begin);
  }
  void onMark(std::uint32_t kind, std::uint32_t index, Picoseconds now) override {
    for (ActivityObserver* o : m_observers) o->onMark(kind, index, now);
  }
  void onDoorbell(std::uint32_t commands, Picoseconds now) override {
    for (ActivityObserver* o : m_observers) o->onDoorbell(commands, now);
  }
  void onDispatch(const pim_command& command, std::uint32_t sequence) override {
    for (ActivityObserver* o : m_observers) o->onDispatch(command, sequence);
  }
  void onTransfer(std::uint64_t dies, LinkDirection direction, std::uint64_t bytes, Picoseconds begin,
                  Picoseconds end) override {
    for (ActivityObserver* o : m_observers) o->onTransfer(dies, direction, bytes, begin, end);
  }
  void onBankWork(std::uint64_t dies, std::uint64_t banks, Picoseconds begin, Picoseconds end) override {
    for (ActivityObserver* o : m_observers) o->onBankWork(dies, banks, begin, end);
  }
  void onCommand(const pim_command& command, std::uint32_t sequence, const CommandRecord& record,
                 const Counters& counters) override {
    for (ActivityObserver* o : m_observers) o->onCommand(command, sequence, record, counters);
  }
  void onMemoryPort(ControllerMemoryKind memory, double bytes, Picoseconds begin, Picoseconds end) override {
    for (ActivityObserver* o : m_observers) o->onMemoryPort(memory, bytes, begin, end);
  }
  void onDieRam(std::uint64_t dies, Picoseconds begin, Picoseconds end) override {
    for (ActivityObserver* o : m_observers) o->onDieRam(dies, begin, end);
  }
  void onControllerMemory(Picoseconds begin, Picoseconds end) override {
    for (ActivityObserver* o : m_observers) o->onControllerMemory(begin, end);
  }
  void onLine(ActivityLine line, bool level, Picoseconds now) override {
    for (ActivityObserver* o : m_observers) o->onLine(line, level, now);
  }
  void onHostDoorbell(Picoseconds now) override {
    for (ActivityObserver* o : m_observers) o->onHostDoorbell(now);
  }
  void onData(std::uint64_t dies, LinkDirection direction, std::uint64_t head) override {
    for (ActivityObserver* o : m_observers) o->onData(dies, direction, head);
  }
  void onMismatch(Picoseconds at) override {
    for (ActivityObserver* o : m_observers) o->onMismatch(at);
  }
  DramObserver* dramObserver(const DramAccess& access, DramObserver* next) override {
    for (ActivityObserver* o : m_observers) next = o->dramObserver(access, next);
    return next;
  }
  void onRtlDram(std::uint32_t die, const DramCommand& command) override {
    for (ActivityObserver* o : m_observers) o->onRtlDram(die, command);
  }
  void onRtlState(std::uint32_t die, std::uint32_t bank, RtlBankState state, Picoseconds at) override {
    for (ActivityObserver* o : m_observers) o->onRtlState(die, bank, state, at);
  }

 private:
  std::vector<ActivityObserver*> m_observers;
};

}  // namespace pim

#pragma once

#include "tlm/core/activity.h"

namespace pim::test {

/// Looks at nothing; tests say what they look at.
class QuietObserver : public ActivityObserver {
 public:
  void onSleep(Picoseconds, Picoseconds) override {}
  void onMark(std::uint32_t, std::uint32_t, Picoseconds) override {}
  void onDoorbell(std::uint32_t, Picoseconds) override {}
  void onDispatch(const pim_command&, std::uint32_t) override {}
  void onTransfer(std::uint64_t, LinkDirection, std::uint64_t, Picoseconds, Picoseconds) override {}
  void onBankWork(std::uint64_t, std::uint64_t, Picoseconds, Picoseconds) override {}
  void onCommand(const pim_command&, std::uint32_t, const CommandRecord&, const Counters&) override {}
};

}  // namespace pim::test

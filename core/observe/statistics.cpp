#include "core/observe/statistics.h"

namespace pim {
namespace {

/// Applies `apply(a.field, b.field)` to every number of two Counters: the one list of the fields.
template <typename Apply>
void forEachField(Counters& a, const Counters& b, Apply apply) {
  for (std::size_t i = 0; i < kComponents; ++i) apply(a.busy[i], b.busy[i]);
  for (std::size_t i = 0; i < PIM_STREAM_COUNT; ++i) {
    apply(a.bankBytes[i], b.bankBytes[i]);
    apply(a.linkInBytes[i], b.linkInBytes[i]);
    apply(a.linkOutBytes[i], b.linkOutBytes[i]);
    apply(a.controllerBytes[i], b.controllerBytes[i]);
    apply(a.messages[i], b.messages[i]);
  }
  for (std::size_t i = 0; i < kControllerMemories; ++i) {
    apply(a.memoryBusy[i], b.memoryBusy[i]);
  }
  apply(a.commands, b.commands);
  apply(a.macOperations, b.macOperations);
  apply(a.bankBusy, b.bankBusy);
  apply(a.linkBusy, b.linkBusy);
  apply(a.controllerBusy, b.controllerBusy);
  apply(a.macBusy, b.macBusy);
  apply(a.dram, b.dram);
  apply(a.bramBytes, b.bramBytes);
  apply(a.dieRamBytes, b.dieRamBytes);
  apply(a.core, b.core);
  apply(a.cramBytes, b.cramBytes);
  apply(a.cmemBytes, b.cmemBytes);
}

}  // namespace

const char* componentName(Component component) {
  static constexpr std::array<const char*, kComponents> kNames = {
      "bank_weights",       "bank_kv",       "link_weights", "link_kv",
      "controller_weights", "controller_kv", "latency",      "firmware"};
  return kNames[static_cast<std::size_t>(component)];
}

Counters& Counters::operator+=(const Counters& other) {
  forEachField(*this, other, [](auto& a, const auto& b) { a += b; });
  return *this;
}

Counters& Counters::operator-=(const Counters& other) {
  forEachField(*this, other, [](auto& a, const auto& b) { a -= b; });
  return *this;
}

bool operator==(const Counters& a, const Counters& b) {
  bool equal = true;
  Counters copy = a;
  forEachField(copy, b, [&equal](auto& x, const auto& y) { equal = equal && x == y; });
  return equal;
}

}  // namespace pim

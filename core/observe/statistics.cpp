#include "core/observe/statistics.h"

#include "core/base/word_sums.h"

namespace pim {

const char* componentName(Component component) {
  static constexpr std::array<const char*, kComponents> kNames = {
      "bank_weights",       "bank_kv",       "link_weights", "link_kv",
      "controller_weights", "controller_kv", "latency",      "firmware"};
  return kNames[static_cast<std::size_t>(component)];
}

Counters& Counters::operator+=(const Counters& other) {
  WordSums<Counters>::add(*this, other);
  return *this;
}

Counters& Counters::operator-=(const Counters& other) {
  WordSums<Counters>::subtract(*this, other);
  return *this;
}

bool operator==(const Counters& a, const Counters& b) {
  return WordSums<Counters>::of(a) == WordSums<Counters>::of(b);
}

}  // namespace pim

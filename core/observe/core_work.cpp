#include "core/observe/core_work.h"

#include "core/base/word_sums.h"

namespace pim {

const char* coreStallName(CoreStall stall) {
  static constexpr std::array<const char*, kCoreStalls> kNames = {"memory", "registers"};
  return kNames[static_cast<std::size_t>(stall)];
}

CoreWork& CoreWork::operator+=(const CoreWork& other) {
  WordSums<CoreWork>::add(*this, other);
  return *this;
}

CoreWork& CoreWork::operator-=(const CoreWork& other) {
  WordSums<CoreWork>::subtract(*this, other);
  return *this;
}

bool operator==(const CoreWork& a, const CoreWork& b) {
  return WordSums<CoreWork>::of(a) == WordSums<CoreWork>::of(b);
}

}  // namespace pim

#include "core/observe/core_work.h"

namespace pim {
namespace {

/// Applies `apply(a.field, b.field)` to every number of two CoreWorks: the one list of the fields.
template <typename Apply>
void forEachField(CoreWork& a, const CoreWork& b, Apply apply) {
  apply(a.instructions, b.instructions);
  apply(a.cycles, b.cycles);
  for (std::size_t i = 0; i < kCoreStalls; ++i) apply(a.stallCycles[i], b.stallCycles[i]);
  apply(a.asleep, b.asleep);
}

}  // namespace

const char* coreStallName(CoreStall stall) {
  static constexpr std::array<const char*, kCoreStalls> kNames = {"memory", "registers"};
  return kNames[static_cast<std::size_t>(stall)];
}

CoreWork& CoreWork::operator+=(const CoreWork& other) {
  forEachField(*this, other, [](auto& a, const auto& b) { a += b; });
  return *this;
}

CoreWork& CoreWork::operator-=(const CoreWork& other) {
  forEachField(*this, other, [](auto& a, const auto& b) { a -= b; });
  return *this;
}

bool operator==(const CoreWork& a, const CoreWork& b) {
  bool equal = true;
  CoreWork copy = a;
  forEachField(copy, b, [&equal](auto& x, const auto& y) { equal = equal && x == y; });
  return equal;
}

}  // namespace pim

// Loads and stores.
#include <cstring>

#include "core/riscv/execute.h"

namespace pim::riscv {
namespace {

/// Sign-extends where T is signed.
template <class T>
std::uint32_t extended(T value) {
  return static_cast<std::uint32_t>(static_cast<std::int32_t>(value));
}

template <class T>
void load(Hart& hart, const Op* op) {
  const std::uint32_t address = hart.source1(op) + op->immediate;
  T value;
  const std::uint8_t* from = hart.nearby<T>(address);
  if (from == nullptr) from = hart.inWindow<T>(address, hart.table().load);
  if (from != nullptr) {
    std::memcpy(&value, from, sizeof value);
    hart.setResult(op, extended(value));
    return next(hart, op);
  }
  std::uint32_t word = 0;
  if (!hart.load(op, address, sizeof value, word)) return;
  std::memcpy(&value, &word, sizeof value);
  hart.setResult(op, extended(value));
  if (hart.needsAttention()) return hart.leave(op, op->pc + op->length, false);
  return next(hart, op);
}

template <class T>
void store(Hart& hart, const Op* op) {
  const std::uint32_t address = hart.source1(op) + op->immediate;
  const std::uint32_t value = hart.source2(op);
  std::uint8_t* to = hart.nearby<T>(address);
  if (to == nullptr) to = hart.inWindow<T>(address, hart.table().store);
  if (to != nullptr) {
    std::memcpy(to, &value, sizeof(T));
    return next(hart, op);
  }
  if (!hart.store(op, address, sizeof(T), value)) return;
  if (hart.needsAttention()) return hart.leave(op, op->pc + op->length, false);
  return next(hart, op);
}

}  // namespace

Execute memoryExecutor(Kind kind) {
  switch (kind) {
    case Kind::Lb:
      return load<std::int8_t>;
    case Kind::Lh:
      return load<std::int16_t>;
    case Kind::Lw:
      return load<std::uint32_t>;
    case Kind::Lbu:
      return load<std::uint8_t>;
    case Kind::Lhu:
      return load<std::uint16_t>;
    case Kind::Sb:
      return store<std::uint8_t>;
    case Kind::Sh:
      return store<std::uint16_t>;
    case Kind::Sw:
      return store<std::uint32_t>;
    default:
      return nullptr;
  }
}

}  // namespace pim::riscv

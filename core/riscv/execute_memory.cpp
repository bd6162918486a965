// Loads and stores.
#include <cstring>

#include "core/riscv/execute.h"

namespace pim::riscv {
namespace {

/// Whether the bytes are an aligned part of the data memory, which serves them at once.
template <class T>
bool isNear(const Hart& hart, std::uint32_t address) {
  return hart.data().holds(address, sizeof(T)) && address % sizeof(T) == 0;
}

/// Sign-extends where T is signed.
template <class T>
std::uint32_t extended(T value) {
  return static_cast<std::uint32_t>(static_cast<std::int32_t>(value));
}

template <class T>
void load(Hart& hart, const Op* op) {
  const std::uint32_t address = hart.source1(op) + op->immediate;
  T value;
  if (isNear<T>(hart, address)) {
    std::memcpy(&value, hart.data().at(address), sizeof value);
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
  if (isNear<T>(hart, address)) {
    std::memcpy(hart.data().at(address), &value, sizeof(T));
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

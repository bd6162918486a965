// Loads and stores that the data memory does not serve: of the memory behind the bus that the hart may access
// directly, and by the bus. Each way is a function of its own, to which the compiler jumps: what the slower
// one needs on the stack costs the quicker one nothing.
#include <cstring>

#include "core/riscv/steps.h"

namespace pim::riscv {
namespace {

template <class T>
[[gnu::noinline]] void loadByBus(Hart& hart, const Op* op, Word address) {
  Word word = 0;
  if (!hart.load(op, address, sizeof(T), word)) return;
  std::uint8_t bytes[sizeof word];
  std::memcpy(bytes, &word, sizeof word);
  Load<T>::set(hart, op, bytes);
  if (hart.needsAttention()) return hart.leave(op, op->pc + op->length, false);
  return next(hart, op);
}

template <class T>
[[gnu::noinline]] void storeByBus(Hart& hart, const Op* op, Word address) {
  if (!hart.store(op, address, sizeof(T), hart.source2(op))) return;
  if (hart.needsAttention()) return hart.leave(op, op->pc + op->length, false);
  return next(hart, op);
}

}  // namespace

template <class T>
void Load<T>::otherwise(Hart& hart, const Op* op) {
  const Word address = hart.source1(op) + op->immediate;
  const std::uint8_t* from = hart.inWindow<T>(address, hart.table().load);
  if (from == nullptr) return loadByBus<T>(hart, op, address);
  set(hart, op, from);
  return next(hart, op);
}

template <class T>
void Store<T>::otherwise(Hart& hart, const Op* op) {
  const Word address = hart.source1(op) + op->immediate;
  std::uint8_t* to = hart.inWindow<T>(address, hart.table().store);
  if (to == nullptr) return storeByBus<T>(hart, op, address);
  std::memcpy(to, &hart.source2(op), sizeof(T));
  return next(hart, op);
}

template struct Load<std::int8_t>;
template struct Load<std::int16_t>;
template struct Load<std::uint32_t>;
template struct Load<std::uint8_t>;
template struct Load<std::uint16_t>;
template struct Store<std::uint8_t>;
template struct Store<std::uint16_t>;
template struct Store<std::uint32_t>;

Execute memoryExecutor(Kind kind) {
  switch (kind) {
    case Kind::Lb:
      return alone<Load<std::int8_t>>;
    case Kind::Lh:
      return alone<Load<std::int16_t>>;
    case Kind::Lw:
      return alone<Load<std::uint32_t>>;
    case Kind::Lbu:
      return alone<Load<std::uint8_t>>;
    case Kind::Lhu:
      return alone<Load<std::uint16_t>>;
    case Kind::Sb:
      return alone<Store<std::uint8_t>>;
    case Kind::Sh:
      return alone<Store<std::uint16_t>>;
    case Kind::Sw:
      return alone<Store<std::uint32_t>>;
    default:
      return nullptr;
  }
}

}  // namespace pim::riscv

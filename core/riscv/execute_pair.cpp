// Pairs of instructions as one executor: a jump to the next executor costs more than most instructions.
#include "core/riscv/steps.h"

namespace pim::riscv {
namespace {

template <Kind TheKind, class S>
struct Paired {
  static constexpr Kind kKind = TheKind;
  using Step = S;
};

template <class... Entries>
struct List {};

/// The kinds that the firmware executes most.
using Frequent = List<Paired<Kind::Lw, Load<std::uint32_t>>, Paired<Kind::Lbu, Load<std::uint8_t>>,
                      Paired<Kind::Sw, Store<std::uint32_t>>, Paired<Kind::Sb, Store<std::uint8_t>>,
                      Paired<Kind::Addi, Immediate<add>>, Paired<Kind::Slli, Immediate<shiftLeft>>,
                      Paired<Kind::Add, Registers<add>>, Paired<Kind::Sub, Registers<subtract>>,
                      Paired<Kind::Beq, Branch<equal>>, Paired<Kind::Bne, Branch<unequal>>,
                      Paired<Kind::Bge, Branch<notLess>>, Paired<Kind::Bltu, Branch<lessUnsigned>>,
                      Paired<Kind::Bgeu, Branch<notLessUnsigned>>>;

template <class First, class... Seconds>
Execute findSecond(Kind second, List<Seconds...> /*list*/) {
  Execute found = nullptr;
  ((second == Seconds::kKind ? void(found = inPair<typename First::Step, typename Seconds::Step>) : void()),
   ...);
  return found;
}

template <class... Firsts>
Execute findPair(Kind first, Kind second, List<Firsts...> list) {
  Execute found = nullptr;
  ((first == Firsts::kKind ? void(found = findSecond<Firsts>(second, list)) : void()), ...);
  return found;
}

}  // namespace

Execute pairExecutor(Kind first, Kind second) {
  return findPair(first, second, Frequent{});
}

}  // namespace pim::riscv

#pragma once

#include <cstdint>
#include <cstring>

#include "core/riscv/execute.h"

/// The instructions that programs execute most, as steps from which executors are made.
///
/// A step has two functions. `quick` executes the instruction and returns true, or returns false and has
/// changed nothing: a branch is taken, or an access is not one of the data memory. Then `otherwise` executes
/// the instruction and the rest of the block, or leaves the block.
namespace pim::riscv {

using Word = std::uint32_t;

constexpr std::int32_t asSigned(Word value) {
  return static_cast<std::int32_t>(value);
}

constexpr Word add(Word a, Word b) {
  return a + b;
}
constexpr Word subtract(Word a, Word b) {
  return a - b;
}
constexpr Word shiftLeft(Word a, Word b) {
  return a << (b & 31u);
}

constexpr bool equal(Word a, Word b) {
  return a == b;
}
constexpr bool unequal(Word a, Word b) {
  return a != b;
}
constexpr bool less(Word a, Word b) {
  return asSigned(a) < asSigned(b);
}
constexpr bool notLess(Word a, Word b) {
  return !less(a, b);
}
constexpr bool lessUnsigned(Word a, Word b) {
  return a < b;
}
constexpr bool notLessUnsigned(Word a, Word b) {
  return a >= b;
}

template <Word (*Compute)(Word, Word)>
struct Registers {
  static bool quick(Hart& hart, const Op* op) {
    hart.setResult(op, Compute(hart.source1(op), hart.source2(op)));
    return true;
  }
  static void otherwise(Hart& /*hart*/, const Op* /*op*/) {}
};

template <Word (*Compute)(Word, Word)>
struct Immediate {
  static bool quick(Hart& hart, const Op* op) {
    hart.setResult(op, Compute(hart.source1(op), op->immediate));
    return true;
  }
  static void otherwise(Hart& /*hart*/, const Op* /*op*/) {}
};

template <bool (*Condition)(Word, Word)>
struct Branch {
  static bool quick(Hart& hart, const Op* op) { return !Condition(hart.source1(op), hart.source2(op)); }
  static void otherwise(Hart& hart, const Op* op) {
    hart.addCycles(std::uint64_t{hart.table().branchTaken} - hart.table().branchNotTaken);
    hart.leave(op, op->immediate, true);
  }
};

/// Loads a T and sign-extends it where T is signed.
template <class T>
struct Load {
  static bool quick(Hart& hart, const Op* op) {
    const Word address = hart.source1(op) + op->immediate;
    if (!hart.isNearby<T>(address)) return false;
    set(hart, op, hart.nearby(address));
    return true;
  }
  static void otherwise(Hart& hart, const Op* op);  // execute_memory.cpp
  static void set(Hart& hart, const Op* op, const std::uint8_t* from) {
    T value;
    std::memcpy(&value, from, sizeof value);
    hart.setResult(op, static_cast<Word>(static_cast<std::int32_t>(value)));
  }
};

template <class T>
struct Store {
  static bool quick(Hart& hart, const Op* op) {
    const Word address = hart.source1(op) + op->immediate;
    if (!hart.isNearby<T>(address)) return false;
    std::memcpy(hart.nearby(address), &hart.source2(op), sizeof(T));
    return true;
  }
  static void otherwise(Hart& hart, const Op* op);  // execute_memory.cpp
};

/// Executor of one step.
template <class Step>
void alone(Hart& hart, const Op* op) {
  if (!Step::quick(hart, op)) return Step::otherwise(hart, op);
  return next(hart, op);
}

/// Executor of two steps one after another.
template <class First, class Second>
void inPair(Hart& hart, const Op* op) {
  if (!First::quick(hart, op)) return First::otherwise(hart, op);
  if (!Second::quick(hart, op + 1)) return Second::otherwise(hart, op + 1);
  return next(hart, op + 1);
}

}  // namespace pim::riscv

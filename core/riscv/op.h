#pragma once

#include <cstdint>

namespace pim::riscv {

class Hart;
struct Op;

/// Executes an instruction of a block and goes on with the next of the block, or leaves the block.
using Execute = void (*)(Hart&, const Op*);

/// An instruction of a block, ready to run.
struct Op {
  Execute run;
  std::uint32_t immediate;  ///< of a jump or branch its target, of AUIPC its result
  std::uint32_t pc;
  std::uint32_t cycles;  ///< of the block up to and with this one, if nothing waits
  std::uint32_t word;    ///< as fetched
  std::uint16_t count;   ///< instructions of the block up to and with this one
  std::uint8_t rd;       ///< kSink for x0: writes to it go nowhere
  std::uint8_t rs1, rs2;
  std::uint8_t length;
};

constexpr std::uint8_t kSink = 32;

}  // namespace pim::riscv

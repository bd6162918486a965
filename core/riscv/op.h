#pragma once

#include <cstdint>

namespace pim::riscv {

class Hart;
struct Op;

/// Executes an instruction of a block and continues with the next one, or leaves the block.
using Execute = void (*)(Hart&, const Op*);

/// An instruction of a block, ready to run.
struct Op {
  Execute run;
  std::uint32_t immediate;  ///< of a jump or branch the target, of AUIPC the result
  std::uint32_t pc;
  std::uint32_t cycles;  ///< from the block's start to the end of this instruction, if no access waits
  std::uint32_t word;    ///< as fetched
  std::uint16_t count;   ///< instructions from the block's start to this one, included
  std::uint8_t rd;       ///< kSink for x0: discards the result
  std::uint8_t rs1, rs2;
  std::uint8_t length;
};

constexpr std::uint8_t kSink = 32;

}  // namespace pim::riscv

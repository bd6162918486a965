#pragma once

#include <cstdint>

namespace pim::riscv {

/// The instructions of RV32IMAC with Zicsr and Zifencei, and what machine mode adds. A compressed instruction
/// is the instruction that it stands for, 2 bytes long.
enum class Kind : std::uint8_t {
  Illegal,
  // clang-format off
  Lui, Auipc, Jal, Jalr,
  Beq, Bne, Blt, Bge, Bltu, Bgeu,
  Lb, Lh, Lw, Lbu, Lhu, Sb, Sh, Sw,
  Addi, Slti, Sltiu, Xori, Ori, Andi, Slli, Srli, Srai,
  Add, Sub, Sll, Slt, Sltu, Xor, Srl, Sra, Or, And,
  Mul, Mulh, Mulhsu, Mulhu, Div, Divu, Rem, Remu,
  LrW, ScW, AmoswapW, AmoaddW, AmoxorW, AmoandW, AmoorW, AmominW, AmomaxW, AmominuW, AmomaxuW,
  Csrrw, Csrrs, Csrrc, Csrrwi, Csrrsi, Csrrci,
  Fence, FenceI, Ecall, Ebreak, Mret, Wfi,
  // clang-format on
  EndOfBlock,  ///< no instruction: control leaves a block that nothing else ends
};
constexpr unsigned kKinds = static_cast<unsigned>(Kind::EndOfBlock) + 1;

/// An instruction taken apart. `immediate` is sign-extended; of a CSR instruction it is the CSR's number, and
/// rs1 the five immediate bits where it has those.
struct Instruction {
  Kind kind = Kind::Illegal;
  std::uint8_t rd = 0, rs1 = 0, rs2 = 0;
  std::uint8_t length = 4;  ///< bytes
  std::int32_t immediate = 0;
  std::uint32_t word = 0;  ///< as fetched; the upper half of a compressed one is 0
};

/// Takes the instruction apart whose first bytes are `word`, little-endian.
Instruction decode(std::uint32_t word);

/// The 32-bit instruction that a compressed one (bits 1..0 are not 11) stands for; 0, which is illegal, for
/// none.
std::uint32_t expandCompressed(std::uint16_t half);

inline bool isCompressed(std::uint32_t word) {
  return (word & 3u) != 3u;
}

}  // namespace pim::riscv

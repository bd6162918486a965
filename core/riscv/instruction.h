#pragma once

#include <cstdint>

namespace pim::riscv {

/// The instructions of RV32IMAC with Zicsr and Zifencei, and those of machine mode. A compressed instruction
/// is decoded as the instruction that it stands for, with a length of 2 bytes.
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
  EndOfBlock,  ///< no instruction: control leaves a block that no other instruction ends
};
constexpr unsigned kKinds = static_cast<unsigned>(Kind::EndOfBlock) + 1;

/// A decoded instruction. `immediate` is sign-extended. A CSR instruction has the CSR's number in
/// `immediate`, and in rs1 the register or the five immediate bits.
struct Instruction {
  Kind kind = Kind::Illegal;
  std::uint8_t rd = 0, rs1 = 0, rs2 = 0;
  std::uint8_t length = 4;  ///< bytes
  std::int32_t immediate = 0;
  std::uint32_t word = 0;  ///< as fetched; a compressed instruction has zeros in the upper half
};

/// Decodes the instruction whose first bytes are `word`, little-endian.
Instruction decode(std::uint32_t word);

/// Expands a compressed instruction (bits 1..0 are not 11) to 32 bits. Returns 0, an illegal instruction, if
/// there is none.
std::uint32_t expandCompressed(std::uint16_t half);

inline bool isCompressed(std::uint32_t word) {
  return (word & 3u) != 3u;
}

}  // namespace pim::riscv

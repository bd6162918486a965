#include <array>

#include "core/riscv/instruction.h"

namespace pim::riscv {
namespace {

std::uint32_t bits(std::uint32_t word, unsigned high, unsigned low) {
  return word >> low & ((1u << (high - low + 1)) - 1);
}

std::int32_t signedBits(std::uint32_t value, unsigned width) {
  const std::uint32_t sign = 1u << (width - 1);
  return static_cast<std::int32_t>((value ^ sign) - sign);
}

std::int32_t immediateI(std::uint32_t w) {
  return signedBits(bits(w, 31, 20), 12);
}
std::int32_t immediateS(std::uint32_t w) {
  return signedBits(bits(w, 31, 25) << 5 | bits(w, 11, 7), 12);
}
std::int32_t immediateB(std::uint32_t w) {
  return signedBits(bits(w, 31, 31) << 12 | bits(w, 7, 7) << 11 | bits(w, 30, 25) << 5 | bits(w, 11, 8) << 1,
                    13);
}
std::int32_t immediateJ(std::uint32_t w) {
  return signedBits(
      bits(w, 31, 31) << 20 | bits(w, 19, 12) << 12 | bits(w, 20, 20) << 11 | bits(w, 30, 21) << 1, 21);
}

using ByFunction = std::array<Kind, 8>;
constexpr Kind kNone = Kind::Illegal;
constexpr ByFunction kBranches{Kind::Beq, Kind::Bne, kNone,      kNone,
                               Kind::Blt, Kind::Bge, Kind::Bltu, Kind::Bgeu};
constexpr ByFunction kLoads{Kind::Lb, Kind::Lh, Kind::Lw, kNone, Kind::Lbu, Kind::Lhu, kNone, kNone};
constexpr ByFunction kStores{Kind::Sb, Kind::Sh, Kind::Sw, kNone, kNone, kNone, kNone, kNone};
constexpr ByFunction kImmediates{Kind::Addi, Kind::Slli, Kind::Slti, Kind::Sltiu,
                                 Kind::Xori, Kind::Srli, Kind::Ori,  Kind::Andi};
constexpr ByFunction kRegisters{Kind::Add, Kind::Sll, Kind::Slt, Kind::Sltu,
                                Kind::Xor, Kind::Srl, Kind::Or,  Kind::And};
constexpr ByFunction kMultiplies{Kind::Mul, Kind::Mulh, Kind::Mulhsu, Kind::Mulhu,
                                 Kind::Div, Kind::Divu, Kind::Rem,    Kind::Remu};
constexpr ByFunction kCsrs{kNone, Kind::Csrrw,  Kind::Csrrs,  Kind::Csrrc,
                           kNone, Kind::Csrrwi, Kind::Csrrsi, Kind::Csrrci};

Kind immediateKind(std::uint32_t word, unsigned function) {
  const std::uint32_t upper = bits(word, 31, 25);
  if (function == 1) return upper == 0 ? Kind::Slli : kNone;
  if (function == 5) return upper == 0 ? Kind::Srli : upper == 0x20 ? Kind::Srai : kNone;
  return kImmediates[function];
}

Kind registerKind(std::uint32_t word, unsigned function) {
  switch (bits(word, 31, 25)) {
    case 0x00:
      return kRegisters[function];
    case 0x01:
      return kMultiplies[function];
    case 0x20:
      return function == 0 ? Kind::Sub : function == 5 ? Kind::Sra : kNone;
    default:
      return kNone;
  }
}

Kind atomicKind(std::uint32_t word, unsigned function) {
  if (function != 2) return kNone;
  switch (bits(word, 31, 27)) {
    case 0x02:
      return bits(word, 24, 20) == 0 ? Kind::LrW : kNone;
    case 0x03:
      return Kind::ScW;
    case 0x01:
      return Kind::AmoswapW;
    case 0x00:
      return Kind::AmoaddW;
    case 0x04:
      return Kind::AmoxorW;
    case 0x0C:
      return Kind::AmoandW;
    case 0x08:
      return Kind::AmoorW;
    case 0x10:
      return Kind::AmominW;
    case 0x14:
      return Kind::AmomaxW;
    case 0x18:
      return Kind::AmominuW;
    case 0x1C:
      return Kind::AmomaxuW;
    default:
      return kNone;
  }
}

Kind systemKind(std::uint32_t word, unsigned function) {
  if (function != 0) return kCsrs[function];
  switch (word) {
    case 0x00000073:
      return Kind::Ecall;
    case 0x00100073:
      return Kind::Ebreak;
    case 0x30200073:
      return Kind::Mret;
    case 0x10500073:
      return Kind::Wfi;
    default:
      return kNone;
  }
}

Instruction decodeFull(std::uint32_t word) {
  Instruction i;
  i.word = word;
  i.rd = static_cast<std::uint8_t>(bits(word, 11, 7));
  i.rs1 = static_cast<std::uint8_t>(bits(word, 19, 15));
  i.rs2 = static_cast<std::uint8_t>(bits(word, 24, 20));
  const unsigned function = bits(word, 14, 12);
  switch (bits(word, 6, 0)) {
    case 0x37:
      i.kind = Kind::Lui;
      i.immediate = static_cast<std::int32_t>(word & 0xFFFFF000u);
      break;
    case 0x17:
      i.kind = Kind::Auipc;
      i.immediate = static_cast<std::int32_t>(word & 0xFFFFF000u);
      break;
    case 0x6F:
      i.kind = Kind::Jal;
      i.immediate = immediateJ(word);
      break;
    case 0x67:
      i.kind = function == 0 ? Kind::Jalr : kNone;
      i.immediate = immediateI(word);
      break;
    case 0x63:
      i.kind = kBranches[function];
      i.immediate = immediateB(word);
      break;
    case 0x03:
      i.kind = kLoads[function];
      i.immediate = immediateI(word);
      break;
    case 0x23:
      i.kind = kStores[function];
      i.immediate = immediateS(word);
      break;
    case 0x13:
      i.kind = immediateKind(word, function);
      i.immediate = function == 1 || function == 5 ? static_cast<std::int32_t>(i.rs2) : immediateI(word);
      break;
    case 0x33:
      i.kind = registerKind(word, function);
      break;
    case 0x2F:
      i.kind = atomicKind(word, function);
      break;
    case 0x0F:
      i.kind = function == 0 ? Kind::Fence : function == 1 ? Kind::FenceI : kNone;
      break;
    case 0x73:
      i.kind = systemKind(word, function);
      i.immediate = static_cast<std::int32_t>(bits(word, 31, 20));
      break;
    default:
      break;
  }
  return i;
}

}  // namespace

Instruction decode(std::uint32_t word) {
  if (!isCompressed(word)) return decodeFull(word);
  const auto half = static_cast<std::uint16_t>(word);
  Instruction instruction = decodeFull(expandCompressed(half));
  instruction.length = 2;
  instruction.word = half;
  return instruction;
}

}  // namespace pim::riscv

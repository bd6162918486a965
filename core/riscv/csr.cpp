#include "core/riscv/csr.h"

namespace pim::riscv {
namespace {

// Numbers, from the privileged specification's table of machine-level CSRs.
enum Number : std::uint32_t {
  kMstatus = 0x300,
  kMisa = 0x301,
  kMieRegister = 0x304,
  kMtvec = 0x305,
  kMstatush = 0x310,
  kMcountinhibit = 0x320,
  kMhpmevent3 = 0x323,
  kMhpmevent31 = 0x33F,
  kMscratch = 0x340,
  kMepc = 0x341,
  kMcause = 0x342,
  kMtval = 0x343,
  kMip = 0x344,
  kPmpcfg0 = 0x3A0,
  kPmpcfg3 = 0x3A3,
  kPmpaddr0 = 0x3B0,
  kPmpaddr15 = 0x3BF,
  kTselect = 0x7A0,
  kTdata3 = 0x7A3,
  kMcycle = 0xB00,
  kMinstret = 0xB02,
  kMhpmcounter3 = 0xB03,
  kMhpmcounter31 = 0xB1F,
  kMcycleh = 0xB80,
  kMinstreth = 0xB82,
  kMhpmcounter3h = 0xB83,
  kMhpmcounter31h = 0xB9F,
  kCycle = 0xC00,
  kTime = 0xC01,
  kInstret = 0xC02,
  kCycleh = 0xC80,
  kTimeh = 0xC81,
  kInstreth = 0xC82,
  kMvendorid = 0xF11,
  kMconfigptr = 0xF15,
};

/// Of each entry's byte all but the lock, without which an entry does not bind machine mode.
constexpr std::uint32_t kPmpcfgBits = 0x1F1F1F1F;

constexpr std::uint32_t kMisaValue =
    1u << 30 | 1u << ('I' - 'A') | 1u << ('M' - 'A') | 1u << ('A' - 'A') | 1u << ('C' - 'A');

std::uint32_t low(std::uint64_t value) {
  return static_cast<std::uint32_t>(value);
}
std::uint32_t high(std::uint64_t value) {
  return static_cast<std::uint32_t>(value >> 32);
}

/// The counter with one half written.
std::uint64_t withHalf(std::uint64_t before, std::uint32_t written, bool upper) {
  return upper ? std::uint64_t{written} << 32 | low(before) : std::uint64_t{high(before)} << 32 | written;
}

bool isWithin(std::uint32_t number, Number first, Number last) {
  return number >= first && number <= last;
}

/// Of triggers (tselect): there are none.
bool readsAsZero(std::uint32_t number) {
  return isWithin(number, kTselect, kTdata3) || number == kMstatush || number == kMcountinhibit ||
         isWithin(number, kMhpmevent3, kMhpmevent31) || isWithin(number, kMhpmcounter3, kMhpmcounter31) ||
         isWithin(number, kMhpmcounter3h, kMhpmcounter31h) || isWithin(number, kMvendorid, kMconfigptr);
}

}  // namespace

std::optional<std::uint32_t> CsrFile::read(std::uint32_t number, CounterValues counters) const {
  const std::uint64_t cycle = counters.cycle + m_cycleOffset;
  const std::uint64_t retired = counters.retired + m_retiredOffset;
  if (isWithin(number, kPmpcfg0, kPmpcfg3)) return m_pmpcfg[number - kPmpcfg0];
  if (isWithin(number, kPmpaddr0, kPmpaddr15)) return m_pmpaddr[number - kPmpaddr0];
  switch (number) {
    case kMstatus:
      return mstatus;
    case kMisa:
      return kMisaValue;
    case kMieRegister:
      return mie;
    case kMtvec:
      return mtvec;
    case kMscratch:
      return mscratch;
    case kMepc:
      return mepc;
    case kMcause:
      return mcause;
    case kMtval:
      return mtval;
    case kMip:
      return mip;
    case kMcycle:
    case kCycle:
    case kTime:
      return low(cycle);
    case kMcycleh:
    case kCycleh:
    case kTimeh:
      return high(cycle);
    case kMinstret:
    case kInstret:
      return low(retired);
    case kMinstreth:
    case kInstreth:
      return high(retired);
    default:
      if (readsAsZero(number)) return 0;
      return std::nullopt;
  }
}

bool CsrFile::write(std::uint32_t number, std::uint32_t value, CounterValues counters) {
  if (number >> 10 == 3) return false;  // read-only by its number
  if (isWithin(number, kPmpcfg0, kPmpcfg3)) {
    m_pmpcfg[number - kPmpcfg0] = value & kPmpcfgBits;
    return true;
  }
  if (isWithin(number, kPmpaddr0, kPmpaddr15)) {
    m_pmpaddr[number - kPmpaddr0] = value;
    return true;
  }
  switch (number) {
    case kMstatus:
      mstatus = (value & (kMstatusMie | kMstatusMpie)) | kMstatusMpp;
      return true;
    case kMieRegister:
      mie = value & kMachineExternal;
      return true;
    case kMtvec:
      mtvec = value & ~2u;  // direct or vectored
      return true;
    case kMscratch:
      mscratch = value;
      return true;
    case kMepc:
      mepc = value & ~1u;
      return true;
    case kMcause:
      mcause = value;
      return true;
    case kMtval:
      mtval = value;
      return true;
    case kMisa:
    case kMip:  // its one bit is the line
      return true;
    case kMcycle:
    case kMcycleh:
      m_cycleOffset = withHalf(counters.cycle + m_cycleOffset, value, number == kMcycleh) - counters.cycle;
      return true;
    case kMinstret:
    case kMinstreth:
      // The write takes the place of this instruction's own count.
      m_retiredOffset =
          withHalf(counters.retired + m_retiredOffset, value, number == kMinstreth) - (counters.retired + 1);
      return true;
    default:
      return readsAsZero(number);
  }
}

}  // namespace pim::riscv

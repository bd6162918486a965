#pragma once

#include <array>
#include <cstdint>
#include <optional>

namespace pim::riscv {

/// The values of the counters when an instruction accesses a CSR.
struct CounterValues {
  std::uint64_t cycle;
  std::uint64_t retired;  ///< instructions before this one
};

constexpr std::uint32_t kMachineExternal = 1u << 11;  ///< bit of mip and mie
constexpr std::uint32_t kMstatusMie = 1u << 3;
constexpr std::uint32_t kMstatusMpie = 1u << 7;
constexpr std::uint32_t kMstatusMpp = 3u << 11;  ///< machine mode, the only one

/// Control and status registers of a hart that has machine mode only (RISC-V Privileged Architecture 1.12).
class CsrFile {
 public:
  std::uint32_t mstatus = kMstatusMpp;
  std::uint32_t mie = 0;
  std::uint32_t mip = 0;  ///< driven by the interrupt line
  std::uint32_t mtvec = 0;
  std::uint32_t mscratch = 0;
  std::uint32_t mepc = 0;
  std::uint32_t mcause = 0;
  std::uint32_t mtval = 0;

  /// Returns the register's value; nothing if the register does not exist.
  std::optional<std::uint32_t> read(std::uint32_t number, CounterValues counters) const;
  /// Writes a register. Returns false if it does not exist or is read-only.
  bool write(std::uint32_t number, std::uint32_t value, CounterValues counters);

  bool interruptPending() const { return (mip & mie) != 0; }
  bool interruptTaken() const { return interruptPending() && (mstatus & kMstatusMie) != 0; }

 private:
  // Physical memory protection restricts modes that this hart lacks: the registers exist, without an effect.
  std::array<std::uint32_t, 4> m_pmpcfg{};
  std::array<std::uint32_t, 16> m_pmpaddr{};
  // Writes to counters are stored as offsets to the hart's own counts.
  std::uint64_t m_cycleOffset = 0;
  std::uint64_t m_retiredOffset = 0;
};

}  // namespace pim::riscv

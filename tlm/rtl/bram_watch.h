#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/operations/bank_operation.h"
#include "tlm/rtl/bank_model.h"

namespace pim {

/// Finds the cycle in which the RTL of a bank writes certain bytes of BRAM: reads them over the bus, which
/// takes no cycle of the DRAM clock, after each cycle.
class BramWatch {
 public:
  /// `model` must outlive the object.
  BramWatch(BankModel& model, const BramSpan& span);

  /// Is called after each cycle.
  void look();

  /// Returns the last cycle that changed the bytes; nothing if none did.
  std::optional<std::int64_t> lastChange() const { return m_lastChange; }

 private:
  std::vector<std::uint8_t> read();

  BankModel& m_model;
  BramSpan m_span;
  std::vector<std::uint8_t> m_bytes;
  std::optional<std::int64_t> m_lastChange;
};

}  // namespace pim

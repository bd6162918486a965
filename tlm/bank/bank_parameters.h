#pragma once

#include <cstdint>

#include "core/dram/bank_timing.h"
#include "core/operations/bank_cost.h"

namespace pim {

/// The parameters of a bank; the banks of a die share one object.
struct BankParameters {
  BankTiming dram;
  BankCompute compute;
  std::uint32_t bramBytes = 64 * 1024;
  bool functional = false;  ///< store and compute data; otherwise only time and counts
};

}  // namespace pim

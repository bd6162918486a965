#pragma once

#include <cstdint>

#include "core/base/work_pool.h"
#include "core/dram/bank_timing.h"
#include "core/dram/dram_command.h"
#include "core/observe/activity.h"
#include "core/operations/bank_cost.h"

namespace pim {

/// Everything a bank is built from; the banks of a die share one.
struct BankParameters {
  BankTiming dram;
  BankCompute compute;
  std::uint32_t bramBytes = 64 * 1024;
  DramObserver* observer =
      nullptr;  ///< sees every DRAM command; then streams are simulated command by command
  ActivityObserver* activity = nullptr;  ///< may want to see DRAM commands
  WorkPool* workers = nullptr;           ///< compute the data; null: at once, where a command is served
  bool functional = false;               ///< hold and compute data; otherwise only time and counts
};

}  // namespace pim

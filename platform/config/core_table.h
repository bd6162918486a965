#pragma once

#include <string>
#include <vector>

#include "core/riscv/cycle_table.h"
#include "platform/config/field.h"

namespace pim::platform {

/// Returns the names of the cycle tables built into the executable, sorted.
std::vector<std::string> cycleTableNames();

/// Loads a cycle table: a built-in one, or a file if `nameOrPath` ends in .yaml or .yml. Throws a UserError
/// if there is no such table or a key is missing.
riscv::CycleTable loadCycleTable(const std::string& nameOrPath);

Schema cycleTableSchema(riscv::CycleTable& table);

}  // namespace pim::platform

#pragma once

#include <string>
#include <vector>

#include "core/riscv/cycle_table.h"
#include "platform/config/field.h"

namespace pim::platform {

/// Names of the cycle tables that are built into the executable, sorted.
std::vector<std::string> cycleTableNames();

/// A cycle table built into the executable, or read from a file where `nameOrPath` ends in .yaml or .yml.
/// UserError: no such table, or one that lacks a key.
riscv::CycleTable loadCycleTable(const std::string& nameOrPath);

Schema cycleTableSchema(riscv::CycleTable& table);

}  // namespace pim::platform

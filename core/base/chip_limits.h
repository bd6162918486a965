#pragma once

#include <cstdint>

#include "core/base/address_map.h"

/// The largest chip: upper limits of configuration keys and of the values that error messages suggest.
namespace pim {

constexpr std::uint32_t kMostDies = 64;
constexpr std::uint32_t kMostBanksPerDie = 32;  // a bank mask has 32 bits
constexpr std::uint32_t kMostBramBytes = BankAddress::kBramLimit;
constexpr std::uint64_t kMostBmemBytes = std::uint64_t{2048} << 20;
constexpr std::uint64_t kMostDieRamBytes = std::uint64_t{1} << 30;
constexpr std::uint64_t kMostCmemBytes = std::uint64_t{4096} << 20;

}  // namespace pim

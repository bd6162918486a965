#pragma once

#include <cstdint>

#include "core/base/address_map.h"

/// How large a chip may be: the ends of the ranges of the keys, and of what a refusal advises.
namespace pim {

constexpr std::uint32_t kMostDies = 64;
constexpr std::uint32_t kMostBanksPerDie = 32;  // a bank mask has 32 bits
constexpr std::uint32_t kMostBramBytes = BankAddress::kBramLimit;
constexpr std::uint64_t kMostBmemBytes = std::uint64_t{2048} << 20;
constexpr std::uint64_t kMostDieRamBytes = std::uint64_t{1} << 30;
constexpr std::uint64_t kMostCmemBytes = std::uint64_t{4096} << 20;

}  // namespace pim

#pragma once

#include <cstdint>

#include "core/base/ids.h"
#include "core/link/die_timing.h"

namespace pim {

struct DieParameters {
  DieIndex die;  ///< on the chip
  std::uint32_t banks = 16;
  DieTiming::Parameters timing;
  std::uint32_t ramBytes = 64 * 1024;
  /// Simulates every bank by itself, without lock-step classes. In lock-step, a die may
  /// keep no timing of its own, so access its banks over the bus in exact mode only.
  bool exact = false;
  /// Wiring::dieEngine does not carry accesses, it is compared with the model. Either needs data and `exact`.
  bool compare = false;
};

}  // namespace pim

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
  /// Every bank on its own, no lock-step classes. With classes, a die that runs in lock-step with another
  /// keeps no timing of its own, so its banks should be looked at from the bus in exact mode only.
  bool exact = false;
  /// Wiring::dieEngine does not carry accesses, it is compared with the model. Either needs data and `exact`.
  bool compare = false;
};

}  // namespace pim

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
  /// Simulates every bank separately, without lock-step classes. A die in lock step may have no timing state
  /// of its own, so access its banks over the bus in exact mode only.
  bool exact = false;
  /// Compares Wiring::dieEngine with the model; false: the engine replaces the model. Both need data and
  /// `exact`.
  bool compare = false;
};

}  // namespace pim

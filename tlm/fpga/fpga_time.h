#pragma once

#include <systemc>

#include "core/fpga/instruction_timing.h"

namespace pim::fpga {

/// Rounds femtoseconds to the nearest time of the kernel. Durations are added in femtoseconds and only the
/// sum is rounded, so that errors do not accumulate.
inline sc_core::sc_time toScTime(Femtoseconds time) {
  constexpr Femtoseconds kPerPicosecond = 1000;
  return sc_core::sc_time::from_value(
      static_cast<sc_core::sc_time::value_type>((time + kPerPicosecond / 2) / kPerPicosecond));
}

}  // namespace pim::fpga

#pragma once

#include <systemc>

#include "core/fpga/instruction_timing.h"

namespace pim::fpga {

/// The kernel's time nearest to so many femtoseconds. Durations add up in femtoseconds; only what the kernel
/// waits for is rounded, and never twice.
inline sc_core::sc_time toScTime(Femtoseconds time) {
  constexpr Femtoseconds kPerPicosecond = 1000;
  return sc_core::sc_time::from_value(
      static_cast<sc_core::sc_time::value_type>((time + kPerPicosecond / 2) / kPerPicosecond));
}

}  // namespace pim::fpga

#pragma once

#include <string>

#include "core/observe/activity.h"

namespace pim {

/// Where a block of RTL stands in the chip, and what it is for.
struct RtlPlace {
  std::string block;                     ///< its name in messages: "die3.bank5"
  bool compare = false;                  ///< runs beside the model and is compared with it; else in its place
  std::string waveFile;                  ///< where the waveform of a mismatch goes; empty: nowhere
  ActivityObserver* activity = nullptr;  ///< told what the RTL does
};

}  // namespace pim

#pragma once

#include <string>

#include "core/observe/activity.h"

namespace pim {

/// The place of an RTL block in the chip, and its use.
struct RtlPlace {
  std::string block;     ///< its name in messages: "die3.bank5"
  bool compare = false;  ///< runs in parallel with the model for comparison; else in its place
  std::string waveFile;  ///< file for the waveform of a mismatch; empty: none
  ActivityObserver* activity = nullptr;  ///< is told of the RTL's activity
};

}  // namespace pim

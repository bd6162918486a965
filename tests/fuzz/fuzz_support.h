#pragma once

#include <cstdlib>
#include <string>

#include "core/base/error.h"
#include "sw/host/checkpoint/mapped_file.h"

namespace pim::host::fuzz {

/// Runs the code under test: UserError with one line is the one thing it may throw.
template <typename Action>
void expectUserErrorOrNothing(const Action& action) {
  try {
    action();
  } catch (const UserError& error) {
    if (std::string(error.what()).find('\n') != std::string::npos) std::abort();
  }
}

}  // namespace pim::host::fuzz

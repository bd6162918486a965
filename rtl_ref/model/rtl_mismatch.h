#pragma once

#include <stdexcept>

namespace pim {

/// RTL and model disagree. The text names block, request, what differs, expected and actual value and cycle.
struct RtlMismatch : std::logic_error {
  using std::logic_error::logic_error;
};

}  // namespace pim

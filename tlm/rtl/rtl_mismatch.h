#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

#include "tlm/rtl/rtl_assertion.h"

namespace pim {

/// How the text of an RtlMismatch begins, for those to whom it comes as a text.
inline constexpr const char* kMismatchPrefix = "RTL and model differ: ";

/// The first thing in which the RTL of a block and its model differ.
struct Mismatch {
  std::string block;
  std::string command;
  std::string field;
  std::string expected;  ///< of the model
  std::string actual;    ///< of the RTL
  std::int64_t cycle = 0;

  /// All of it in one line.
  std::string text() const;
};

/// Ends a run in which RTL and model differ. The text names block, command, field, expected and actual value
/// and cycle, and says where the waveform is.
struct RtlMismatch : std::logic_error {
  using std::logic_error::logic_error;
  /// `waveFile`: empty where there is none.
  RtlMismatch(const Mismatch& mismatch, const std::string& waveFile);
};

/// What an assertion of the RTL that does not hold is in a Mismatch.
Mismatch mismatchOf(const RtlAssertion& assertion, std::int64_t cycle);

/// Clocks without a handshake or an end after which a block counts as hanging.
struct RtlHang : std::logic_error {
  using std::logic_error::logic_error;
};

}  // namespace pim

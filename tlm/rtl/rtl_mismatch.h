#pragma once

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>

#include "tlm/rtl/rtl_assertion.h"

namespace pim {

/// Begin of the text of an RtlMismatch, for code that receives only the text.
inline constexpr const char* kMismatchPrefix = "RTL and model differ: ";

/// The first difference between the RTL of a block and its model.
struct Mismatch {
  std::string block;
  std::string command;
  std::string field;
  std::string expected;  ///< of the model
  std::string actual;    ///< of the RTL
  std::int64_t cycle = 0;

  /// Takes the cycle in which the RTL wrote what differs; nothing if it left it as it was.
  void tellWrite(std::optional<std::int64_t> written);

  /// Returns all fields in one line.
  std::string text() const;
};

/// Ends a run in which RTL and model differ. The text names block, command, field, expected and actual value
/// and cycle, and the file of the waveform.
struct RtlMismatch : std::logic_error {
  using std::logic_error::logic_error;
  /// `waveFile`: empty if there is none.
  RtlMismatch(const Mismatch& mismatch, const std::string& waveFile);
};

/// Converts a failed assertion of the RTL to a Mismatch.
Mismatch mismatchOf(const RtlAssertion& assertion, std::int64_t cycle);

/// Thrown if a block makes no handshake and does not end within a limit of cycles.
struct RtlHang : std::logic_error {
  using std::logic_error::logic_error;
};

}  // namespace pim

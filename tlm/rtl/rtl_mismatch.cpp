#include "tlm/rtl/rtl_mismatch.h"

#include <fmt/format.h>

namespace pim {

std::string Mismatch::text() const {
  return fmt::format("{}: {}: {}: expected {}, got {}, cycle {}", block, command, field, expected, actual,
                     cycle);
}

void Mismatch::tellWrite(std::optional<std::int64_t> written) {
  if (written) {
    cycle = *written;
  } else {
    actual += ", unchanged";
  }
}

RtlMismatch::RtlMismatch(const Mismatch& mismatch, const std::string& waveFile)
    : std::logic_error(kMismatchPrefix + mismatch.text() +
                       (waveFile.empty() ? "" : "; waveform: " + waveFile)) {}

Mismatch mismatchOf(const RtlAssertion& assertion, std::int64_t cycle) {
  return {{}, {}, "assertion at " + assertion.place, "holds", "fails", cycle};
}

}  // namespace pim

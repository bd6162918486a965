#include "tlm/rtl/rtl_mismatch.h"

#include <fmt/format.h>

namespace pim {

std::string Mismatch::text() const {
  return fmt::format("{}: {}: {}: expected {}, got {}, cycle {}", block, command, field, expected, actual,
                     cycle);
}

RtlMismatch::RtlMismatch(const Mismatch& mismatch, const std::string& waveFile)
    : std::logic_error("RTL and model differ: " + mismatch.text() +
                       (waveFile.empty() ? "" : "; waveform: " + waveFile)) {}

}  // namespace pim

#pragma once

#include <cstdint>
#include <tlm>
#include <vector>

#include "core/base/address_map.h"

namespace pim {

// What a payload says, in the words of the RTL's ports: an error code, and a strobe of 0 or 1 for each byte.

BusError errorOf(const tlm::tlm_generic_payload& payload);
tlm::tlm_response_status statusOf(BusError error);

/// Each byte's, from byte enables that repeat; empty: all bytes.
std::vector<std::uint8_t> strobesOf(const tlm::tlm_generic_payload& payload);
/// Strobes made byte enables, which are kept in `enables`; none where no byte is left out.
void setStrobes(tlm::tlm_generic_payload& payload, const std::vector<std::uint8_t>& strobes,
                std::vector<std::uint8_t>& enables);

}  // namespace pim

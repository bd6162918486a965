#pragma once

#include <cstdint>
#include <tlm>
#include <vector>

#include "core/base/address_map.h"

namespace pim {

// Converts between payloads and the ports of the RTL: error codes, and one strobe of 0 or 1 per byte.

BusError errorOf(const tlm::tlm_generic_payload& payload);
tlm::tlm_response_status statusOf(BusError error);

/// Strobes of a payload, one per byte, from byte enables that may repeat. Empty: all bytes.
std::vector<std::uint8_t> strobesOf(const tlm::tlm_generic_payload& payload);
/// Sets byte enables from strobes; `enables` stores them. Sets none if every byte is enabled.
void setStrobes(tlm::tlm_generic_payload& payload, const std::vector<std::uint8_t>& strobes,
                std::vector<std::uint8_t>& enables);

}  // namespace pim

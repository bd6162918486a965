#pragma once

#include <cstdint>
#include <tlm>

namespace pim {

/// The checks every memory-like target makes before it serves a payload: plain read or write of at least a
/// byte, no wrapping streams, all of it below `size`. Sets the response status and returns false when it
/// refuses.
bool acceptAccess(tlm::tlm_generic_payload& payload, std::uint64_t size);

/// The same for a register of 32 bits: one aligned word, no byte enables.
bool acceptRegisterAccess(tlm::tlm_generic_payload& payload, std::uint64_t size);

/// Moves the payload's bytes to or from `bytes` (already offset), honouring byte enables.
void moveBytes(tlm::tlm_generic_payload& payload, std::uint8_t* bytes);

}  // namespace pim

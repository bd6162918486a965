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

/// Serves a debug access to the `size` bytes at `bytes`. Of the payload only command, address, pointer and
/// length count (IEEE 1666-2011, 11.3.4). Returns the number of bytes moved: all of them or none.
unsigned debugAccess(tlm::tlm_generic_payload& payload, std::uint8_t* bytes, std::uint64_t size);

/// Denies direct pointers to [start, end], for reading and for writing. Returns false, as
/// get_direct_mem_ptr() does then.
bool denyDirectPointer(tlm::tlm_dmi& dmi, std::uint64_t start, std::uint64_t end);

/// Moves the payload's bytes to or from `bytes` (already offset), honouring byte enables.
void moveBytes(tlm::tlm_generic_payload& payload, std::uint8_t* bytes);

}  // namespace pim

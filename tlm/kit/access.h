#pragma once

#include <cstdint>
#include <tlm>

namespace pim {

/// Checks a payload for a memory-like target: a plain read or write of at least one byte, no wrapping stream,
/// all of it below `size`. If a check fails, sets the response status and returns false.
bool acceptAccess(tlm::tlm_generic_payload& payload, std::uint64_t size);

/// Checks a payload for 32-bit registers: one aligned word, no byte enables.
bool acceptRegisterAccess(tlm::tlm_generic_payload& payload, std::uint64_t size);

/// Serves a debug access to the `size` bytes at `bytes`. Of the payload only command, address, pointer and
/// length count (IEEE 1666-2011, 11.3.4). Returns the number of bytes moved: all of them or none.
unsigned debugAccess(tlm::tlm_generic_payload& payload, std::uint8_t* bytes, std::uint64_t size);

/// Denies direct pointers to [start, end] for reading and writing. Returns false, for get_direct_mem_ptr() to
/// return.
bool denyDirectPointer(tlm::tlm_dmi& dmi, std::uint64_t start, std::uint64_t end);

/// Moves the payload's bytes to or from `bytes` (already offset), honouring byte enables.
void moveBytes(tlm::tlm_generic_payload& payload, std::uint8_t* bytes);

}  // namespace pim

#pragma once

#include <cstddef>
#include <cstdint>

namespace pim::host {

constexpr uint32_t kStoredBlock = 32;           // weights of a Q4_0 or Q4_1 block
constexpr uint32_t kStoredBlockCodeBytes = 16;  // low nibbles are its first half, high nibbles its second

/// Converts the codes of `count` blocks to the order of the chip, two neighbours per byte: writes 16 bytes at
/// codes + 16 * i for the block at first + stride * i. First xors each byte with flips[i].
void repackBlocks(const uint8_t* first, size_t stride, const uint8_t* flips, size_t count, uint8_t* codes);

}  // namespace pim::host

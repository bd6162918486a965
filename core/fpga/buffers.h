#pragma once

#include <cstdint>

namespace pim::fpga {

// The on-chip buffers of a core, from FlightLLM's published configuration. Their depths are configured; their
// widths follow from the arrays that read them and are constants here.

constexpr std::uint32_t kBlock = 16;        ///< elements of a block along each direction of a matrix
constexpr std::uint32_t kMaskBlock = 64;    ///< tokens per block of the attention mask
constexpr std::uint32_t kMmRows = 128;      ///< tokens that an MM instruction computes
constexpr std::uint32_t kMmOutputs = 16;    ///< outputs of an MM instruction per token
constexpr std::uint32_t kLoadChannels = 8;  ///< HBM channels of the A buffer and of the global buffer

// Bytes per address, and per channel if the buffer has several.
constexpr std::uint32_t kAWidthMm = 256;
constexpr std::uint32_t kAWidthMv = 64;
constexpr std::uint32_t kBWidthMm = 32;
constexpr std::uint32_t kBWidthMv = 16;
constexpr std::uint32_t kMetaWidth = 16;
constexpr std::uint32_t kGlobalWidthMv = 32;
constexpr std::uint32_t kGlobalWidthMisc = 16;

/// Addresses of each buffer.
struct BufferDepths {
  std::uint32_t a{};  ///< weights of MV, activations of MM
  std::uint32_t b{};  ///< activations of MV, weights of MM; the buffers for indices of sparse weights have
                      ///< the same depth
  std::uint32_t global{};  ///< results
};

}  // namespace pim::fpga

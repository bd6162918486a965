#pragma once

#include <cstdint>

namespace pim::platform {

enum class BandwidthUnit { kGib, kGb };
enum class PrefillMisc { kSixteenth, kAll };

/// FlightLLM's FPGA: `fpga.*`. Meanings and units: platform/config/fpga_schema.cpp.
struct FpgaConfig {
  std::uint32_t cores{};
  double speedup{};  ///< over one core; 0.8 of `cores` as published
  double clockMhz{};
  std::uint32_t mmMacs{};
  std::uint32_t mvMacs{};
  std::uint32_t mvOutputs{};
  std::uint32_t softmaxLanes{};
  std::uint32_t normLanes{};
  std::uint32_t eltwiseLanes{};
  std::uint32_t siluLanes{};

  double hbmBandwidth{};  ///< of all channels, in 2^30 or 1e9 bytes per second as bandwidthUnit says
  BandwidthUnit bandwidthUnit{};
  std::uint32_t hbmChannels{};
  std::uint32_t hbmGib{};
  double efficiencySame{};
  double efficiencyCross{};

  std::uint32_t aBufferDepth{};
  std::uint32_t bBufferDepth{};
  std::uint32_t globalBufferDepth{};

  double density{};          ///< kept weights of all matrices but q and k, as a share of all
  double queryKeyDensity{};  ///< the same for the q and k projections
  std::uint32_t sparseIndexBits{};

  bool cacheReload{};
  bool outputPadding{};
  bool loadPadding{};
  PrefillMisc prefillMisc{};

  std::uint32_t prefillStair{};
  std::uint32_t decodeStair{};

  /// Returns the bytes per second of one channel at its pins.
  double channelBytesPerSecond() const {
    constexpr double kGib = 1073741824, kGb = 1e9;
    return hbmBandwidth * (bandwidthUnit == BandwidthUnit::kGib ? kGib : kGb) / hbmChannels;
  }
};

}  // namespace pim::platform

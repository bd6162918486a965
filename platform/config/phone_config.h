#pragma once

#include <cstdint>

namespace pim::platform {

enum class PhoneEngine { kGpu, kCpu };

/// A phone's processor as a list of kernels: `phone.*`. Meanings and units: platform/config/phone_schema.cpp.
struct PhoneConfig {
  PhoneEngine engine{};
  double memoryBandwidth{};  ///< GB/s at the pins
  std::uint32_t memoryGib{};
  double attainable{};      ///< largest share of the bandwidth that the GPU can use
  double gemvEfficiency{};  ///< share of `attainable` that a matrix-vector kernel reaches
  double launchUs{};        ///< launch of a kernel
  double syncMs{};          ///< synchronisation once per token
  double fp16Tflops{};
  double gemmSmallEfficiency{};  ///< share of fp16Tflops with the small tile
  double gemmBigEfficiency{};
  std::uint32_t gemmSmallTile{};  ///< tokens
  std::uint32_t gemmBigTile{};
  double cpuGmacPerSecond{};  ///< engine: cpu
  bool fuseResidualNorm{};
  bool fuseQkv{};
  bool fuseAttention{};
};

}  // namespace pim::platform

#include "platform/assembly/phone_parameters.h"

namespace pim::platform {

phone::GpuParameters phoneGpu(const Config& config) {
  const PhoneConfig& p = config.phone;
  phone::GpuParameters gpu;
  gpu.bytesPerSecond = p.memoryBandwidth * 1e9 * p.attainable * p.gemvEfficiency;
  gpu.operationsPerSecond = p.fp16Tflops * 1e12;
  gpu.launchSeconds = p.launchUs * 1e-6;
  gpu.syncSeconds = p.syncMs * 1e-3;
  gpu.small = {p.gemmSmallTile, gpu.operationsPerSecond * p.gemmSmallEfficiency};
  gpu.big = {p.gemmBigTile, gpu.operationsPerSecond * p.gemmBigEfficiency};
  return gpu;
}

phone::GpuParameters phoneCpu(const Config& config) {
  const PhoneConfig& p = config.phone;
  phone::GpuParameters cpu;
  cpu.bytesPerSecond = p.memoryBandwidth * 1e9 * p.attainable;
  cpu.operationsPerSecond = 2 * p.cpuGmacPerSecond * 1e9;
  return cpu;
}

phone::Storage phoneStorage(const Config& config) {
  return {config.weights.bits, config.weights.scaleBits + config.weights.zeroBits, config.weights.group,
          config.kv.bits};
}

phone::Fusions phoneFusions(const Config& config) {
  return {config.phone.fuseResidualNorm, config.phone.fuseQkv, config.phone.fuseAttention};
}

}  // namespace pim::platform

#include <limits>

#include "platform/config/machine_schemas.h"

namespace pim::platform {
namespace {

Real share(double& at) {
  return {&at, "", 0.001, 1};
}
Integer oneOf(std::uint32_t& at, std::vector<std::uint64_t> allowed, std::string unit = "") {
  return {&at, std::move(unit), 0, std::numeric_limits<std::uint64_t>::max(), std::move(allowed)};
}

}  // namespace

Schema phoneSchema(Config& c) {
  PhoneConfig& p = c.phone;
  return {
      {"phone.engine", choice(p.engine, {"gpu", "cpu"}), "Processor that runs the kernels"},
      {"phone.memory_bandwidth_gb_per_s", Real{&p.memoryBandwidth, "GB/s", 0.01, 1e6},
       "Bandwidth of the DRAM at its pins", kCostsMore},
      {"phone.memory_gib", Integer{&p.memoryGib, "GiB", 1, 1 << 16},
       "Capacity of the DRAM; the model and its KV cache must fit. The share of the system is not modelled. "
       "Chosen"},
      {"phone.attainable", share(p.attainable),
       "Share of phone.memory_bandwidth_gb_per_s that GPU and CPU reach at best. Cited", kCostsMore},
      {"phone.gemv_efficiency", share(p.gemvEfficiency),
       "Share of the attainable bandwidth that a GEMV kernel reaches. Fitted to 6.7 tokens/s", kCostsMore},
      {"phone.launch_us", Real{&p.launchUs, "us", 0, 1e6},
       "Time to start a kernel. Derived from another chip", kCostsLess},
      {"phone.sync_ms", Real{&p.syncMs, "ms", 0, 1e6}, "Time to wait for the GPU, once per token. Cited",
       kCostsLess},
      {"phone.fp16_tflops", Real{&p.fp16Tflops, "TFLOP/s", 0.001, 1e6},
       "FP16 rate that the GPU reaches in practice. Cited for an Adreno 750", kCostsMore},
      {"phone.gemm_small_efficiency", share(p.gemmSmallEfficiency),
       "Share of phone.fp16_tflops that a GEMM reaches with the small tile. Chosen"},
      {"phone.gemm_big_efficiency", share(p.gemmBigEfficiency),
       "Share of phone.fp16_tflops that a GEMM reaches with the big tile. Chosen"},
      {"phone.gemm_small_tile", Integer{&p.gemmSmallTile, "tokens", 1, 4096},
       "Tokens per pass over the weights with the small tile. Chosen", kFreeEither},
      {"phone.gemm_big_tile", Integer{&p.gemmBigTile, "tokens", 1, 4096},
       "Tokens per pass over the weights with the big tile. Chosen", kFreeEither},
      {"phone.cpu_gmac_per_s", Real{&p.cpuGmacPerSecond, "GMAC/s", 0.001, 1e6},
       "Rate with phone.engine=cpu, as far as the attainable bandwidth allows it. Fitted to 3.2 tokens/s",
       kCostsMore},
      {"phone.fuse_residual_norm", Switch{&p.fuseResidualNorm}, "on: addition and norm in one kernel",
       kFreeEither},
      {"phone.fuse_qkv", Switch{&p.fuseQkv}, "on: the q, k and v projections in one kernel", kFreeEither},
      {"phone.fuse_attention", Switch{&p.fuseAttention},
       "on: rotations, scores, scale, softmax and weighting in one kernel", kFreeEither},

      {"weights.bits", oneOf(c.weights.bits, {4, 8, 16}, "bits"), "Bits of a weight"},
      {"weights.group", oneOf(c.weights.group, {32, 64, 128}),
       "Consecutive weights along the input that share a scale"},
      {"weights.scale_bits", oneOf(c.weights.scaleBits, {0, 16}, "bits"), "Bits of the scale of a group"},
      {"weights.zero_bits", oneOf(c.weights.zeroBits, {0, 4}, "bits"), "Bits of the zero point of a group"},
      {"kv.bits", oneOf(c.kv.bits, {4, 8, 16}, "bits"), "Bits of an element of the KV cache"},

      {"cost.power_watts", Real{&c.cost.powerWatts, "W", 0, 1e6}, "Power, measured or cited; 0: not known"},
      {"cost.power_covers", choice(c.cost.powerCovers, {"unknown", "board", "chip", "inferred"}),
       "Scope of cost.power_watts"},
      {"cost.price_dollars", Real{&c.cost.priceDollars, "$", 0, 1e9}, "Price; 0: not known"},
  };
}

}  // namespace pim::platform

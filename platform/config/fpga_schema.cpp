#include <limits>

#include "platform/config/machine_schemas.h"

namespace pim::platform {
namespace {

Integer count(std::uint32_t& at, std::uint64_t min, std::uint64_t max, std::string unit = "") {
  return {&at, std::move(unit), min, max};
}
Integer oneOf(std::uint32_t& at, std::vector<std::uint64_t> allowed, std::string unit = "") {
  return {&at, std::move(unit), 0, std::numeric_limits<std::uint64_t>::max(), std::move(allowed)};
}
Real share(double& at) {
  return {&at, "", 0.001, 1};
}

}  // namespace

Schema fpgaSchema(Config& c) {
  FpgaConfig& f = c.fpga;
  return {
      {"fpga.cores", count(f.cores, 1, 1024),
       "Number of cores, one per die (SLR) of the FPGA; each runs a copy of the program"},
      {"fpga.speedup", Real{&f.speedup, "", 0.01, 1e4},
       "Speed of the machine relative to one core; every time is divided by it. Losses make it smaller than "
       "fpga.cores",
       kLargerChip},
      {"fpga.clock_mhz", Real{&f.clockMhz, "MHz", 1, 1e5}, "Clock frequency of the cores", kCostsMore},
      {"fpga.mm_macs", count(f.mmMacs, 1, 1 << 24),
       "Multiply-accumulates per core and cycle of matrix times matrix (MM)", kCostsMore},
      {"fpga.mv_macs", count(f.mvMacs, 1, 1 << 24),
       "Multiply-accumulates per core and cycle of matrix times vector (MV)", kCostsMore},
      {"fpga.mv_outputs", count(f.mvOutputs, 256, 1 << 16), "Outputs per MV instruction; a multiple of 256"},
      {"fpga.softmax_lanes", count(f.softmaxLanes, 1, 1 << 16),
       "Elements of a softmax per cycle; a softmax takes two passes", kCostsMore},
      {"fpga.norm_lanes", count(f.normLanes, 1, 1 << 16),
       "Elements of a norm per cycle; a norm takes two passes", kCostsMore},
      {"fpga.eltwise_lanes", count(f.eltwiseLanes, 1, 1 << 16), "Elements added or multiplied per cycle",
       kCostsMore},
      {"fpga.silu_lanes", count(f.siluLanes, 1, 1 << 16), "Elements of a SiLU per cycle", kCostsMore},

      {"fpga.hbm_bandwidth_gib_per_s", Real{&f.hbmBandwidth, "", 0.01, 1e6},
       "Bandwidth of all HBM channels at their pins, in fpga.bandwidth_unit per second", kCostsMore},
      {"fpga.bandwidth_unit", choice(f.bandwidthUnit, {"GiB", "GB"}),
       "Unit of fpga.hbm_bandwidth_gib_per_s: GiB (2^30 bytes), as in FlightLLM's profiler, or GB (1e9 "
       "bytes), "
       "as in data sheets of memories"},
      {"fpga.hbm_channels", count(f.hbmChannels, 1, 1024),
       "HBM channels; a core loads from 8 of them in parallel"},
      {"fpga.hbm_gib", count(f.hbmGib, 1, 1 << 16, "GiB"),
       "Capacity of the HBM; the matrices, with the indices of sparse weights, and the KV cache must fit"},
      {"fpga.efficiency_same", share(f.efficiencySame),
       "Share of the bandwidth of a channel that a core gets from its own channels", kCostsMore},
      {"fpga.efficiency_cross", share(f.efficiencyCross),
       "Share of the bandwidth of a channel that a core gets through the switch", kCostsMore},

      {"fpga.a_buffer_depth", count(f.aBufferDepth, 2, 1 << 24, "addresses"),
       "Depth of buffer A in lines of 64 bytes, in each of 8 channels: weights of MV, activations of MM",
       kCostsMore},
      {"fpga.b_buffer_depth", count(f.bBufferDepth, 2, 1 << 24, "addresses"),
       "Depth of buffer B: activations of MV, weights of MM; the buffers for indices of sparse weights have "
       "the same depth",
       kCostsMore},
      {"fpga.global_buffer_depth", count(f.globalBufferDepth, 2, 1 << 24, "addresses"),
       "Depth of the buffer for results", kCostsMore},

      {"fpga.density", share(f.density),
       "Share of weights kept in all matrices except q and k; determines time and bytes"},
      {"fpga.query_key_density", share(f.queryKeyDensity),
       "Share of weights kept in the q and k projections"},
      {"fpga.sparse_index_bits", count(f.sparseIndexBits, 0, 16, "bits"),
       "Index bits loaded with each kept weight of a matrix with a density below 1; 0 as published, 4 for "
       "N:16"},

      {"fpga.cache_reload", Switch{&f.cacheReload},
       "on: each decode step loads the KV cache twice, as published"},
      {"fpga.output_padding", Switch{&f.outputPadding},
       "on: an MV always takes the time of fpga.mv_outputs outputs, even if fewer exist, as published"},
      {"fpga.load_padding", Switch{&f.loadPadding},
       "on: if a matrix takes several MVs, the last one also loads the data of fpga.mv_outputs outputs, even "
       "if fewer exist, as published"},
      {"fpga.prefill_misc", choice(f.prefillMisc, {"1/16", "all"}),
       "Share of the elements that MISC processes when fused to a linear operator of the prefill; 1/16 as "
       "published"},

      {"fpga.prefill_stair", count(f.prefillStair, 16, 1 << 20, "tokens"),
       "A run pads prefills to multiples of this length; all lengths up to a multiple share a program",
       kFreeEither},
      {"fpga.decode_stair", count(f.decodeStair, 16, 1 << 20, "tokens"),
       "A run pads the contexts of decode steps to multiples of this length", kFreeEither},

      {"attention.mask", Line{&c.attention.mask},
       "Blocks of scores that a prefill computes: causal, full, or a file (docs/flightllm.md)"},
      {"attention.block", oneOf(c.attention.block, {64}, "tokens"), "Tokens per side of a block of the mask"},

      {"weights.bits", oneOf(c.weights.bits, {4, 8, 16}, "bits"),
       "Bits of a kept weight; runs with data require 4"},
      {"weights.sparsity", choice(c.weights.sparsity, {"16", "8", "4", "2"}),
       "Weights kept of each 16 neighbours along the input of every matrix, also in runs with data. 16: use "
       "fpga.density and fpga.query_key_density; N < 16: both densities are N / 16, and each weight has an "
       "index of 4 bits"},
      {"weights.group", oneOf(c.weights.group, {32, 64, 128}),
       "Consecutive weights along the input that share a scale"},
      {"weights.scale_bits", oneOf(c.weights.scaleBits, {0, 16}, "bits"),
       "Bits of the scale of a group in runs with data; the program does not load scales"},
      {"weights.zero_bits", oneOf(c.weights.zeroBits, {0, 4}, "bits"),
       "0: no zero points (symmetric codes); 4: one zero point per group"},
      {"activation.bits", oneOf(c.activation.bits, {8}, "bits"), "Bits of the mantissa of an activation"},
      {"kv.bits", oneOf(c.kv.bits, {4, 8, 16}, "bits"), "Bits of an element of the KV cache"},

      {"cost.power_watts", Real{&c.cost.powerWatts, "W", 0, 1e6}, "Power, measured or cited; 0: not known"},
      {"cost.power_covers", choice(c.cost.powerCovers, {"unknown", "board", "chip", "inferred"}),
       "Scope of cost.power_watts"},
      {"cost.price_dollars", Real{&c.cost.priceDollars, "$", 0, 1e9}, "Price; 0: not known"},

      {"simulation.seed", Integer{&c.simulation.seed, "", 0, std::numeric_limits<std::uint64_t>::max()},
       "Seed of all random numbers: synthetic weights, sampling"},
  };
}

}  // namespace pim::platform

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
       "Cores, each with a copy of the program; one a die of the FPGA (SLR)"},
      {"fpga.speedup", Real{&f.speedup, "", 0.01, 1e4},
       "Of the machine over one core, by which every time is divided; less than fpga.cores by what is lost",
       kLargerChip},
      {"fpga.clock_mhz", Real{&f.clockMhz, "MHz", 1, 1e5}, "Of the cores", kCostsMore},
      {"fpga.mm_macs", count(f.mmMacs, 1, 1 << 24),
       "Multiply-accumulates of a core per cycle, matrix by matrix", kCostsMore},
      {"fpga.mv_macs", count(f.mvMacs, 1, 1 << 24), "And matrix by vector", kCostsMore},
      {"fpga.mv_outputs", count(f.mvOutputs, 256, 1 << 16),
       "Outputs of an MV instruction; a multiple of 256"},
      {"fpga.softmax_lanes", count(f.softmaxLanes, 1, 1 << 16), "Elements of a softmax per cycle; two passes",
       kCostsMore},
      {"fpga.norm_lanes", count(f.normLanes, 1, 1 << 16), "Elements of a norm per cycle; two passes",
       kCostsMore},
      {"fpga.eltwise_lanes", count(f.eltwiseLanes, 1, 1 << 16), "Elements added or multiplied per cycle",
       kCostsMore},
      {"fpga.silu_lanes", count(f.siluLanes, 1, 1 << 16), "Elements of a SiLU per cycle", kCostsMore},

      {"fpga.hbm_bandwidth_gib_per_s", Real{&f.hbmBandwidth, "", 0.01, 1e6},
       "Of all HBM channels at their pins, in fpga.bandwidth_unit per second", kCostsMore},
      {"fpga.bandwidth_unit", choice(f.bandwidthUnit, {"GiB", "GB"}),
       "What that number counts: GiB (2^30 bytes), as FlightLLM's profiler reads it, or GB (1e9), as "
       "memories are sold"},
      {"fpga.hbm_channels", count(f.hbmChannels, 1, 1024),
       "HBM channels; a core loads from 8 of them in parallel"},
      {"fpga.hbm_gib", count(f.hbmGib, 1, 1 << 16, "GiB"), "Capacity of the HBM"},
      {"fpga.efficiency_same", share(f.efficiencySame),
       "Share of a channel's bandwidth that a core gets of its own", kCostsMore},
      {"fpga.efficiency_cross", share(f.efficiencyCross),
       "And of a channel that it reaches through the switch", kCostsMore},

      {"fpga.a_buffer_depth", count(f.aBufferDepth, 2, 1 << 24, "addresses"),
       "Of 64 bytes in each of 8 channels: weights of MV, activations of MM", kCostsMore},
      {"fpga.b_buffer_depth", count(f.bBufferDepth, 2, 1 << 24, "addresses"),
       "Activations of MV, weights of MM; the buffers of the index of sparse weights are as deep",
       kCostsMore},
      {"fpga.global_buffer_depth", count(f.globalBufferDepth, 2, 1 << 24, "addresses"), "Results",
       kCostsMore},

      {"fpga.density", share(f.density),
       "Kept share of the weights of all matrices but q and k: time and bytes"},
      {"fpga.query_key_density", share(f.queryKeyDensity),
       "Kept share of the weights of the q and k projections"},
      {"fpga.sparse_index_bits", count(f.sparseIndexBits, 0, 16, "bits"),
       "Loaded with each kept weight of a matrix with a density below 1; 0 as published, 4 for N:16"},

      {"fpga.cache_reload", Switch{&f.cacheReload},
       "Each decode step loads the KV cache once more before it uses it, as published"},
      {"fpga.output_padding", Switch{&f.outputPadding},
       "An MV takes the time of all its outputs where fewer exist, as published"},
      {"fpga.load_padding", Switch{&f.loadPadding},
       "Loads for an MV take all its outputs where fewer exist, as published"},
      {"fpga.prefill_misc", choice(f.prefillMisc, {"1/16", "all"}),
       "Elements that MISC sees where it is fused to a linear operator of the prefill; 1/16 as published"},

      {"fpga.prefill_stair", count(f.prefillStair, 16, 1 << 20, "tokens"),
       "A run's prefills are padded to multiples of it, which share a program", kFreeEither},
      {"fpga.decode_stair", count(f.decodeStair, 16, 1 << 20, "tokens"),
       "Likewise the contexts of its decode steps", kFreeEither},

      {"attention.mask", Line{&c.attention.mask},
       "Blocks of the scores that a prefill computes: causal, full, or a file (docs/flightllm.md)"},
      {"attention.block", oneOf(c.attention.block, {64}, "tokens"), "Side of a block of the mask"},

      {"weights.bits", oneOf(c.weights.bits, {4, 8, 16}, "bits"), "Of a kept weight; with data: 4"},
      {"weights.sparsity", choice(c.weights.sparsity, {"16", "8", "4", "2"}),
       "Weights kept of each 16 neighbours along the input of every matrix, with data too; 16: fpga.density "
       "and fpga.query_key_density hold; else both are as much of 16, and each weight has an index of 4 "
       "bits"},
      {"weights.group", oneOf(c.weights.group, {32, 64, 128}), "Weights along the input that share a scale"},
      {"weights.scale_bits", oneOf(c.weights.scaleBits, {0, 16}, "bits"),
       "Of a group, with data; the program loads none"},
      {"weights.zero_bits", oneOf(c.weights.zeroBits, {0, 4}, "bits"),
       "0: symmetric; 4: a zero point for each group"},
      {"activation.bits", oneOf(c.activation.bits, {8}, "bits"), "Mantissa of an activation"},
      {"kv.bits", oneOf(c.kv.bits, {4, 8, 16}, "bits"), "Of an element of the KV cache"},

      {"cost.power_watts", Real{&c.cost.powerWatts, "W", 0, 1e6}, "Measured or cited; 0: not known"},
      {"cost.power_covers", choice(c.cost.powerCovers, {"unknown", "board", "chip", "inferred"}),
       "What that power is of"},
      {"cost.price_dollars", Real{&c.cost.priceDollars, "$", 0, 1e9}, "0: not known"},

      {"simulation.seed", Integer{&c.simulation.seed, "", 0, std::numeric_limits<std::uint64_t>::max()},
       "Of everything random: synthetic weights, sampling"},
  };
}

}  // namespace pim::platform

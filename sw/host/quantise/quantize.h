#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "sw/host/checkpoint/checkpoint.h"
#include "sw/host/quantise/calibration.h"
#include "sw/host/quantise/quantized_model.h"

namespace pim::host {

enum class ZeroPoints {
  Auto,       ///< stored only when codes that exist need them
  Symmetric,  ///< every zero point is 8
  Stored      ///< 4 bits a group; float weights are quantised with zero points
};

struct QuantizeOptions {
  QuantizeOptions(uint32_t ofGroup = 0, ZeroPoints points = ZeroPoints::Auto)
      : group(ofGroup), zeroPoints(points) {}

  uint32_t group;  ///< 32, 64 or 128; 0: that of the codes in the checkpoint, 32 when it has none
  ZeroPoints zeroPoints;
  /// With them the weights that are dropped are the least of |w| times the scale of its input.
  InputScales inputs;
  ModelFormats formats;  ///< widths and sparsity of the matrices; group and zero points are decided above
};

struct QuantizedCheckpoint {
  QuantizedModel model;              ///< without eosTokens: those are the tokenizer's
  std::vector<std::string> notices;  ///< the checkpoint's, and what had to be quantised again
};

/// Turns a checkpoint into the numbers of the chip. Q4_0, AWQ and whole-numbered Q4_1 codes are taken over
/// exactly for matrices of 4 bits, Q5_0 for 5 and Q8_0 for 8, and converted row by row when read; all other
/// weights are quantised here and held packed. What a sparse matrix drops is chosen before: the weights of
/// the smallest magnitude (Pruning). The MLP is padded with zeros to whole groups (exact). w = (q - z) * s *
/// 2^wexp with s = round(scale / 2^wexp) and wexp the smallest that lets the largest mantissa fit 65535; q,
/// k, v share one wexp, and so do gate and up. UserError: scales, weights or gains that are not finite, a
/// group that does not divide the sizes, codes that do not fit the options.
QuantizedCheckpoint quantize(std::shared_ptr<const Checkpoint> checkpoint,
                             const QuantizeOptions& options = {});

}  // namespace pim::host

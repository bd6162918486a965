#pragma once

#include <cstdint>
#include <memory>

#include "sw/host/checkpoint/checkpoint.h"
#include "sw/host/quantise/quantized_model.h"

namespace pim::host {

/// What has to be known about the codes of a stored matrix before they can be taken over as they are.
struct StoredCodes {
  bool exact = false;           ///< codes, zero points and scales exist and are those of the chip
  uint32_t bits = 4;            ///< of a code
  uint32_t group = 0;           ///< weights that share a scale
  bool needsZeroPoint = false;  ///< some zero point is not the middle of the codes
  float largestScale = 0.0f;
};

/// Reads every scale of a matrix. Q4_0, Q4_1, AWQ, Q5_0 and Q8_0 can be exact; Q4_1 is when each of its
/// minima is a whole multiple, -15..0, of the scale, Q8_0 when no scale is negative. UserError names the
/// tensor for scales that are NaN, infinite or above 65504.
///
/// A negative scale (about half of those in Q4_0 files) is turned into the same weights with a positive one:
/// d * (q - z) = |d| * ((15 - q) - (15 - z)). So codes become their complement and the zero point 8
/// becomes 7.
StoredCodes scanStoredCodes(const TensorView& tensor, const std::string& source);

/// Rows converted from a tensor for which scanStoredCodes() said exact, on demand. Rows from tensor.rows on
/// are zero. `group` divides the stored group. `owner` keeps the map alive.
std::shared_ptr<const WeightRows> storedCodeRows(std::shared_ptr<const Checkpoint> owner,
                                                 const TensorView& tensor, const WeightFormat& format,
                                                 int weightExponent);

}  // namespace pim::host

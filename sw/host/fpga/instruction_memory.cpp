#include "sw/host/fpga/instruction_memory.h"

#include <algorithm>

namespace pim::host::fpga {

ProgramMemory programMemory(const ModelShape& shape, const CompilerOptions& options,
                            const AttentionMask& mask, std::uint32_t longest, const Stairs& stairs) {
  const Compiler whole(shape, options);
  ModelShape one = shape, none = shape;
  one.layers = 1;
  none.layers = 0;
  const Compiler oneLayer(one, options), noLayer(none, options);
  const auto prefillBytes = [&](std::uint32_t tokens) {
    if (!mask.uniform()) return whole.prefillBytes(tokens, mask);
    // All layers have the same size.
    const std::uint64_t ends = noLayer.prefillBytes(tokens, mask);
    return ends + shape.layers * (oneLayer.prefillBytes(tokens, mask) - ends);
  };

  ProgramMemory memory;
  using pim::fpga::kBlock;
  for (std::uint32_t length = kBlock; length < longest + kBlock; length += kBlock) {
    const std::uint32_t users = std::min(kBlock, longest - (length - kBlock));
    const std::uint64_t prefill = prefillBytes(length), decode = whole.decodeBytes(length);
    memory.prefillAll += users * prefill;
    memory.decodeAll += users * decode;
    if (length % stairs.prefill == 0) memory.prefillStairs += prefill;
    if (length % stairs.decode == 0) memory.decodeStairs += decode;
  }
  return memory;
}

}  // namespace pim::host::fpga

#include <string>

#include "sw/host/fpga/attention_mask.h"
#include "tests/fuzz/fuzz_support.h"

/// Any bytes as the masks of a prefill.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using pim::host::fpga::AttentionMask;
  pim::host::fuzz::expectUserErrorOrNothing([&] {
    const std::string text(reinterpret_cast<const char*>(data), size);
    const AttentionMask mask = AttentionMask::fromText(text, "fuzz");
    mask.require(1, 1, 64);
    mask.keeps(0, 0, 0, 0);
  });
  return 0;
}

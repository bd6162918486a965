#include <sys/mman.h>
#include <unistd.h>

#include <string>

#include "platform/config/weight_formats.h"
#include "tests/fuzz/fuzz_support.h"

namespace {

/// Any bytes as the file of weights.bits; it lies in memory.
std::string inFile(const uint8_t* data, size_t size) {
  static const int file = memfd_create("bits", 0);
  if (file < 0 || ftruncate(file, 0) != 0 || pwrite(file, data, size, 0) != static_cast<ssize_t>(size))
    std::abort();
  return "/proc/self/fd/" + std::to_string(file);
}

}  // namespace

/// Any bytes as the bits of each matrix.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  pim::platform::WeightConfig weights;
  weights.bitsMap = inFile(data, size);
  weights.group = 32;
  weights.scaleBits = 16;
  pim::host::fuzz::expectUserErrorOrNothing([&] {
    const pim::ModelFormats formats = pim::platform::modelFormats(weights);
    formats.of(pim::MatrixKind::Down, 1);
  });
  return 0;
}

#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <string>

#include "sw/host/checkpoint/checkpoint.h"
#include "sw/host/checkpoint/safetensors.h"
#include "sw/host/quantise/quantize.h"
#include "tests/fuzz/fuzz_support.h"

namespace {

/// A folder for the two files of a checkpoint, in memory where the system has such a place.
std::string makeFolder() {
  std::string pattern =
      access("/dev/shm", W_OK) == 0 ? "/dev/shm/pimtlm-fuzz-XXXXXX" : "/tmp/pimtlm-fuzz-XXXXXX";
  if (mkdtemp(pattern.data()) == nullptr) std::abort();
  return pattern;
}

struct Folder {
  std::string path = makeFolder();
  ~Folder() {
    std::remove((path + "/config.json").c_str());
    std::remove((path + "/model.safetensors").c_str());
    rmdir(path.c_str());
  }
  void write(const char* name, const uint8_t* data, size_t size) const {
    std::ofstream out(path + name, std::ios::binary | std::ios::trunc);
    out.write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
  }
};

}  // namespace

/// Two bytes of length, a config.json of that length, then a safetensors file.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace pim::host;
  if (size < 2) return 0;
  const size_t configSize = std::min<size_t>(size - 2, data[0] + size_t{256} * data[1]);
  const uint8_t* tensors = data + 2 + configSize;
  const size_t tensorsSize = size - 2 - configSize;
  fuzz::expectUserErrorOrNothing([&] { parseSafetensors({tensors, tensorsSize}, "fuzz"); });
  static const Folder folder;
  folder.write("/config.json", data + 2, configSize);
  folder.write("/model.safetensors", tensors, tensorsSize);
  fuzz::expectUserErrorOrNothing([&] {
    auto checkpoint = std::make_shared<const Checkpoint>(loadCheckpoint(folder.path));
    const QuantizedMatrix matrix = quantize(std::move(checkpoint)).model.layers.back().down;
    std::vector<uint8_t> scratch(matrix.rowBytes());
    matrix.view(matrix.rows - 1, scratch.data());
  });
  return 0;
}

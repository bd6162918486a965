#include <string>

#include "sw/host/tokenizer/tokenizer.h"
#include "tests/fuzz/fuzz_support.h"

namespace {

std::shared_ptr<const pim::host::Tokenizer> open(uint8_t kind, pim::host::ByteSpan bytes) {
  using namespace pim::host;
  switch (kind % 3) {
    case 0:
      return llama2cTokenizer(bytes, "fuzz");
    case 1:
      return ggufTokenizer(GgufFile(bytes, "fuzz"));
    default:
      return sentencePieceTokenizer(bytes, "fuzz");
  }
}

}  // namespace

/// A byte that names the format, then a tokenizer file; its tail serves as a text.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace pim::host;
  if (size < 2) return 0;
  fuzz::expectUserErrorOrNothing([&] {
    const auto tokenizer = open(data[0], {data + 1, size - 1});
    for (uint32_t id = 0; id < tokenizer->vocabSize(); ++id) tokenizer->piece(id);
    const std::string sample = "Hello, w\xC3\xB6rld  123456\n\n\xF0\x9F\x98\x80 it's";
    tokenizer->decode(tokenizer->encode(sample, {true, true}));
    const size_t tail = std::min<size_t>(size - 1, 64);
    const std::string text(reinterpret_cast<const char*>(data + size - tail), tail);
    tokenizer->decode(tokenizer->encode(text, {true, true}));
  });
  return 0;
}

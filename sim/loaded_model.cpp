#include "sim/loaded_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "sw/abi/pim_plan.h"
#include "sw/host/gguf.h"
#include "sw/host/mapped_file.h"
#include "sw/host/quantize.h"
#include "tlm/core/error.h"

namespace pim::sim {
namespace {

constexpr std::string_view kAnswerKey = "pimtlm.answer";

/// Metadata of ours in a GGUF file; nothing for other files.
bool writesAnswersReversed(const std::string& path) {
  if (std::filesystem::path(path).extension() != ".gguf") return false;
  const host::GgufFile file(std::make_shared<const host::MappedFile>(path));
  return file.textValue(kAnswerKey).value_or("") == "reversed";
}

}  // namespace

LoadedModel loadModelFile(const std::string& path, const std::string& tokenizerPath,
                          platform::Config& config) {
  LoadedModel loaded;
  auto checkpoint = std::make_shared<const host::Checkpoint>(host::loadCheckpoint(path));
  host::QuantizedCheckpoint quantized = host::quantize(checkpoint);
  loaded.model = std::move(quantized.model);
  loaded.notices = std::move(quantized.notices);
  loaded.answerReversed = writesAnswersReversed(path);

  const bool inside = std::filesystem::path(path).extension() == ".gguf";
  if (!tokenizerPath.empty() || inside) {
    loaded.tokenizer = host::loadTokenizer(tokenizerPath.empty() ? path : tokenizerPath);
    if (loaded.tokenizer->vocabSize() < loaded.model.shape.vocab) {
      throw UserError(fmt::format("{}: expected a tokenizer of at least the model's {} tokens, got {}",
                                  tokenizerPath.empty() ? path : tokenizerPath, loaded.model.shape.vocab,
                                  loaded.tokenizer->vocabSize()));
    }
    loaded.model.eosTokens = loaded.tokenizer->eos();
  }
  const WeightFormat& format = loaded.model.head.format;
  config.weights.bits = format.weightBits;
  config.weights.group = format.group;
  config.weights.scaleBits = format.scaleBits;
  config.weights.zeroBits = format.zeroBits;
  return loaded;
}

}  // namespace pim::sim

#include "sw/host/model_loader.h"

#include <fmt/format.h>

#include <filesystem>

#include "tlm/core/error.h"

namespace pim::host {
namespace {

namespace fs = std::filesystem;

std::shared_ptr<const Tokenizer> findTokenizer(const std::string& weights, const std::string& named) {
  if (!named.empty()) return loadTokenizer(named);
  const auto mapped = isFolder(weights) ? nullptr : std::make_shared<const MappedFile>(weights);
  if (mapped && isGguf(mapped->bytes())) {
    const GgufFile file(mapped);
    return file.has("tokenizer.ggml.model") ? ggufTokenizer(file) : nullptr;
  }
  const fs::path folder = !mapped ? fs::path(weights) : fs::path(weights).parent_path();
  const fs::path model = folder / "tokenizer.model";
  return isRegularFile(model) ? loadTokenizer(model) : nullptr;
}

}  // namespace

LoadedModel loadModel(const std::string& weights, const std::string& tokenizer,
                      const QuantizeOptions& options) {
  auto checkpoint = std::make_shared<const Checkpoint>(loadCheckpoint(weights));
  LoadedModel loaded;
  // Before the weights are scanned: a wrong tokenizer is a quick answer.
  loaded.tokenizer = findTokenizer(weights, tokenizer);
  if (loaded.tokenizer && loaded.tokenizer->vocabSize() != checkpoint->shape().vocab) {
    throw UserError(fmt::format("{}: {} tokens, the embedding of {} has {}",
                                tokenizer.empty() ? "tokenizer" : tokenizer, loaded.tokenizer->vocabSize(),
                                weights, checkpoint->shape().vocab));
  }
  QuantizedCheckpoint quantized = quantize(std::move(checkpoint), options);
  loaded.model = std::move(quantized.model);
  loaded.notices = std::move(quantized.notices);
  if (loaded.tokenizer) loaded.model.eosTokens = loaded.tokenizer->eos();
  return loaded;
}

}  // namespace pim::host

#include "sw/host/pack/model_loader.h"

#include <fmt/format.h>

#include <filesystem>

#include "core/base/error.h"

namespace pim::host {

namespace fs = std::filesystem;

std::optional<std::string> findTokenizer(const std::string& weights, const std::string& named) {
  if (!named.empty()) return named;
  const auto mapped = isFolder(weights) ? nullptr : std::make_shared<const MappedFile>(weights);
  if (mapped && isGguf(mapped->bytes())) {
    if (GgufFile(mapped).has("tokenizer.ggml.model")) return weights;
    return std::nullopt;
  }
  const fs::path folder = !mapped ? fs::path(weights) : fs::path(weights).parent_path();
  const fs::path model = folder / "tokenizer.model";
  if (isRegularFile(model)) return model.string();
  return std::nullopt;
}

void requireVocabulary(const Tokenizer& tokenizer, const std::string& name, std::uint32_t vocab,
                       const std::string& weights) {
  if (tokenizer.vocabSize() == vocab) return;
  throw UserError(fmt::format("{}: {} tokens, the embedding of {} has {}", name.empty() ? "tokenizer" : name,
                              tokenizer.vocabSize(), weights, vocab));
}

LoadedModel loadModel(const std::string& weights, const std::string& tokenizer,
                      const QuantizeOptions& options) {
  auto checkpoint = std::make_shared<const Checkpoint>(loadCheckpoint(weights));
  LoadedModel loaded;
  // Before the weights are scanned: a wrong tokenizer is a quick answer.
  if (const auto path = findTokenizer(weights, tokenizer)) {
    loaded.tokenizer = loadTokenizer(*path);
    requireVocabulary(*loaded.tokenizer, tokenizer, checkpoint->shape().vocab, weights);
  }
  QuantizedCheckpoint quantized = quantize(std::move(checkpoint), options);
  loaded.model = std::move(quantized.model);
  loaded.notices = std::move(quantized.notices);
  if (loaded.tokenizer) loaded.model.eosTokens = loaded.tokenizer->eos();
  return loaded;
}

}  // namespace pim::host

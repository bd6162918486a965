#include "sw/host/pack/model_loader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>

#include "abi/pim_plan.h"
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

void setEndTokens(QuantizedModel& model, std::vector<std::uint32_t> ids, std::vector<std::string>& notices) {
  if (ids.size() > PIM_MAX_EOS) {
    notices.push_back(fmt::format("{} tokens end a text, but the chip supports {}; not used: {}", ids.size(),
                                  +PIM_MAX_EOS, fmt::join(ids.begin() + PIM_MAX_EOS, ids.end(), ", ")));
    ids.resize(PIM_MAX_EOS);
  }
  model.eosTokens = std::move(ids);
}

namespace {

void addTokenizer(LoadedModel& loaded, const std::string& path, const std::string& named,
                  const std::string& weights, std::uint32_t vocab) {
  try {
    const TokenizerFile file = readTokenizerFile(path);
    loaded.tokenizer = makeTokenizer(file, path);
    requireVocabulary(*loaded.tokenizer, named.empty() && path != weights ? path : named, vocab, weights);
    loaded.notices.insert(loaded.notices.end(), file.settings.notices.begin(), file.settings.notices.end());
  } catch (const UserError& error) {
    if (!named.empty()) throw;
    loaded.tokenizer.reset();
    loaded.tokenizerError = error.what();
    loaded.notices.push_back(loaded.tokenizerError + "; only token ids can be used, no text");
  }
}

/// Returns the tokens that end a text if there is no tokenizer to name them.
std::vector<std::uint32_t> endTokensWithout(const std::string& weights) {
  if (isFolder(weights)) return {};
  auto mapped = std::make_shared<const MappedFile>(weights);
  if (!isGguf(mapped->bytes())) return {};
  try {
    return ggufEndTokens(GgufFile(std::move(mapped)));
  } catch (const UserError&) {
    return {};  // damaged; the tokenizer's error reports it
  }
}

void noticeUnreadTokenizer(const std::string& weights, LoadedModel& loaded) {
  const fs::path folder = isFolder(weights) ? fs::path(weights) : fs::path(weights).parent_path();
  const fs::path json = folder / "tokenizer.json";
  const bool huggingFace = isFolder(weights) || fs::path(weights).extension() == ".safetensors";
  if (huggingFace && isRegularFile(json)) {
    loaded.notices.push_back(fmt::format(
        "{}: not used: expected a tokenizer.model; only token ids can be used, no text", json.string()));
  }
}

/// Returns the first tokens of a text, up to the model's context and at most 512.
std::vector<std::uint32_t> tokensOf(const std::string& text, const LoadedModel& loaded,
                                    const Checkpoint& checkpoint) {
  constexpr std::size_t kMostTokens = 512;
  if (loaded.tokenizer == nullptr) {
    throw UserError(
        fmt::format("{}: a text to calibrate with needs a tokenizer: {}", checkpoint.source(),
                    loaded.tokenizerError.empty() ? "--tokenizer: expected one" : loaded.tokenizerError));
  }
  std::vector<std::uint32_t> ids = loaded.tokenizer->encode(text);
  const std::size_t context = checkpoint.shape().context != 0 ? checkpoint.shape().context : kMostTokens;
  ids.resize(std::min({ids.size(), kMostTokens, context}));
  if (ids.empty()) throw UserError("the text to calibrate with: expected at least one token");
  return ids;
}

}  // namespace

LoadedModel loadModel(const std::string& weights, const std::string& tokenizer,
                      const QuantizeOptions& options, const std::string& calibration) {
  auto checkpoint = std::make_shared<const Checkpoint>(loadCheckpoint(weights));
  LoadedModel loaded;
  // Checked before the weights are read, so that a wrong tokenizer is reported at once.
  const auto path = findTokenizer(weights, tokenizer);
  if (path) {
    addTokenizer(loaded, *path, tokenizer, weights, checkpoint->shape().vocab);
  } else {
    noticeUnreadTokenizer(weights, loaded);
  }
  std::vector<std::uint32_t> ends = checkpoint->endTokens();
  if (ends.empty()) ends = loaded.tokenizer ? loaded.tokenizer->eos() : endTokensWithout(weights);
  QuantizeOptions measured = options;
  if (!calibration.empty())
    measured.inputs = measureInputs(*checkpoint, tokensOf(calibration, loaded, *checkpoint));
  QuantizedCheckpoint quantized = quantize(std::move(checkpoint), measured);
  loaded.model = std::move(quantized.model);
  loaded.notices.insert(loaded.notices.begin(), quantized.notices.begin(), quantized.notices.end());
  setEndTokens(loaded.model, std::move(ends), loaded.notices);
  return loaded;
}

}  // namespace pim::host

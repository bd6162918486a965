#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "core/base/error.h"
#include "core/base/printable.h"
#include "sw/host/tokenizer/byte_pair_tokenizer.h"
#include "sw/host/tokenizer/score_tokenizer.h"
#include "sw/host/tokenizer/tokenizer.h"

namespace pim::host {
namespace {

/// The common part of both kinds of vocabulary.
struct Vocabulary {
  std::vector<std::string_view> tokens;
  std::vector<PieceKind> kinds;
  std::optional<uint32_t> bos;
  std::vector<uint32_t> eos;
};

[[noreturn]] void refuse(const GgufFile& file, std::string_view key, std::string_view expected) {
  throw UserError(fmt::format("{}: {}: expected {}", file.source(), key, expected));
}

/// Returns a token id from the metadata; nothing for UINT32_MAX, with which converters state that there is
/// none.
std::optional<uint32_t> tokenId(const GgufFile& file, std::string_view key, size_t vocab) {
  const auto id = file.unsignedValue(key);
  if (!id || *id == UINT32_MAX) return std::nullopt;
  if (*id >= vocab) refuse(file, key, fmt::format("a token id under {}, found {}", vocab, *id));
  return static_cast<uint32_t>(*id);
}

std::vector<PieceKind> readKinds(const GgufFile& file, const std::vector<std::string_view>& tokens) {
  const auto types = file.integerArray("tokenizer.ggml.token_type");
  std::vector<PieceKind> kinds(tokens.size(), PieceKind::Normal);
  if (!types) {
    for (size_t i = 0; i < tokens.size(); ++i) {
      if (byteTokenValue(tokens[i])) kinds[i] = PieceKind::Byte;
    }
    return kinds;
  }
  if (types->size() != tokens.size()) {
    refuse(file, "tokenizer.ggml.token_type",
           fmt::format("{} entries, found {}", tokens.size(), types->size()));
  }
  for (size_t i = 0; i < tokens.size(); ++i) {
    const int64_t type = (*types)[i];
    if (type < 1 || type > 6) refuse(file, "tokenizer.ggml.token_type", fmt::format("1..6, found {}", type));
    kinds[i] = static_cast<PieceKind>(type);
    if (kinds[i] == PieceKind::Byte && !byteTokenValue(tokens[i])) {
      refuse(file, "tokenizer.ggml.tokens", fmt::format("the name of a byte such as <0x0A> for token {}", i));
    }
  }
  return kinds;
}

std::vector<uint32_t> endTokens(const GgufFile& file, const Vocabulary& v) {
  std::vector<uint32_t> ids;
  for (const char* key :
       {"tokenizer.ggml.eos_token_id", "tokenizer.ggml.eot_token_id", "tokenizer.ggml.eom_token_id"}) {
    if (const auto id = tokenId(file, key, v.tokens.size())) ids.push_back(*id);
  }
  // Files of chat models often name only one of the tokens that end an answer.
  const std::set<std::string_view> ends = {"<|eot_id|>", "<|im_end|>", "<|end_of_text|>", "<|endoftext|>",
                                           "<|eom_id|>"};
  for (uint32_t id = 0; id < v.tokens.size(); ++id) {
    const bool known = std::find(ids.begin(), ids.end(), id) != ids.end();
    if (!known && v.kinds[id] == PieceKind::Control && ends.count(v.tokens[id]) != 0) ids.push_back(id);
  }
  return ids;
}

Vocabulary readVocabulary(const GgufFile& file) {
  Vocabulary v;
  auto tokens = file.textArray("tokenizer.ggml.tokens");
  if (!tokens || tokens->empty()) refuse(file, "tokenizer.ggml.tokens", "an array of tokens");
  v.tokens = std::move(*tokens);
  v.kinds = readKinds(file, v.tokens);
  v.bos = tokenId(file, "tokenizer.ggml.bos_token_id", v.tokens.size());
  v.eos = endTokens(file, v);
  return v;
}

std::shared_ptr<const Tokenizer> scoreTokenizer(const GgufFile& file, const Vocabulary& v) {
  const auto scores = file.floatArray("tokenizer.ggml.scores");
  if (!scores || scores->size() != v.tokens.size()) {
    refuse(file, "tokenizer.ggml.scores", fmt::format("{} numbers", v.tokens.size()));
  }
  std::vector<ScoredPiece> pieces;
  for (size_t i = 0; i < v.tokens.size(); ++i) {
    if (!std::isfinite((*scores)[i])) refuse(file, "tokenizer.ggml.scores", "finite numbers");
    pieces.push_back({withPlainSpaces(v.tokens[i]), (*scores)[i], v.kinds[i]});
  }
  ScoreTokenizerSettings settings;
  settings.bos = v.bos;
  settings.eos = v.eos;
  settings.unknown = tokenId(file, "tokenizer.ggml.unknown_token_id", v.tokens.size());
  settings.addBos = file.boolValue("tokenizer.ggml.add_bos_token").value_or(true);
  settings.spacePrefix = file.boolValue("tokenizer.ggml.add_space_prefix").value_or(true);
  return std::make_shared<ScoreTokenizer>(std::move(pieces), settings);
}

std::shared_ptr<const Tokenizer> bytePairTokenizer(const GgufFile& file, const Vocabulary& v) {
  const auto merges = file.textArray("tokenizer.ggml.merges");
  if (!merges) refuse(file, "tokenizer.ggml.merges", "an array of merges");
  const std::string_view pre = file.textValue("tokenizer.ggml.pre").value_or("");
  const auto split = preTokenizerNamed(pre);
  if (!split)
    refuse(file, "tokenizer.ggml.pre", fmt::format("llama-bpe, gpt-2 or smollm, found {}", printable(pre)));
  BytePairSettings settings;
  settings.split = *split;
  settings.wholeWordsFirst = *split == PreTokenizer::Llama3;
  settings.bos = v.bos;
  settings.eos = v.eos;
  settings.addBos = file.boolValue("tokenizer.ggml.add_bos_token").value_or(*split == PreTokenizer::Llama3);
  for (uint32_t id = 0; id < v.tokens.size(); ++id) {
    if (v.kinds[id] == PieceKind::Control || v.kinds[id] == PieceKind::Unknown)
      settings.control.push_back(id);
    if (v.kinds[id] == PieceKind::UserDefined) settings.userDefined.push_back(id);
  }
  return std::make_shared<BytePairTokenizer>(v.tokens, *merges, settings, file.source());
}

}  // namespace

std::vector<uint32_t> ggufEndTokens(const GgufFile& file) {
  return file.has("tokenizer.ggml.tokens") ? readVocabulary(file).eos : std::vector<uint32_t>();
}

std::shared_ptr<const Tokenizer> ggufTokenizer(const GgufFile& file) {
  const auto model = file.textValue("tokenizer.ggml.model");
  if (!model) refuse(file, "tokenizer.ggml.model", "\"llama\" or \"gpt2\": the file has no tokenizer");
  if (*model != "llama" && *model != "gpt2") {
    refuse(file, "tokenizer.ggml.model", fmt::format("\"llama\" or \"gpt2\", found {}", printable(*model)));
  }
  const Vocabulary vocabulary = readVocabulary(file);
  return *model == "llama" ? scoreTokenizer(file, vocabulary) : bytePairTokenizer(file, vocabulary);
}

}  // namespace pim::host

#include "sw/host/tokenizer/tokenizer_settings.h"

#include <fmt/format.h>

#include <charconv>
#include <filesystem>
#include <map>

#include "core/base/printable.h"
#include "sw/host/checkpoint/json_settings.h"

namespace pim::host {
namespace {

using nlohmann::json;

/// Returns a token that is written as its text, or as an object with the text in `content`.
std::optional<std::string> tokenText(const JsonSettings& config, const char* key) {
  const json* value = config.find(key);
  if (value == nullptr) return std::nullopt;
  if (value->is_string()) return value->get<std::string>();
  if (!value->is_object()) config.refuse(key, "the text of a token");
  return config.object(key).text("content", "");
}

void addToken(std::map<uint32_t, AddedToken>& added, const AddedToken& token, const std::string& source) {
  const auto [at, isNew] = added.try_emplace(token.id, token);
  if (!isNew && at->second.text != token.text) {
    throw UserError(fmt::format("{}: token {}: expected one name, found {} and {}", source, token.id,
                                printable(at->second.text), printable(token.text)));
  }
  at->second.control = at->second.control || token.control;
}

/// Reads added_tokens.json: {"<|im_end|>": 32000}.
void readAddedTokens(const std::string& path, std::map<uint32_t, AddedToken>& added) {
  const json content = readJsonObject(path);
  for (const auto& [text, id] : content.items()) {
    if (!id.is_number_unsigned() || id.get<uint64_t>() > UINT32_MAX)
      throw UserError(fmt::format("{}: {}: expected a token id", path, printable(text)));
    addToken(added, {id.get<uint32_t>(), text, false}, path);
  }
}

/// Reads added_tokens_decoder of tokenizer_config.json: {"32000": {"content": "<|im_end|>", "special":
/// true}}.
void readDecoder(const JsonSettings& config, std::map<uint32_t, AddedToken>& added) {
  constexpr const char* kKey = "added_tokens_decoder";
  if (!config.has(kKey)) return;
  const JsonSettings decoder = config.object(kKey);
  for (const auto& [name, value] : config.find(kKey)->items()) {
    uint32_t id = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), id);
    if (error != std::errc() || end != name.data() + name.size() || !value.is_object())
      config.refuse(kKey, "an object for each token id");
    const JsonSettings token(value, decoder.source() + ": " + name);
    addToken(added, {id, token.text("content", ""), token.flag("special").value_or(false)}, config.source());
  }
}

void noticeUnused(const JsonSettings& config, TokenizerSettings& settings) {
  std::vector<std::string> unused;
  if (config.flag("add_eos_token").value_or(false)) unused.emplace_back("add_eos_token");
  if (!config.flag("add_prefix_space").value_or(true)) unused.emplace_back("add_prefix_space");
  for (const std::string& key : unused)
    settings.notices.push_back(fmt::format("{}: not used: {}", config.source(), key));
}

}  // namespace

TokenizerSettings readTokenizerSettings(const std::string& tokenizerPath) {
  const std::filesystem::path path(tokenizerPath);
  const std::string configPath = std::filesystem::path(path).replace_filename("tokenizer_config.json");
  const std::string addedPath = std::filesystem::path(path).replace_filename("added_tokens.json");
  TokenizerSettings settings;
  std::map<uint32_t, AddedToken> added;
  if (isRegularFile(addedPath)) readAddedTokens(addedPath, added);
  if (isRegularFile(configPath)) {
    const json content = readJsonObject(configPath);
    const JsonSettings config(content, configPath);
    settings.addBos = config.flag("add_bos_token");
    settings.bos = tokenText(config, "bos_token");
    settings.eos = tokenText(config, "eos_token");
    readDecoder(config, added);
    noticeUnused(config, settings);
  }
  for (auto& [id, token] : added) settings.added.push_back(std::move(token));
  return settings;
}

}  // namespace pim::host

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pim::host {

/// A token that the tokenizer file itself lacks.
struct AddedToken {
  uint32_t id = 0;
  std::string text;
  bool control = false;  ///< not printed when decoded, and not part of a text
};

/// Settings in the files beside a SentencePiece model (Hugging Face: tokenizer_config.json,
/// added_tokens.json). An absent setting leaves that of the model.
struct TokenizerSettings {
  std::optional<bool> addBos;      ///< whether a text begins with the BOS token
  std::optional<std::string> bos;  ///< name of that token
  std::optional<std::string> eos;  ///< name of the token that ends a text
  std::vector<AddedToken> added;   ///< by ascending id
  std::vector<std::string> notices;
};

/// Reads the settings from the folder of `tokenizerPath`. UserError names file and key.
TokenizerSettings readTokenizerSettings(const std::string& tokenizerPath);

}  // namespace pim::host

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pim::host {

/// A token that a tokenizer file does not have itself.
struct AddedToken {
  uint32_t id = 0;
  std::string text;
  bool control = false;  ///< silent when decoded, and no part of a text
};

/// What the files beside a SentencePiece model say about it (Hugging Face: tokenizer_config.json,
/// added_tokens.json). What is absent leaves the model's own word.
struct TokenizerSettings {
  std::optional<bool> addBos;      ///< whether a text begins with the BOS token
  std::optional<std::string> bos;  ///< name of that token
  std::optional<std::string> eos;  ///< name of the token that ends a text
  std::vector<AddedToken> added;   ///< by rising id
  std::vector<std::string> notices;
};

/// Reads them from the folder of `tokenizerPath`. UserError names file and key.
TokenizerSettings readTokenizerSettings(const std::string& tokenizerPath);

}  // namespace pim::host

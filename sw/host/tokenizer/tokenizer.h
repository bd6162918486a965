#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/utf8.h"
#include "sw/host/checkpoint/gguf.h"
#include "sw/host/tokenizer/tokenizer_settings.h"

namespace pim::host {

struct EncodeOptions {
  bool bos = true;       ///< begin with the BOS token, if the model was trained with one
  bool special = false;  ///< convert names of control tokens in the text, such as <|eot_id|>, to those tokens
};

/// Converts text to token ids and back. Immutable after construction.
class Tokenizer {
 public:
  virtual ~Tokenizer() = default;

  /// Encodes a text. UserError names the first byte that is not valid UTF-8.
  std::vector<uint32_t> encode(std::string_view text, const EncodeOptions& options = {}) const;
  /// Returns the text of the tokens. Control tokens have no text; invalid UTF-8 becomes U+FFFD.
  std::string decode(const std::vector<uint32_t>& ids) const;

  /// Returns the bytes of a token, which may be a part of a character; nothing for control tokens.
  virtual std::string piece(uint32_t id) const = 0;
  virtual uint32_t vocabSize() const = 0;
  /// Returns whether encoded texts begin with an added space (SentencePiece's dummy prefix), which decoding
  /// removes.
  virtual bool hasSpacePrefix() const = 0;

  std::optional<uint32_t> bos() const { return m_bos; }
  /// Tokens that end a text, the end-of-sequence token first.
  const std::vector<uint32_t>& eos() const { return m_eos; }

 protected:
  /// Encodes text without control tokens.
  virtual void encodePlain(std::string_view text, std::vector<uint32_t>& ids) const = 0;

  void setBos(std::optional<uint32_t> id, bool add);
  void addEos(uint32_t id);
  /// Adds a special token. `always`: it is recognised in every text (SentencePiece's user-defined symbols),
  /// else only with EncodeOptions::special.
  void addSpecial(std::string text, uint32_t id, bool always);

 private:
  struct Special {
    uint32_t id;
    bool always;
  };
  /// Returns the longest special token at the start of `text`; end() if there is none.
  std::map<std::string, Special, std::less<>>::const_iterator specialAt(std::string_view text,
                                                                        bool wanted) const;

  std::optional<uint32_t> m_bos;
  bool m_addBos = false;
  std::vector<uint32_t> m_eos;
  std::map<std::string, Special, std::less<>> m_specials;
  size_t m_longestSpecial = 0;
};

/// Decodes tokens one by one, as they are generated, into whole characters.
class TokenStream {
 public:
  /// `continues`: other text precedes, so a leading space belongs to the text.
  TokenStream(const Tokenizer& tokenizer, bool continues);

  std::string push(uint32_t id);
  std::string finish() { return m_utf8.finish(); }

 private:
  const Tokenizer& m_tokenizer;
  bool m_dropSpace;
  Utf8Stream m_utf8;
};

/// Reads the tokenizer inside a GGUF file (tokenizer.ggml.model "llama" or "gpt2").
std::shared_ptr<const Tokenizer> ggufTokenizer(const GgufFile& file);

/// Reads llama2.c's tokenizer.bin, which may hold any number of tokens; BOS is 1, EOS is 2.
std::shared_ptr<const Tokenizer> llama2cTokenizer(ByteSpan bytes, const std::string& source);

/// Reads a SentencePiece model file (.model) with libsentencepiece.
std::shared_ptr<const Tokenizer> sentencePieceTokenizer(ByteSpan bytes, const std::string& source,
                                                        const TokenizerSettings& settings = {});

/// Returns the tokens that end a text according to the metadata of a GGUF file, even if its tokenizer cannot
/// be used.
std::vector<uint32_t> ggufEndTokens(const GgufFile& file);

enum class TokenizerFormat { Gguf = 0, Llama2c = 1, SentencePiece = 2 };

/// The contents of a tokenizer file in the form in which a packed model stores them: GGUF without the
/// tensors, SentencePiece with the settings of the files beside it.
struct TokenizerFile {
  TokenizerFormat format = TokenizerFormat::Gguf;
  std::vector<uint8_t> bytes;
  TokenizerSettings settings;
};
/// Reads a tokenizer file: GGUF by its magic, llama2.c by the name's end .bin, else SentencePiece. UserError
/// names the file.
TokenizerFile readTokenizerFile(const std::string& path);

/// Makes a tokenizer from the contents of any of these files. `source` names the file in errors.
std::shared_ptr<const Tokenizer> makeTokenizer(const TokenizerFile& file, const std::string& source);

/// Makes a tokenizer from a file.
std::shared_ptr<const Tokenizer> loadTokenizer(const std::string& path);

}  // namespace pim::host

#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sw/host/tokenizer/tokenizer.h"

namespace pim::host {

/// Kinds of SentencePiece tokens, with the numbers of its format and of GGUF.
enum class PieceKind : uint8_t {
  Normal = 1,
  Unknown = 2,
  Control = 3,
  UserDefined = 4,
  Unused = 5,
  Byte = 6
};

struct ScoredPiece {
  std::string text;  ///< with plain spaces, not U+2581
  float score = 0.0f;
  PieceKind kind = PieceKind::Normal;
};

struct ScoreTokenizerSettings {
  std::optional<uint32_t> bos, unknown;
  std::vector<uint32_t> eos;
  bool addBos = true;
  bool spacePrefix = true;
};

/// SentencePiece's BPE on a bare vocabulary, as GGUF and llama2.c store it. The neighbours whose union has
/// the best score merge first. Characters without a token become byte tokens, or the unknown token if the
/// vocabulary has no byte tokens. There is no Unicode normalisation (LLaMA's models have none).
class ScoreTokenizer : public Tokenizer {
 public:
  ScoreTokenizer(std::vector<ScoredPiece> pieces, const ScoreTokenizerSettings& settings);

  std::string piece(uint32_t id) const override;
  uint32_t vocabSize() const override { return static_cast<uint32_t>(m_pieces.size()); }
  bool hasSpacePrefix() const override { return m_settings.spacePrefix; }

 protected:
  void encodePlain(std::string_view text, std::vector<uint32_t>& ids) const override;

 private:
  void appendFallback(std::string_view character, std::vector<uint32_t>& ids) const;

  std::vector<ScoredPiece> m_pieces;
  ScoreTokenizerSettings m_settings;
  std::unordered_map<std::string_view, uint32_t> m_ids;  // into m_pieces
  std::array<std::optional<uint32_t>, 256> m_byteIds;
};

/// Returns `text` with each U+2581, SentencePiece's visible space, replaced by a space.
std::string withPlainSpaces(std::string_view text);

/// Returns the value that a byte token's name states, "<0x00>" to "<0xFF>"; nothing for other names.
std::optional<uint8_t> byteTokenValue(std::string_view name);

}  // namespace pim::host

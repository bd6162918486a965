#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sw/host/tokenizer/pre_tokenizer.h"
#include "sw/host/tokenizer/tokenizer.h"

namespace pim::host {

struct BytePairSettings {
  PreTokenizer split = PreTokenizer::Gpt2;
  bool wholeWordsFirst = false;  ///< a word that is a token is not built from merges (llama-3)
  std::optional<uint32_t> bos;
  std::vector<uint32_t> eos;
  std::vector<uint32_t> control, userDefined;  ///< ids of tokens that are not text
  bool addBos = false;
};

/// Byte-level BPE (GPT-2, LLaMA 3). Cuts text into words, takes a word as bytes, and merges neighbours in the
/// order in which the merges were learnt. Every text can be encoded.
class BytePairTokenizer : public Tokenizer {
 public:
  /// Takes tokens and merges ("left right") in GPT-2's printable spelling of bytes. UserError names `source`
  /// for a byte without a token, a merge of unknown tokens and ids out of range.
  BytePairTokenizer(const std::vector<std::string_view>& tokens, const std::vector<std::string_view>& merges,
                    const BytePairSettings& settings, const std::string& source);

  std::string piece(uint32_t id) const override;
  uint32_t vocabSize() const override { return static_cast<uint32_t>(m_pieces.size()); }
  bool hasSpacePrefix() const override { return false; }

 protected:
  void encodePlain(std::string_view text, std::vector<uint32_t>& ids) const override;

 private:
  struct Rank {
    uint32_t rank;
    uint32_t merged;
  };

  void addMerge(std::string_view merge, uint32_t rank, const std::string& source);
  void encodeWord(std::string_view word, std::vector<uint32_t>& ids) const;

  BytePairSettings m_settings;
  std::vector<std::string> m_pieces;                     // bytes of each token; names of control tokens
  std::vector<bool> m_silent;                            // whether it is a control token
  std::unordered_map<std::string_view, uint32_t> m_ids;  // of text tokens; views into m_pieces
  std::unordered_map<uint64_t, Rank> m_merges;           // key: left << 32 | right
  std::array<uint32_t, 256> m_byteIds{};
};

}  // namespace pim::host

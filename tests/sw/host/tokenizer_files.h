#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/utf8.h"
#include "sw/host/checkpoint/gguf.h"
#include "tests/sw/host/gguf_writer.h"

namespace pim::host::test {

/// GPT-2's printable spelling of a byte.
inline std::string spelling(uint32_t byte) {
  uint32_t hidden = 0;
  for (uint32_t b = 0; b < 256; ++b) {
    const bool printable = (b >= 0x21 && b <= 0x7E) || (b >= 0xA1 && b <= 0xAC) || b >= 0xAE;
    if (b == byte) return toUtf8(printable ? b : 0x100 + hidden);
    if (!printable) ++hidden;
  }
  return "";
}

/// 256 bytes, then lo, low, er, lower, a space with w, "xyz" without merges, and two control tokens.
inline GgufWriter byteLevelGguf(const std::string& pre) {
  std::vector<std::string> tokens;
  for (uint32_t b = 0; b < 256; ++b) tokens.push_back(spelling(b));
  for (const char* text : {"lo", "low", "er", "lower", "\u0120w", "xyz", "<|begin|>", "<|eot_id|>"}) {
    tokens.emplace_back(text);
  }
  std::vector<int32_t> types(tokens.size(), 1);
  types[262] = types[263] = 3;
  GgufWriter w;
  w.text("tokenizer.ggml.model", "gpt2")
      .text("tokenizer.ggml.pre", pre)
      .texts("tokenizer.ggml.tokens", tokens);
  w.array("tokenizer.ggml.token_type", 5, types);
  w.texts("tokenizer.ggml.merges", {"l o", "lo w", "e r", "low er", "\u0120 w"});
  w.number("tokenizer.ggml.bos_token_id", 262).number("tokenizer.ggml.eos_token_id", UINT32_MAX);
  return w;
}

/// Writes the protocol-buffer fields of a SentencePiece model.
class ModelProto {
 public:
  void varint(uint32_t field, uint64_t value) {
    raw(field << 3);
    raw(value);
  }
  void real(uint32_t field, float value) {
    raw(field << 3 | 5);
    m_bytes.put(value);
  }
  void text(uint32_t field, const std::string& value) {
    raw(field << 3 | 2);
    raw(value.size());
    m_bytes.raw(value);
  }
  std::string get() const { return {m_bytes.get().begin(), m_bytes.get().end()}; }

 private:
  void raw(uint64_t value) {
    for (; value >= 128; value >>= 7) m_bytes.put<uint8_t>(static_cast<uint8_t>(value | 128));
    m_bytes.put(static_cast<uint8_t>(value));
  }
  Bytes m_bytes;
};

/// The vocabulary of a GGUF file as a SentencePiece model: BPE, byte fallback, no normalisation.
inline std::string sentencePieceModel(const GgufFile& file) {
  const auto tokens = *file.textArray("tokenizer.ggml.tokens");
  const auto scores = *file.floatArray("tokenizer.ggml.scores");
  const auto types = *file.integerArray("tokenizer.ggml.token_type");
  ModelProto model;
  for (size_t i = 0; i < tokens.size(); ++i) {
    ModelProto piece;
    piece.text(1, std::string(tokens[i]));
    piece.real(2, scores[i]);
    piece.varint(3, static_cast<uint64_t>(types[i]));
    model.text(1, piece.get());
  }
  ModelProto trainer;
  trainer.varint(3, 2);   // model_type: BPE
  trainer.varint(35, 1);  // byte_fallback
  model.text(2, trainer.get());
  ModelProto normalizer;
  normalizer.text(1, "identity");
  normalizer.varint(3, 1);  // add_dummy_prefix
  normalizer.varint(4, 0);  // remove_extra_whitespaces
  model.text(3, normalizer.get());
  return model.get();
}

}  // namespace pim::host::test

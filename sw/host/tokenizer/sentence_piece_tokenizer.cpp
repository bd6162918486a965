#include <fmt/format.h>
#include <sentencepiece_processor.h>

#include "core/base/error.h"
#include "sw/host/tokenizer/score_tokenizer.h"
#include "sw/host/tokenizer/tokenizer.h"

namespace pim::host {
namespace {

class SentencePieceTokenizer final : public Tokenizer {
 public:
  SentencePieceTokenizer(ByteSpan bytes, const std::string& source) {
    const auto status = m_processor.LoadFromSerializedProto(
        std::string_view(reinterpret_cast<const char*>(bytes.data), bytes.size));
    if (!status.ok()) {
      throw UserError(fmt::format(
          "{}: expected a SentencePiece model, a GGUF file or a llama2.c tokenizer .bin", source));
    }
    for (int id = 0; id < m_processor.GetPieceSize(); ++id) {
      if (m_processor.IsControl(id)) addSpecial(m_processor.IdToPiece(id), static_cast<uint32_t>(id), false);
    }
    if (m_processor.bos_id() >= 0) setBos(static_cast<uint32_t>(m_processor.bos_id()), true);
    if (m_processor.eos_id() >= 0) addEos(static_cast<uint32_t>(m_processor.eos_id()));
    std::vector<int> probe;
    m_spacePrefix = m_processor.Encode("a", &probe).ok() && !probe.empty() &&
                    piece(static_cast<uint32_t>(probe.front())).substr(0, 1) == " ";
  }

  std::string piece(uint32_t id) const override {
    if (id >= vocabSize()) throw std::out_of_range("token id");
    const int signedId = static_cast<int>(id);
    if (m_processor.IsControl(signedId)) return "";
    const std::string& name = m_processor.IdToPiece(signedId);
    if (m_processor.IsUnknown(signedId)) return " \xE2\x81\x87 ";
    const auto byte = m_processor.IsByte(signedId) ? byteTokenValue(name) : std::nullopt;
    return byte ? std::string(1, static_cast<char>(*byte)) : withPlainSpaces(name);
  }
  uint32_t vocabSize() const override { return static_cast<uint32_t>(m_processor.GetPieceSize()); }
  bool hasSpacePrefix() const override { return m_spacePrefix; }

 protected:
  void encodePlain(std::string_view text, std::vector<uint32_t>& ids) const override {
    std::vector<int> encoded;
    const auto status = m_processor.Encode(text, &encoded);
    if (!status.ok()) throw UserError(fmt::format("text: SentencePiece refuses it: {}", status.ToString()));
    for (const int id : encoded) ids.push_back(static_cast<uint32_t>(id));
  }

 private:
  sentencepiece::SentencePieceProcessor m_processor;
  bool m_spacePrefix = false;
};

}  // namespace

std::shared_ptr<const Tokenizer> sentencePieceTokenizer(ByteSpan bytes, const std::string& source) {
  return std::make_shared<SentencePieceTokenizer>(bytes, source);
}

}  // namespace pim::host

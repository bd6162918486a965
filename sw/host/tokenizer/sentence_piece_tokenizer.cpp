#include <fmt/format.h>
#include <sentencepiece_processor.h>

#include "core/base/error.h"
#include "core/base/printable.h"
#include "sw/host/tokenizer/score_tokenizer.h"
#include "sw/host/tokenizer/tokenizer.h"

namespace pim::host {
namespace {

class SentencePieceTokenizer final : public Tokenizer {
 public:
  SentencePieceTokenizer(ByteSpan bytes, const std::string& source, const TokenizerSettings& settings) {
    const auto status = m_processor.LoadFromSerializedProto(
        std::string_view(reinterpret_cast<const char*>(bytes.data), bytes.size));
    if (!status.ok()) {
      throw UserError(fmt::format(
          "{}: expected a SentencePiece model, a GGUF file or a llama2.c tokenizer .bin", source));
    }
    for (int id = 0; id < m_processor.GetPieceSize(); ++id) {
      if (m_processor.IsControl(id)) addSpecial(m_processor.IdToPiece(id), static_cast<uint32_t>(id), false);
    }
    addTokens(settings.added, source);
    const auto bos = settings.bos ? idOf(*settings.bos, "bos_token", source) : ownId(m_processor.bos_id());
    if (bos) setBos(bos, settings.addBos.value_or(true));
    const auto eos = settings.eos ? idOf(*settings.eos, "eos_token", source) : ownId(m_processor.eos_id());
    if (eos) addEos(*eos);
    std::vector<int> probe;
    m_spacePrefix = m_processor.Encode("a", &probe).ok() && !probe.empty() &&
                    piece(static_cast<uint32_t>(probe.front())).substr(0, 1) == " ";
  }

  std::string piece(uint32_t id) const override {
    if (id >= vocabSize()) throw std::out_of_range("token id");
    if (id >= ownSize()) {
      const AddedToken& token = m_added[id - ownSize()];
      return token.control ? "" : token.text;
    }
    const int signedId = static_cast<int>(id);
    if (m_processor.IsControl(signedId)) return "";
    const std::string& name = m_processor.IdToPiece(signedId);
    if (m_processor.IsUnknown(signedId)) return " \xE2\x81\x87 ";
    const auto byte = m_processor.IsByte(signedId) ? byteTokenValue(name) : std::nullopt;
    return byte ? std::string(1, static_cast<char>(*byte)) : withPlainSpaces(name);
  }
  uint32_t vocabSize() const override { return ownSize() + static_cast<uint32_t>(m_added.size()); }
  bool hasSpacePrefix() const override { return m_spacePrefix; }

 protected:
  void encodePlain(std::string_view text, std::vector<uint32_t>& ids) const override {
    std::vector<int> encoded;
    const auto status = m_processor.Encode(text, &encoded);
    if (!status.ok()) throw UserError(fmt::format("text: SentencePiece refuses it: {}", status.ToString()));
    for (const int id : encoded) ids.push_back(static_cast<uint32_t>(id));
  }

 private:
  uint32_t ownSize() const { return static_cast<uint32_t>(m_processor.GetPieceSize()); }
  static std::optional<uint32_t> ownId(int id) {
    return id < 0 ? std::nullopt : std::optional<uint32_t>(static_cast<uint32_t>(id));
  }

  /// Adds the tokens beyond the model's own ids, which must be consecutive. Entries for the model's own ids
  /// only repeat it.
  void addTokens(const std::vector<AddedToken>& added, const std::string& source) {
    for (const AddedToken& token : added) {
      if (token.id < ownSize()) continue;
      if (token.id != vocabSize()) {
        throw UserError(fmt::format("{}: added tokens: expected id {} after those of the model, found {}",
                                    source, vocabSize(), token.id));
      }
      m_added.push_back(token);
      addSpecial(token.text, token.id, !token.control);
    }
  }

  uint32_t idOf(const std::string& text, const char* key, const std::string& source) const {
    for (const AddedToken& token : m_added) {
      if (token.text == text) return token.id;
    }
    const int id = m_processor.PieceToId(text);
    if (id < 0 || m_processor.IdToPiece(id) != text) {
      throw UserError(fmt::format("{}: {} beside it: expected a token of the model, found {}", source, key,
                                  printable(text)));
    }
    return static_cast<uint32_t>(id);
  }

  sentencepiece::SentencePieceProcessor m_processor;
  std::vector<AddedToken> m_added;
  bool m_spacePrefix = false;
};

}  // namespace

std::shared_ptr<const Tokenizer> sentencePieceTokenizer(ByteSpan bytes, const std::string& source,
                                                        const TokenizerSettings& settings) {
  // The library throws various types on damaged files; any exception means that the file is damaged.
  try {
    return std::make_shared<SentencePieceTokenizer>(bytes, source, settings);
  } catch (const UserError&) {
    throw;
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& error) {
    throw UserError(fmt::format("{}: expected a SentencePiece model: {}", source, printable(error.what())));
  } catch (...) {
    throw UserError(fmt::format("{}: expected a SentencePiece model", source));
  }
}

}  // namespace pim::host

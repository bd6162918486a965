#include "sw/host/tokenizer/byte_pair_tokenizer.h"

#include <fmt/format.h>

#include "core/base/error.h"
#include "sw/host/tokenizer/pair_merger.h"

namespace pim::host {
namespace {

/// Maps bytes to the characters of GPT-2's spelling: a printable Latin-1 byte is itself, any other byte is
/// the next character from U+0100 on.
struct ByteSpelling {
  std::array<char32_t, 256> characterOf{};
  std::unordered_map<char32_t, uint8_t> byteOf;

  ByteSpelling() {
    char32_t next = 0x100;
    for (uint32_t byte = 0; byte < 256; ++byte) {
      const bool printable =
          (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte <= 0xAC) || (byte >= 0xAE && byte <= 0xFF);
      characterOf.at(byte) = printable ? byte : next++;
      byteOf[characterOf.at(byte)] = static_cast<uint8_t>(byte);
    }
  }
};

const ByteSpelling& byteSpelling() {
  static const ByteSpelling kSpelling;
  return kSpelling;
}

/// Returns the bytes that a token, or half of a merge, spells; nothing if a character spells no byte.
std::optional<std::string> spelledBytes(std::string_view text) {
  std::string bytes;
  while (!text.empty()) {
    const Utf8Step step = utf8Step(text);
    const auto byte = byteSpelling().byteOf.find(step.codePoint);
    if (step.kind != Utf8Step::Kind::Character || byte == byteSpelling().byteOf.end()) return std::nullopt;
    bytes.push_back(static_cast<char>(byte->second));
    text.remove_prefix(step.size);
  }
  return bytes;
}

}  // namespace

BytePairTokenizer::BytePairTokenizer(const std::vector<std::string_view>& tokens,
                                     const std::vector<std::string_view>& merges,
                                     const BytePairSettings& settings, const std::string& source)
    : m_settings(settings), m_silent(tokens.size(), false) {
  std::vector<bool> isText(tokens.size(), true);
  for (const uint32_t id : settings.control) {
    m_silent.at(id) = true;
    isText.at(id) = false;
  }
  for (const uint32_t id : settings.userDefined) isText.at(id) = false;
  m_pieces.reserve(tokens.size());
  for (uint32_t id = 0; id < tokens.size(); ++id) {
    // A token that spells no bytes keeps its name and can only be used by its id.
    const auto bytes = isText[id] ? spelledBytes(tokens[id]) : std::nullopt;
    m_pieces.push_back(bytes.value_or(std::string(tokens[id])));
    isText[id] = bytes.has_value();
  }
  for (uint32_t id = 0; id < m_pieces.size(); ++id) {
    if (isText[id] && !m_pieces[id].empty()) m_ids.try_emplace(m_pieces[id], id);
  }
  for (const uint32_t id : settings.control) addSpecial(m_pieces[id], id, false);
  for (const uint32_t id : settings.userDefined) addSpecial(m_pieces[id], id, true);
  for (uint32_t byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    const auto found = m_ids.find(std::string_view(&c, 1));
    if (found == m_ids.end()) {
      throw UserError(fmt::format("{}: tokenizer.ggml.tokens: no token for the byte 0x{:02X}", source, byte));
    }
    m_byteIds.at(byte) = found->second;
  }
  for (uint32_t rank = 0; rank < merges.size(); ++rank) addMerge(merges[rank], rank, source);
  setBos(settings.bos, settings.addBos);
  for (const uint32_t id : settings.eos) addEos(id);
}

void BytePairTokenizer::addMerge(std::string_view merge, uint32_t rank, const std::string& source) {
  // The first character of a half is never a space: byte 0x20 is spelled U+0120.
  const size_t space = merge.find(' ', 1);
  const auto idOf = [this](const std::optional<std::string>& bytes) {
    const auto found = bytes ? m_ids.find(*bytes) : m_ids.end();
    return found == m_ids.end() ? std::optional<uint32_t>() : found->second;
  };
  if (space != std::string_view::npos) {
    const auto left = spelledBytes(merge.substr(0, space)), right = spelledBytes(merge.substr(space + 1));
    const auto leftId = idOf(left), rightId = idOf(right);
    const auto mergedId = left && right ? idOf(*left + *right) : std::nullopt;
    if (leftId && rightId && mergedId) {
      m_merges.try_emplace(uint64_t{*leftId} << 32 | *rightId, Rank{rank, *mergedId});
      return;
    }
  }
  throw UserError(fmt::format("{}: tokenizer.ggml.merges: entry {} does not merge two tokens into a third",
                              source, rank));
}

std::string BytePairTokenizer::piece(uint32_t id) const {
  return m_silent.at(id) ? std::string() : m_pieces.at(id);
}

void BytePairTokenizer::encodePlain(std::string_view text, std::vector<uint32_t>& ids) const {
  for (const std::string_view word : splitWords(text, m_settings.split)) encodeWord(word, ids);
}

void BytePairTokenizer::encodeWord(std::string_view word, std::vector<uint32_t>& ids) const {
  if (m_settings.wholeWordsFirst) {
    const auto found = m_ids.find(word);
    if (found != m_ids.end()) {
      ids.push_back(found->second);
      return;
    }
  }
  std::vector<uint32_t> bytes;
  bytes.reserve(word.size());
  for (const char c : word) bytes.push_back(m_byteIds.at(static_cast<uint8_t>(c)));
  const auto merged = mergePairs(bytes, [this](uint32_t left, uint32_t right) {
    const auto found = m_merges.find(uint64_t{left} << 32 | right);
    return found == m_merges.end()
               ? std::optional<Merge<uint32_t>>()
               : Merge<uint32_t>{-static_cast<double>(found->second.rank), found->second.merged};
  });
  ids.insert(ids.end(), merged.begin(), merged.end());
}

}  // namespace pim::host

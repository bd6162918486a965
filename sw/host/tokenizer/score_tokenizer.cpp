#include "sw/host/tokenizer/score_tokenizer.h"

#include <charconv>
#include <cmath>

#include "sw/host/tokenizer/pair_merger.h"

namespace pim::host {
namespace {

constexpr std::string_view kVisibleSpace = "\xE2\x96\x81";   // U+2581
constexpr std::string_view kUnknownText = " \xE2\x81\x87 ";  // U+2047, as SentencePiece prints it

}  // namespace

std::string withPlainSpaces(std::string_view text) {
  std::string plain;
  while (!text.empty()) {
    const size_t at = std::min(text.find(kVisibleSpace), text.size());
    plain.append(text.substr(0, at));
    text.remove_prefix(at);
    if (!text.empty()) {
      plain.push_back(' ');
      text.remove_prefix(kVisibleSpace.size());
    }
  }
  return plain;
}

std::optional<uint8_t> byteTokenValue(std::string_view name) {
  if (name.size() != 6 || name.substr(0, 3) != "<0x" || name[5] != '>') return std::nullopt;
  unsigned value = 0;
  const auto parsed = std::from_chars(name.data() + 3, name.data() + 5, value, 16);
  if (parsed.ec != std::errc() || parsed.ptr != name.data() + 5) return std::nullopt;
  return static_cast<uint8_t>(value);
}

ScoreTokenizer::ScoreTokenizer(std::vector<ScoredPiece> pieces, const ScoreTokenizerSettings& settings)
    : m_pieces(std::move(pieces)), m_settings(settings) {
  for (uint32_t id = 0; id < m_pieces.size(); ++id) {
    const ScoredPiece& piece = m_pieces[id];
    switch (piece.kind) {
      case PieceKind::Normal:
        if (!piece.text.empty()) m_ids.try_emplace(piece.text, id);
        break;
      case PieceKind::UserDefined:
        addSpecial(piece.text, id, true);
        break;
      case PieceKind::Control:
        addSpecial(piece.text, id, false);
        break;
      case PieceKind::Byte:
        if (const auto value = byteTokenValue(piece.text)) m_byteIds.at(*value) = id;
        break;
      case PieceKind::Unknown:
      case PieceKind::Unused:
        break;
    }
  }
  setBos(settings.bos, settings.addBos);
  for (const uint32_t id : settings.eos) addEos(id);
}

std::string ScoreTokenizer::piece(uint32_t id) const {
  const ScoredPiece& piece = m_pieces.at(id);
  switch (piece.kind) {
    case PieceKind::Control:
      return "";
    case PieceKind::Unknown:
      return std::string(kUnknownText);
    case PieceKind::Byte:
      if (const auto value = byteTokenValue(piece.text)) return std::string(1, static_cast<char>(*value));
      return piece.text;
    default:
      return piece.text;
  }
}

void ScoreTokenizer::encodePlain(std::string_view given, std::vector<uint32_t>& ids) const {
  const std::string text = (m_settings.spacePrefix ? " " : "") + withPlainSpaces(given);
  std::vector<std::string_view> characters;
  for (size_t at = 0; at < text.size();) {
    const size_t size = utf8Step(std::string_view(text).substr(at)).size;
    characters.push_back(std::string_view(text).substr(at, size));
    at += size;
  }
  const auto merged = mergePairs(characters, [this](std::string_view left, std::string_view right) {
    // The symbols are adjacent in one text, so their union is a part of it.
    const std::string_view both(left.data(), left.size() + right.size());
    const auto found = m_ids.find(both);
    return found == m_ids.end()
               ? std::optional<Merge<std::string_view>>()
               : Merge<std::string_view>{static_cast<double>(m_pieces[found->second].score), both};
  });
  for (const std::string_view symbol : merged) {
    const auto found = m_ids.find(symbol);
    if (found != m_ids.end()) {
      ids.push_back(found->second);
    } else {
      appendFallback(symbol, ids);
    }
  }
}

void ScoreTokenizer::appendFallback(std::string_view character, std::vector<uint32_t>& ids) const {
  for (const char c : character) {
    const auto id = m_byteIds.at(static_cast<uint8_t>(c));
    if (id) {
      ids.push_back(*id);
    } else if (m_settings.unknown) {
      ids.push_back(*m_settings.unknown);
      return;
    }
  }
}

}  // namespace pim::host

#include "sw/host/tokenizer/tokenizer.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "core/base/error.h"

namespace pim::host {

std::vector<uint32_t> Tokenizer::encode(std::string_view text, const EncodeOptions& options) const {
  const size_t valid = validUtf8Prefix(text);
  if (valid != text.size()) throw UserError(fmt::format("text: invalid UTF-8 at byte {}", valid));
  std::vector<uint32_t> ids;
  if (options.bos && m_addBos) ids.push_back(*m_bos);
  size_t plainFrom = 0;
  const auto flushPlain = [&](size_t to) {
    if (to > plainFrom) encodePlain(text.substr(plainFrom, to - plainFrom), ids);
  };
  for (size_t at = 0; at < text.size();) {
    const auto special = specialAt(text.substr(at), options.special);
    if (special == m_specials.end()) {
      ++at;
      continue;
    }
    flushPlain(at);
    ids.push_back(special->second.id);
    at += special->first.size();
    plainFrom = at;
  }
  flushPlain(text.size());
  return ids;
}

std::string Tokenizer::decode(const std::vector<uint32_t>& ids) const {
  TokenStream stream(*this, false);
  std::string text;
  for (const uint32_t id : ids) text += stream.push(id);
  return text + stream.finish();
}

void Tokenizer::setBos(std::optional<uint32_t> id, bool add) {
  m_bos = id;
  m_addBos = add && id.has_value();
}

void Tokenizer::addEos(uint32_t id) {
  const bool known = std::find(m_eos.begin(), m_eos.end(), id) != m_eos.end();
  if (!known) m_eos.push_back(id);
}

void Tokenizer::addSpecial(std::string text, uint32_t id, bool always) {
  if (text.empty()) return;
  m_longestSpecial = std::max(m_longestSpecial, text.size());
  m_specials.try_emplace(std::move(text), Special{id, always});
}

std::map<std::string, Tokenizer::Special, std::less<>>::const_iterator Tokenizer::specialAt(
    std::string_view text, bool wanted) const {
  // The longest prefix is the last key, not above `text`, that is a prefix of `text`; the keys between them
  // share its beginning.
  const auto none = m_specials.end();
  std::string_view candidate = text.substr(0, m_longestSpecial);
  auto after = m_specials.upper_bound(candidate);
  while (after != m_specials.begin() && !candidate.empty()) {
    const auto entry = std::prev(after);
    const std::string_view key = entry->first;
    const auto mismatch = std::mismatch(key.begin(), key.end(), candidate.begin(), candidate.end());
    if (mismatch.first == key.end() && (wanted || entry->second.always)) return entry;
    const auto shared = static_cast<size_t>(mismatch.first - key.begin());
    if (shared == 0) return none;
    // Any shorter prefix is at most the part that both share.
    candidate = candidate.substr(0, mismatch.first == key.end() ? key.size() - 1 : shared);
    after = m_specials.upper_bound(candidate);
  }
  return none;
}

TokenStream::TokenStream(const Tokenizer& tokenizer, bool continues)
    : m_tokenizer(tokenizer), m_dropSpace(!continues && tokenizer.hasSpacePrefix()) {}

std::string TokenStream::push(uint32_t id) {
  std::string bytes = m_tokenizer.piece(id);
  if (m_dropSpace && !bytes.empty()) {
    if (bytes.front() == ' ') bytes.erase(0, 1);
    m_dropSpace = false;
  }
  return m_utf8.push(bytes);
}

namespace {

TokenizerFormat formatOf(ByteSpan bytes, const std::string& path) {
  if (isGguf(bytes)) return TokenizerFormat::Gguf;
  return std::filesystem::path(path).extension() == ".bin" ? TokenizerFormat::Llama2c
                                                           : TokenizerFormat::SentencePiece;
}

}  // namespace

std::shared_ptr<const Tokenizer> makeTokenizer(const TokenizerFile& file, const std::string& source) {
  const ByteSpan bytes{file.bytes.data(), file.bytes.size()};
  switch (file.format) {
    case TokenizerFormat::Gguf:
      return ggufTokenizer(GgufFile(bytes, source));
    case TokenizerFormat::Llama2c:
      return llama2cTokenizer(bytes, source);
    case TokenizerFormat::SentencePiece:
      return sentencePieceTokenizer(bytes, source, file.settings);
  }
  throw UserError(fmt::format("{}: unknown tokenizer format {}", source, static_cast<int>(file.format)));
}

TokenizerFile readTokenizerFile(const std::string& path) {
  const MappedFile file(path);
  const ByteSpan bytes = file.bytes();
  const TokenizerFormat format = formatOf(bytes, path);
  if (format == TokenizerFormat::Gguf) return {format, GgufFile(bytes, path).withoutTensors(), {}};
  TokenizerFile result{format, {bytes.data, bytes.data + bytes.size}, {}};
  if (format == TokenizerFormat::SentencePiece) result.settings = readTokenizerSettings(path);
  return result;
}

std::shared_ptr<const Tokenizer> loadTokenizer(const std::string& path) {
  return makeTokenizer(readTokenizerFile(path), path);
}

}  // namespace pim::host

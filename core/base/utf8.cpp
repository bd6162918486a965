#include "core/base/utf8.h"

#include <algorithm>

namespace pim {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

uint8_t byteAt(std::string_view text, size_t index) {
  return static_cast<uint8_t>(text[index]);
}

/// The properties of a character that follow from its first byte: its length, and the range of its second
/// byte, which excludes overlong forms, surrogates and values beyond U+10FFFF.
struct Lead {
  size_t size;
  uint8_t secondLow, secondHigh;
};

Lead leadOf(uint8_t byte) {
  if (byte < 0x80) return {1, 0, 0};
  if (byte >= 0xC2 && byte <= 0xDF) return {2, 0x80, 0xBF};
  if (byte == 0xE0) return {3, 0xA0, 0xBF};
  if (byte == 0xED) return {3, 0x80, 0x9F};
  if (byte >= 0xE1 && byte <= 0xEF) return {3, 0x80, 0xBF};
  if (byte == 0xF0) return {4, 0x90, 0xBF};
  if (byte >= 0xF1 && byte <= 0xF3) return {4, 0x80, 0xBF};
  if (byte == 0xF4) return {4, 0x80, 0x8F};
  return {0, 0, 0};
}

}  // namespace

Utf8Step utf8Step(std::string_view text) {
  const Lead lead = leadOf(byteAt(text, 0));
  if (lead.size == 0) return {};
  if (lead.size == 1) return {Utf8Step::Kind::Character, 1, byteAt(text, 0)};
  auto codePoint = static_cast<char32_t>(byteAt(text, 0) & (0x7Fu >> lead.size));
  for (size_t i = 1; i < lead.size; ++i) {
    if (i == text.size()) return {Utf8Step::Kind::Incomplete, i, 0xFFFD};
    const uint8_t low = i == 1 ? lead.secondLow : 0x80, high = i == 1 ? lead.secondHigh : 0xBF;
    if (byteAt(text, i) < low || byteAt(text, i) > high) return {Utf8Step::Kind::Invalid, i, 0xFFFD};
    codePoint = codePoint << 6 | (byteAt(text, i) & 0x3Fu);
  }
  return {Utf8Step::Kind::Character, lead.size, codePoint};
}

size_t validUtf8Prefix(std::string_view text) {
  size_t at = 0;
  while (at < text.size()) {
    const Utf8Step step = utf8Step(text.substr(at));
    if (step.kind != Utf8Step::Kind::Character) break;
    at += step.size;
  }
  return at;
}

std::string toUtf8(char32_t c) {
  const auto tail = [](char32_t bits) { return static_cast<char>(0x80 | (bits & 0x3F)); };
  if (c < 0x80) return {static_cast<char>(c)};
  if (c < 0x800) return {static_cast<char>(0xC0 | c >> 6), tail(c)};
  if (c < 0x10000) return {static_cast<char>(0xE0 | c >> 12), tail(c >> 6), tail(c)};
  return {static_cast<char>(0xF0 | c >> 18), tail(c >> 12), tail(c >> 6), tail(c)};
}

std::string Utf8Stream::push(std::string_view bytes) {
  m_waiting.append(bytes);
  std::string whole;
  size_t at = 0;
  while (at < m_waiting.size()) {
    const std::string_view rest = std::string_view(m_waiting).substr(at);
    const Utf8Step step = utf8Step(rest);
    if (step.kind == Utf8Step::Kind::Incomplete) break;
    whole.append(step.kind == Utf8Step::Kind::Character ? rest.substr(0, step.size) : kReplacement);
    at += step.size;
  }
  m_waiting.erase(0, at);
  return whole;
}

std::string Utf8Stream::finish() {
  std::string last(m_waiting.empty() ? std::string_view() : kReplacement);
  m_waiting.clear();
  return last;
}

}  // namespace pim

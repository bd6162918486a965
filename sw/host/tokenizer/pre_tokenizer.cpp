#include "sw/host/tokenizer/pre_tokenizer.h"

#include <unicode/uchar.h>

#include <array>

#include "core/base/utf8.h"

namespace pim::host {
namespace {

struct Character {
  char32_t codePoint;
  size_t offset;  // in the text, in bytes
  bool letter, number, space;

  bool newline() const { return codePoint == '\r' || codePoint == '\n'; }
  bool other() const { return !letter && !number && !space; }
};

std::vector<Character> classify(std::string_view text) {
  std::vector<Character> characters;
  for (size_t at = 0; at < text.size();) {
    const Utf8Step step = utf8Step(text.substr(at));
    const auto c = static_cast<UChar32>(step.codePoint);
    const uint32_t category = U_MASK(u_charType(c));
    characters.push_back({step.codePoint, at, (category & U_GC_L_MASK) != 0, (category & U_GC_N_MASK) != 0,
                          u_hasBinaryProperty(c, UCHAR_WHITE_SPACE) != 0});
    at += step.size;
  }
  return characters;
}

/// Matches one word at a time like the alternatives of the patterns: the first alternative that fits, with
/// its longest match.
class Matcher {
 public:
  Matcher(const Character* first, const Character* last, PreTokenizer how)
      : m_first(first), m_last(last), m_llama3(how == PreTokenizer::Llama3) {}

  /// Returns the number of characters in the word at the start, at least one.
  size_t next() const {
    size_t length = contraction();
    if (length == 0) length = m_llama3 ? llama3Word() : gpt2Word();
    return length != 0 ? length : spaces();
  }

 private:
  size_t left() const { return static_cast<size_t>(m_last - m_first); }

  template <typename Property>
  size_t runFrom(size_t start, const Property& property, size_t most = SIZE_MAX) const {
    size_t length = 0;
    while (start + length < left() && length < most && property(m_first[start + length])) ++length;
    return length;
  }

  size_t contraction() const {
    if (left() < 2 || m_first[0].codePoint != '\'') return 0;
    const char32_t a = folded(1), b = left() > 2 ? folded(2) : 0;
    if (a == 's' || a == 't') return 2;
    if ((a == 'r' && b == 'e') || (a == 'v' && b == 'e')) return 3;
    if (a == 'm') return 2;
    if (a == 'l' && b == 'l') return 3;
    return a == 'd' ? 2 : 0;
  }

  char32_t folded(size_t index) const {
    const auto c = static_cast<UChar32>(m_first[index].codePoint);
    return static_cast<char32_t>(m_llama3 ? u_foldCase(c, U_FOLD_CASE_DEFAULT) : c);
  }

  size_t gpt2Word() const {
    const size_t space = m_first[0].codePoint == ' ' ? 1 : 0;
    size_t length = runFrom(space, [](const Character& c) { return c.letter; });
    if (length == 0) length = runFrom(space, [](const Character& c) { return c.number; });
    if (length == 0) length = runFrom(space, [](const Character& c) { return c.other(); });
    return length == 0 ? 0 : space + length;
  }

  size_t llama3Word() const {
    const Character& c = m_first[0];
    const size_t before = c.letter || c.number || c.newline() ? 0 : 1;
    const size_t letters = runFrom(before, [](const Character& l) { return l.letter; });
    if (letters != 0) return before + letters;
    const size_t numbers = runFrom(
        0, [](const Character& n) { return n.number; }, 3);
    if (numbers != 0) return numbers;
    const size_t space = c.codePoint == ' ' ? 1 : 0;
    const size_t others = runFrom(space, [](const Character& o) { return o.other(); });
    if (others == 0) return 0;
    return space + others + runFrom(space + others, [](const Character& n) { return n.newline(); });
  }

  size_t spaces() const {
    const size_t run = runFrom(0, [](const Character& c) { return c.space; });
    if (m_llama3) {
      for (size_t length = run; length > 0; --length) {
        if (m_first[length - 1].newline()) return length;
      }
    }
    // The last space before a word belongs to the word.
    return run > 1 && run < left() ? run - 1 : std::max<size_t>(run, 1);
  }

  const Character* m_first;
  const Character* m_last;
  bool m_llama3;
};

void splitRange(std::string_view text, const Character* first, const Character* last, PreTokenizer how,
                std::vector<std::string_view>& words) {
  while (first != last) {
    const size_t length = Matcher(first, last, how).next();
    const size_t end = first + length == last ? text.size() : first[length].offset;
    words.push_back(text.substr(first->offset, end - first->offset));
    first += length;
  }
}

}  // namespace

std::optional<PreTokenizer> preTokenizerNamed(std::string_view name) {
  for (const std::string_view llama3 : {"llama-bpe", "llama3", "llama-v3"}) {
    if (name == llama3) return PreTokenizer::Llama3;
  }
  if (name == "gpt-2" || name == "gpt2") return PreTokenizer::Gpt2;
  if (name == "smollm") return PreTokenizer::SmolLm;
  return std::nullopt;
}

std::vector<std::string_view> splitWords(std::string_view text, PreTokenizer how) {
  const std::vector<Character> characters = classify(text);
  std::vector<std::string_view> words;
  const Character* const end = characters.data() + characters.size();
  if (how != PreTokenizer::SmolLm) {
    splitRange(text, characters.data(), end, how, words);
    return words;
  }
  const auto offsetOf = [&](const Character* c) { return c == end ? text.size() : c->offset; };
  for (const Character* from = characters.data(); from != end;) {
    const Character* to = from;
    while (to != end && !to->number) ++to;
    splitRange(text.substr(0, offsetOf(to)), from, to, how, words);
    if (to != end) {
      words.push_back(text.substr(to->offset, offsetOf(to + 1) - to->offset));
      ++to;
    }
    from = to;
  }
  return words;
}

}  // namespace pim::host

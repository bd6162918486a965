#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pim {

/// One step through UTF-8 text.
struct Utf8Step {
  enum class Kind {
    Character,  ///< a code point
    Invalid,    ///< `size` bytes that are not part of a character
    Incomplete  ///< the text ends within a character
  };
  Kind kind = Kind::Invalid;
  size_t size = 1;
  char32_t codePoint = 0xFFFD;
};

/// The character at the start of `text`, which is not empty. Overlong forms, surrogates and values above
/// U+10FFFF are invalid.
Utf8Step utf8Step(std::string_view text);

/// Offset of the first byte that is not valid UTF-8, or text.size().
size_t validUtf8Prefix(std::string_view text);

std::string toUtf8(char32_t codePoint);

/// Assembles whole characters from bytes that arrive in pieces. An incomplete
/// character waits for its remaining bytes; invalid bytes become U+FFFD.
class Utf8Stream {
 public:
  std::string push(std::string_view bytes);
  /// Ends the text: bytes that still wait become U+FFFD.
  std::string finish();

 private:
  std::string m_waiting;
};

}  // namespace pim

#include "core/base/printable.h"

#include <fmt/format.h>

#include "core/base/utf8.h"

namespace pim {

namespace {

bool shownAsItIs(const Utf8Step& step) {
  const bool control = step.codePoint < 0x20 || (step.codePoint >= 0x7F && step.codePoint < 0xA0);
  return step.kind == Utf8Step::Kind::Character && !control;
}

}  // namespace

std::string printable(std::string_view text) {
  constexpr size_t kLongest = 60;
  std::string shown = "\"";
  for (size_t at = 0; at < text.size();) {
    if (at >= kLongest) return shown + "\"...";
    const Utf8Step step = utf8Step(text.substr(at));
    if (shownAsItIs(step)) {
      shown.append(text.substr(at, step.size));
    } else {
      for (const char c : text.substr(at, step.size))
        shown += fmt::format("\\x{:02X}", static_cast<uint8_t>(c));
    }
    at += step.size;
  }
  return shown + "\"";
}

bool isPrintable(std::string_view text) {
  while (!text.empty()) {
    const Utf8Step step = utf8Step(text);
    if (!shownAsItIs(step)) return false;
    text.remove_prefix(step.size);
  }
  return true;
}

}  // namespace pim

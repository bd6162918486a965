#include "platform/config/weight_formats.h"

#include <fmt/format.h>

#include <charconv>
#include <iterator>

#include "core/base/error.h"
#include "platform/config/document.h"

namespace pim::platform {
namespace {

constexpr std::uint32_t kDefaultBits = 4;
constexpr std::uint32_t kMostLayers = 1u << 16;

std::optional<std::uint32_t> wholeNumber(const std::string& text, std::uint32_t most) {
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || number > most) return std::nullopt;
  return number;
}

std::uint32_t bitsOf(const Entry& entry) {
  const auto bits = wholeNumber(entry.text, 16);
  if (bits && (*bits == 3 || *bits == 4 || *bits == 5 || *bits == 8)) return *bits;
  throw UserError(
      fmt::format("{}: {}: expected 3, 4, 5 or 8 bits, got {}", entry.place, entry.key, quoted(entry.text)));
}

std::optional<MatrixKind> kindCalled(const std::string& name) {
  for (std::uint32_t i = 0; i < kMatrixKinds; ++i)
    if (name == nameOf(static_cast<MatrixKind>(i))) return static_cast<MatrixKind>(i);
  return std::nullopt;
}

[[noreturn]] void refuseKey(const Entry& entry) {
  throw UserError(
      fmt::format("{}: {}: expected default, a matrix (q, k, v, output, gate, up, down, head, embedding), or "
                  "the number of a layer, a dot and one of its matrices",
                  entry.place, quoted(entry.key)));
}

void apply(const Entry& entry, ModelFormats& formats) {
  const std::size_t dot = entry.key.find('.');
  const auto kind = kindCalled(dot == std::string::npos ? entry.key : entry.key.substr(dot + 1));
  if (!kind) refuseKey(entry);
  if (dot == std::string::npos) return formats.setBits(*kind, std::nullopt, bitsOf(entry));
  const auto layer = wholeNumber(entry.key.substr(0, dot), kMostLayers);
  if (!layer || *kind == MatrixKind::Head || *kind == MatrixKind::Embedding) refuseKey(entry);
  formats.setBits(*kind, layer, bitsOf(entry));
}

void takeTurns(ModelFormats& formats, double meanBits) {
  constexpr std::uint32_t kWidths[] = {3, 4, 5, 8};
  for (std::size_t i = 0; i + 1 < std::size(kWidths); ++i) {
    const std::uint32_t low = kWidths[i], high = kWidths[i + 1];
    if (meanBits <= high) return formats.takeTurns(low, high, (meanBits - low) / (high - low));
  }
}

}  // namespace

ModelFormats modelFormats(const WeightConfig& weights) {
  std::vector<Entry> entries;
  std::uint32_t bits = weights.bits;
  if (!weights.bitsMap.empty()) {
    entries = readYaml(readTextFile(weights.bitsMap), weights.bitsMap);
    bits = kDefaultBits;
    for (const Entry& entry : entries)
      if (entry.key == "default") bits = bitsOf(entry);
  }
  const WeightFormat symmetric{weights.group, bits, weights.scaleBits, 0, weights.kept()};
  ModelFormats formats = ModelFormats(symmetric).with(weights.group, weights.zeroBits != 0);
  if (weights.meanBits != 0) takeTurns(formats, weights.meanBits);
  for (const Entry& entry : entries)
    if (entry.key != "default") apply(entry, formats);
  if (weights.embeddingBits == 16) formats.widenEmbedding();
  return formats;
}

}  // namespace pim::platform

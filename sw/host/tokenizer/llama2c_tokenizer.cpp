#include <fmt/format.h>

#include <cmath>

#include "core/base/error.h"
#include "sw/host/checkpoint/byte_reader.h"
#include "sw/host/tokenizer/score_tokenizer.h"
#include "sw/host/tokenizer/tokenizer.h"

namespace pim::host {
namespace {

constexpr uint32_t kUnknown = 0, kBos = 1, kEos = 2;  // fixed by the format

PieceKind kindOf(size_t id, std::string_view text) {
  if (id == kUnknown) return PieceKind::Unknown;
  if (id == kBos || id == kEos) return PieceKind::Control;
  return byteTokenValue(text) ? PieceKind::Byte : PieceKind::Normal;
}

}  // namespace

std::shared_ptr<const Tokenizer> llama2cTokenizer(ByteSpan bytes, const std::string& source) {
  ByteReader in(bytes, source);
  const auto longest = in.read<uint32_t>("longest token");
  std::vector<ScoredPiece> pieces;
  while (in.remaining() != 0) {
    const std::string what = fmt::format("token {}", pieces.size());
    const auto score = in.read<float>(what);
    const auto size = in.read<uint32_t>(what);
    if (!std::isfinite(score)) throw UserError(fmt::format("{}: {}: expected a finite score", source, what));
    if (size > longest) {
      throw UserError(
          fmt::format("{}: {}: expected at most {} bytes, found {}", source, what, longest, size));
    }
    std::string text(in.takeText(size, what));
    const PieceKind kind = kindOf(pieces.size(), text);
    pieces.push_back({std::move(text), score, kind});
  }
  if (pieces.size() <= kEos) throw UserError(fmt::format("{}: expected at least 3 tokens", source));
  // The file stores these with line breaks around them; texts contain the names without.
  pieces[kBos].text = "<s>";
  pieces[kEos].text = "</s>";
  ScoreTokenizerSettings settings;
  settings.bos = kBos;
  settings.eos = {kEos};
  settings.unknown = kUnknown;
  return std::make_shared<ScoreTokenizer>(std::move(pieces), settings);
}

}  // namespace pim::host

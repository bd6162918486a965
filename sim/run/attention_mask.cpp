#include "sim/run/attention_mask.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/error.h"
#include "sw/host/fpga/attention_mask.h"

namespace pim::sim {
namespace {

constexpr std::uint32_t kMostTokens = host::BlockMask::kMostRows * PIM_MASK_TOKENS;

[[noreturn]] void refuse(const std::string& text) {
  throw UserError(
      fmt::format("attention.mask: expected causal, sliding:N, sinks:A+N or strided:N with tokens and blocks "
                  "from 1 to {}, or "
                  "a .csv file, got {}",
                  kMostTokens, text));
}

std::optional<std::uint32_t> numberIn(std::string_view text) {
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || number == 0 || number > kMostTokens)
    return std::nullopt;
  return number;
}

/// Returns the text after `name:`.
std::optional<std::string_view> argumentOf(std::string_view text, std::string_view name) {
  if (text.substr(0, name.size()) != name || text.size() <= name.size() || text[name.size()] != ':')
    return std::nullopt;
  return text.substr(name.size() + 1);
}

host::BlockMask generated(const std::string& text) {
  if (const auto window = argumentOf(text, "sliding")) {
    if (const auto tokens = numberIn(*window)) return host::BlockMask::window(0, *tokens);
  }
  if (const auto stride = argumentOf(text, "strided")) {
    if (const auto blocks = numberIn(*stride)) return host::BlockMask::strided(*blocks);
  }
  if (const auto both = argumentOf(text, "sinks")) {
    const std::size_t plus = both->find('+');
    if (plus != std::string_view::npos) {
      const auto sinks = numberIn(both->substr(0, plus)), window = numberIn(both->substr(plus + 1));
      if (sinks && window) return host::BlockMask::window(*sinks, *window);
    }
  }
  refuse(text);
}

/// Reads a mask file. One command serves all heads of a layer, so they must have the same mask.
host::BlockMask fromFile(const std::string& path) {
  const host::fpga::AttentionMask file = host::fpga::AttentionMask::fromFile(path);
  std::vector<std::vector<std::vector<bool>>> rows(file.layers());
  for (std::uint32_t layer = 0; layer < file.layers(); ++layer) {
    for (std::uint32_t row = 0; row < file.blocks(); ++row) {
      std::vector<bool> kept(row + 1);
      for (std::uint32_t column = 0; column <= row; ++column) {
        kept[column] = file.keeps(layer, 0, row, column);
        for (std::uint32_t head = 1; head < file.heads(); ++head) {
          if (file.keeps(layer, head, row, column) == kept[column]) continue;
          throw UserError(
              fmt::format("{}: layer {}: heads 0 and {} have different masks; on this machine the heads of a "
                          "layer share one",
                          path, layer, head));
        }
      }
      rows[layer].push_back(std::move(kept));
    }
  }
  return host::BlockMask::fromRows(std::move(rows));
}

}  // namespace

host::BlockMask blockMask(const platform::AttentionConfig& attention) {
  if (attention.mask == "causal") return {};
  const bool isFile =
      attention.mask.find(".csv") != std::string::npos || attention.mask.find('/') != std::string::npos;
  host::BlockMask mask = isFile ? fromFile(attention.mask) : generated(attention.mask);
  constexpr host::BlockMask::Phase kPhases[] = {host::BlockMask::Phase::Prefill,
                                                host::BlockMask::Phase::Decode, host::BlockMask::Phase::Both};
  mask.setPhase(kPhases[static_cast<std::size_t>(attention.phase)]);
  return mask;
}

}  // namespace pim::sim

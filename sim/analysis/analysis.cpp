#include "sim/analysis/analysis.h"

#include <fmt/format.h>

#include <algorithm>

namespace pim::sim {
namespace {

std::string number(const std::optional<double>& value) {
  return value ? fmt::format("{:.5g}", *value) : std::string("-");
}

}  // namespace

std::optional<double> AnalysisRow::difference() const {
  if (!simulated || !corrected || *corrected == 0) return std::nullopt;
  return *simulated / *corrected - 1;
}

SimulatedDecode simulatedDecode(const Stage& decode) {
  const double tokens = static_cast<double>(decode.tokens);
  const Counters& c = decode.counters;
  const auto each = [&](std::uint64_t sum) { return static_cast<double>(sum) / tokens; };
  SimulatedDecode s;
  s.seconds = decode.secondsPerToken();
  for (std::size_t i = 0; i < kComponents; ++i)
    s.busy[i] = static_cast<double>(c.busy[i]) * kSecondsPerPicosecond / tokens;
  s.messagesWeights = each(c.messages[PIM_STREAM_WEIGHTS]);
  s.messagesKv = each(c.messages[PIM_STREAM_KV]);
  s.bankBytesWeights = each(c.bankBytes[PIM_STREAM_WEIGHTS]);
  s.bankBytesKv = each(c.bankBytes[PIM_STREAM_KV]);
  s.linkInWeights = each(c.linkInBytes[PIM_STREAM_WEIGHTS]);
  s.linkInKv = each(c.linkInBytes[PIM_STREAM_KV]);
  s.linkOutWeights = each(c.linkOutBytes[PIM_STREAM_WEIGHTS]);
  s.linkOutKv = each(c.linkOutBytes[PIM_STREAM_KV]);
  s.controllerWeights = each(c.controllerBytes[PIM_STREAM_WEIGHTS]);
  s.controllerKv = each(c.controllerBytes[PIM_STREAM_KV]);
  return s;
}

std::uint32_t spreadOf(const ModelShape& shape, const platform::Config& config) {
  if (config.mapping.banksPerHead > 1) return config.mapping.banksPerHead;
  const std::uint32_t each = config.chip.banks() / shape.kvHeads;
  return std::clamp<std::uint32_t>(each, 2, std::max<std::uint32_t>(config.chip.banksPerDie, 2));
}

nlohmann::ordered_json toJson(const std::vector<AnalysisRow>& rows) {
  auto json = nlohmann::ordered_json::array();
  for (const AnalysisRow& row : rows) {
    nlohmann::ordered_json item{{"id", row.id}, {"quantity", row.quantity}, {"unit", row.unit}};
    if (row.published) item["published"] = *row.published;
    if (row.corrected) item["corrected"] = *row.corrected;
    if (row.simulated) item["simulated"] = *row.simulated;
    if (const auto difference = row.difference()) item["difference"] = *difference;
    if (!row.note.empty()) item["note"] = row.note;
    json.push_back(std::move(item));
  }
  return json;
}

std::string toTable(const std::vector<AnalysisRow>& rows) {
  std::string text = fmt::format("  {:<24} {:<56} {:>9} {:>12} {:>12} {:>12} {:>11}\n", "id", "quantity",
                                 "unit", "published", "corrected", "simulated", "difference");
  std::string notes;
  for (const AnalysisRow& row : rows) {
    const auto difference = row.difference();
    text += fmt::format("  {:<24} {:<56} {:>9} {:>12} {:>12} {:>12} {:>11}\n", row.id, row.quantity, row.unit,
                        number(row.published), number(row.corrected), number(row.simulated),
                        difference ? fmt::format("{:+.2f} %", 100 * *difference) : std::string());
    if (!row.note.empty()) notes += fmt::format("  {}: {}\n", row.id, row.note);
  }
  return notes.empty() ? text : text + '\n' + notes;
}

}  // namespace pim::sim

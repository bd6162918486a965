#include "sim/analysis/layer_schedule.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "core/operations/alu_operation.h"
#include "core/operations/command_names.h"
#include "sim/analysis/metrics.h"
#include "sim/timeline/whereabouts.h"

namespace pim::sim {

void LayerSchedule::onMark(std::uint32_t kind, std::uint32_t index, Picoseconds) {
  m_inToken = kind == PIM_MARK_DECODE && index == 0;
}

void LayerSchedule::onDispatch(const pim_command& command, std::uint32_t) {
  m_wanted = m_inToken && layerOf(command) == static_cast<int>(m_layer);
  m_first = m_spans.size();
}

void LayerSchedule::onTransfer(std::uint64_t, LinkDirection direction, std::uint64_t, Picoseconds begin,
                               Picoseconds end) {
  worked(direction == LinkDirection::Down ? Row::LinksDown : Row::LinksUp, begin, end);
}

void LayerSchedule::onBankWork(std::uint64_t, std::uint64_t, Picoseconds begin, Picoseconds end) {
  worked(Row::Banks, begin, end);
}

void LayerSchedule::worked(Row row, Picoseconds begin, Picoseconds end) {
  if (!m_wanted) return;
  for (std::size_t i = m_first; i < m_spans.size(); ++i) {
    Span& span = m_spans[i];
    if (span.row != row) continue;
    span.begin = std::min(span.begin, begin);
    span.end = std::max(span.end, end);
    return;
  }
  m_spans.push_back({row, {}, Component::Latency, begin, end});
}

void LayerSchedule::onCommand(const pim_command& command, std::uint32_t, const CommandRecord& record,
                              const Counters&) {
  if (isAluOpcode(command.opcode)) worked(Row::Alus, record.start, record.done);
  for (std::size_t i = m_first; i < m_spans.size(); ++i) {
    m_spans[i].name = fmt::format("{} {}", opcodeName(command.opcode), stepName(command.step));
    m_spans[i].component = record.component;
  }
  m_wanted = false;
  m_first = m_spans.size();
}

nlohmann::ordered_json toJson(const LayerSchedule& schedule) {
  static constexpr const char* kRows[] = {"ALUs", "links down", "banks", "links up"};
  Picoseconds start = std::numeric_limits<Picoseconds>::max();
  for (const LayerSchedule::Span& span : schedule.spans()) start = std::min(start, span.begin);
  nlohmann::ordered_json spans = nlohmann::ordered_json::array();
  const auto seconds = [start](Picoseconds time) {
    return static_cast<double>(time - start) * kSecondsPerPicosecond;
  };
  for (const LayerSchedule::Span& span : schedule.spans()) {
    spans.push_back({{"row", kRows[static_cast<std::size_t>(span.row)]},
                     {"name", span.name},
                     {"component", componentName(span.component)},
                     {"begin", seconds(span.begin)},
                     {"end", seconds(span.end)}});
  }
  return {{"layer", schedule.layer()}, {"spans", spans}};
}

}  // namespace pim::sim

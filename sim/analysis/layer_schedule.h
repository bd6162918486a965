#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/observe/activity.h"

namespace pim::sim {

/// Records when each kind of unit worked on each command in one layer of the first decode token.
class LayerSchedule : public ActivityObserver {
 public:
  enum class Row : std::uint8_t { Alus, LinksDown, Banks, LinksUp };

  /// The work of a command in all units of a kind, from the first start to the last end.
  struct Span {
    Row row;
    std::string name;  ///< operation and step: "MAC qkv"
    Component component;
    Picoseconds begin, end;
  };

  explicit LayerSchedule(std::uint32_t layer) : m_layer(layer) {}

  std::uint32_t layer() const { return m_layer; }
  /// The spans in the order of posting; empty if the run had no such layer.
  const std::vector<Span>& spans() const { return m_spans; }

  void onMark(std::uint32_t kind, std::uint32_t index, Picoseconds) override;
  void onDispatch(const pim_command& command, std::uint32_t sequence) override;
  void onTransfer(std::uint64_t dies, LinkDirection direction, std::uint64_t bytes, Picoseconds begin,
                  Picoseconds end) override;
  void onBankWork(std::uint64_t dies, std::uint64_t banks, Picoseconds begin, Picoseconds end) override;
  void onCommand(const pim_command& command, std::uint32_t sequence, const CommandRecord& record,
                 const Counters& counters) override;

 private:
  void worked(Row row, Picoseconds begin, Picoseconds end);

  std::uint32_t m_layer;
  bool m_inToken = false;
  bool m_wanted = false;
  std::vector<Span> m_spans;
  std::size_t m_first = 0;  // span of the command being dispatched
};

/// Returns the layer and its spans: row, name, component, begin and end in seconds since the layer's first
/// command.
nlohmann::ordered_json toJson(const LayerSchedule& schedule);

}  // namespace pim::sim

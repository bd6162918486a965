#pragma once

#include <array>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "core/base/model_shape.h"
#include "platform/config/config.h"
#include "sim/analysis/closed_form.h"
#include "sim/analysis/closed_form_chip.h"
#include "sim/analysis/metrics.h"

namespace pim::sim {

/// The simulation of one decode token as plain data, so that another process can send it.
struct SimulatedDecode {
  std::uint32_t banksPerHead = 0;
  std::uint32_t maxContext = 0;  ///< capacity of the layout, in tokens
  double seconds = 0;
  std::array<double, kComponents> busy{};  ///< s
  double messagesWeights = 0, messagesKv = 0;
  double bankBytesWeights = 0, bankBytesKv = 0;
  double linkInWeights = 0, linkInKv = 0, linkOutWeights = 0, linkOutKv = 0;  ///< bytes
  double controllerWeights = 0, controllerKv = 0;                             ///< bytes

  double busySeconds(Component component) const { return busy[static_cast<std::size_t>(component)]; }
};
SimulatedDecode simulatedDecode(const Stage& decode);

/// One quantity of the analysis: published, corrected, simulated.
struct AnalysisRow {
  std::string id;  ///< row number of the published analysis (S0-xx), or name of a component of this chip
  std::string quantity, unit;
  std::optional<double> published, corrected, simulated;
  std::string note;

  /// simulated / corrected - 1
  std::optional<double> difference() const;
};

struct AnalysisInput {
  ModelShape shape;
  platform::Config config;
  LayoutChoices layout;
  std::uint32_t context = 0;              ///< tokens that the step attends to, its own included
  std::uint32_t spread = 0;               ///< banks per head in the other mapping, which takes more than one
  const SimulatedDecode* one = nullptr;   ///< one bank per head; null if not simulated
  const SimulatedDecode* many = nullptr;  ///< `spread` banks per head
};

/// Returns the other attention mapping of the published analysis: the number of banks that share a head, if
/// it is more than one.
std::uint32_t spreadOf(const ModelShape& shape, const platform::Config& config);

/// The rows of the published analysis with its own widths; `corrected` differs only by units and errata.
std::vector<AnalysisRow> publishedRows(const AnalysisInput& input);

/// The components of this chip, `corrected` with the widths that it uses; the simulation must give the same
/// values with the `ideal` preset.
std::vector<AnalysisRow> chipRows(const AnalysisInput& input, const SimulatedDecode& simulated);

nlohmann::ordered_json toJson(const std::vector<AnalysisRow>& rows);
std::string toTable(const std::vector<AnalysisRow>& rows);

}  // namespace pim::sim

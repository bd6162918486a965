#pragma once

#include <memory>
#include <string>
#include <vector>

#include "platform/config/config.h"

namespace pim::sim {

/// A price of a configuration: a formula of numeric keys, such as "bank.bram_kib * chip.dies + 3 *
/// link.bandwidth_...", with the operators and functions of muParser (+ - * / ^, min, max, sqrt, log2, ...).
/// "area" is the area of the chip's logic and SRAM in mm2 (sim/analysis/area.h).
class CostFormula {
 public:
  /// UserError: the text is not a formula, or a name is not a numeric key.
  explicit CostFormula(const std::string& text);
  ~CostFormula();
  CostFormula(CostFormula&&) noexcept;
  CostFormula& operator=(CostFormula&&) noexcept;

  /// UserError: the result for this configuration is not a number.
  double operator()(const platform::Config& config) const;
  const std::string& text() const { return m_text; }

 private:
  struct Parser;
  std::string m_text;
  std::unique_ptr<Parser> m_parser;
};

}  // namespace pim::sim

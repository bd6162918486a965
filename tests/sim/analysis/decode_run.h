#pragma once

#include <cstdint>
#include <string>

#include "platform/config/loader.h"
#include "sim/analysis/analysis.h"
#include "sim/analysis/metrics.h"
#include "sw/host/layout/layout.h"

namespace pim::sim {

/// A chip and a model, to be simulated as often as a test likes: each simulation takes a process of its own.
struct ChipSetup {
  platform::Config config;
  ModelShape shape;

  ChipSetup(const std::string& preset, const platform::Overrides& overrides,
            const std::string& model = "llama-7b")
      : config(platform::loadPreset(preset, overrides)), shape(platform::loadModel(model)) {}
};

struct DecodeRun {
  SimulatedDecode step;
  LayoutChoices layout;
  bool done = false;
};
/// One decode step that attends to `context` tokens.
DecodeRun runDecode(const ChipSetup& setup, std::uint32_t context);

struct PrefillRun {
  double tokensPerSecond = 0;
  Utilisation utilisation;
  std::uint32_t tokenTile = 0;  ///< as laid out
  bool done = false;
};
PrefillRun runPrefill(const ChipSetup& setup, std::uint32_t promptTokens);

}  // namespace pim::sim

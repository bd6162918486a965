#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "platform/config/loader.h"
#include "sim/cosim/layer_times.h"
#include "tlm/rtl/die_schedule.h"
#include "tlm/rtl/rtl_factories.h"

namespace pim::cosim {

struct ChipBenchOptions {
  std::string weights;                ///< checkpoint
  std::string preset = "small";       ///< of the chip
  platform::Overrides overrides;      ///< changes to its configuration
  std::string fidelity = "rtl";       ///< for banks, dies and ALUs: rtl or check
  std::vector<std::uint32_t> prompt;  ///< empty: promptTokens ids drawn from the vocabulary
  std::uint32_t promptTokens = 16;
  std::uint32_t generate = 32;
  std::uint64_t seed = 1;  ///< for the drawn prompt
  RtlFactories rtl = linkedRtl();
};

/// The results and times of the job on one chip.
struct ChipBenchRun {
  std::vector<std::uint32_t> tokens;
  std::vector<std::int32_t> logits;  ///< [token][vocabulary]
  std::vector<LayerTimes::Part> parts;
  Picoseconds end = 0;
  double cpuSeconds = 0;  ///< of the process, for elaboration and simulation
};

struct ChipBenchResult {
  ChipBenchRun tlm, rtl;
  std::vector<std::uint32_t> prompt;
  /// Repeats the recorded accesses to the dies in the order of time; result of the comparison of model and
  /// RTL.
  DieSchedule::Seen dies;

  /// Returns the first token or logit that differs, or an empty text.
  std::string difference() const;
  /// Returns the additional time of layer `layer` in RTL, as a share of its time in the model. Index layers()
  /// is the work outside layers.
  double excess(std::size_t layer) const;
  /// Returns a text table of both times per layer.
  std::string table() const;
  std::size_t layers() const { return tlm.parts.size() - 1; }
};

/// Runs the job on one chip whose banks, dies and ALUs all have this fidelity. Elaborates SystemC modules.
ChipBenchRun runChip(const ChipBenchOptions& options, const std::string& fidelity,
                     const std::vector<std::uint32_t>& prompt);

/// Returns the prompt of the job for a model with this vocabulary.
std::vector<std::uint32_t> promptOf(const ChipBenchOptions& options, std::uint32_t vocabulary);

/// Runs the job on the modelled chip, in a process of its own, then on the same chip with all blocks in RTL.
/// Elaborates SystemC modules, so call it once per process. UserError if the chip cannot run the job;
/// RtlMismatch, with fidelity check, at the first difference.
ChipBenchResult runChipBench(const ChipBenchOptions& options);

}  // namespace pim::cosim

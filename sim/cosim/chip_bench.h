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
  std::string preset = "small";       ///< the chip
  platform::Overrides overrides;      ///< of its configuration
  std::string fidelity = "rtl";       ///< of banks, dies and ALUs: rtl or check
  std::vector<std::uint32_t> prompt;  ///< empty: promptTokens ids drawn from the vocabulary
  std::uint32_t promptTokens = 16;
  std::uint32_t generate = 32;
  std::uint64_t seed = 1;  ///< of the prompt
  RtlFactories rtl = linkedRtl();
};

/// What a chip made of the job.
struct ChipBenchRun {
  std::vector<std::uint32_t> tokens;
  std::vector<std::int32_t> logits;  ///< [token][vocabulary]
  std::vector<LayerTimes::Part> parts;
  Picoseconds end = 0;
  double cpuSeconds = 0;  ///< of the process, to elaborate and simulate
};

struct ChipBenchResult {
  ChipBenchRun tlm, rtl;
  std::vector<std::uint32_t> prompt;
  /// The accesses to the dies once more in the order of time, beside each other.
  DieSchedule::Seen dies;

  /// The first token or logit that differs, or an empty text.
  std::string difference() const;
  /// How much longer layer `layer` takes in RTL, of its time; index layers(): what is in no layer.
  double excess(std::size_t layer) const;
  /// Times of both by layer, for people.
  std::string table() const;
  std::size_t layers() const { return tlm.parts.size() - 1; }
};

/// The job on one chip, whose banks, dies and ALUs are all of this fidelity. Elaborates SystemC modules.
ChipBenchRun runChip(const ChipBenchOptions& options, const std::string& fidelity,
                     const std::vector<std::uint32_t>& prompt);

/// What the job's prompt is for a model of this vocabulary.
std::vector<std::uint32_t> promptOf(const ChipBenchOptions& options, std::uint32_t vocabulary);

/// Runs the job on the chip as it is modelled, in a process of its own, then on the same chip with all of its
/// blocks in RTL. Elaborates SystemC modules: once in a process. UserError for what the chip cannot run;
/// RtlMismatch, with fidelity check, at the first difference.
ChipBenchResult runChipBench(const ChipBenchOptions& options);

}  // namespace pim::cosim

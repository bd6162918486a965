#pragma once

#include <cstdint>
#include <memory>
#include <tlm>

#include "abi/pim_abi.h"
#include "core/base/time.h"
#include "core/dram/bank_timing.h"

namespace pim {

struct DecodedCommand;

/// What a payload of ours carries beside address and data. Ignorable: a payload without it is served just the
/// same.
class CommandExtension : public tlm::tlm_extension<CommandExtension> {
 public:
  // From the initiator.
  std::uint32_t sequence = PIM_NO_SEQUENCE;  ///< which command this belongs to, for tracing
  unsigned multiplicity = 1;                 ///< how many members in lock-step this transaction stands for
  unsigned activeBanks = 1;                  ///< banks of the die that run the same command together
  std::uint8_t stream = PIM_STREAM_WEIGHTS;  ///< what the bytes are for (enum pim_stream)
  bool timingOnly = false;                   ///< account for the bytes but do not move them
  std::uint64_t members = 0;                 ///< which dies these are (bit mask), 0: just the target
  std::uint64_t bankMembers = 0;             ///< which banks of each, set by the die; 0: just the target

  // From the target: absolute simulated times.
  Picoseconds serviceStart = 0;  ///< when the unit began on it, after any queue
  Picoseconds done = 0;          ///< when its effect is complete; a doorbell returns long before

  /// From the die or a bank's sequencer, to the bank's units: what the descriptor was decoded to. Null
  /// between commands.
  const DecodedCommand* work = nullptr;

  tlm::tlm_extension_base* clone() const override { return new CommandExtension(*this); }
  void copy_from(const tlm::tlm_extension_base& other) override {
    *this = static_cast<const CommandExtension&>(other);
  }
};

/// Calls serve(CommandExtension&) with the extension of a payload; a payload that came without carries one
/// meanwhile.
template <typename Serve>
void withCommand(tlm::tlm_generic_payload& payload, Serve serve) {
  if (auto* found = payload.get_extension<CommandExtension>()) return serve(*found);
  CommandExtension own;
  payload.set_extension(&own);
  const auto detach = [&own](tlm::tlm_generic_payload* from) { from->clear_extension(&own); };
  const std::unique_ptr<tlm::tlm_generic_payload, decltype(detach)> attached(&payload, detach);
  serve(own);
}

/// How a bank's unit reads or writes BMEM and BRAM: one transaction for a run of rows. The target hands out a
/// view instead of copying, since the MAC array reads the cells where they are.
class StreamExtension : public tlm::tlm_extension<StreamExtension> {
 public:
  // From the initiator.
  /// What the columns that the payload names are to the cells: made for the bank, so that they lie in it.
  /// Null: they count as any access.
  const StreamPlan* plan = nullptr;
  /// The command that makes the stream, in place of an extension of the stream's own. Null: it counts as any
  /// access.
  const CommandExtension* command = nullptr;

  // From the target.
  std::uint8_t* view =
      nullptr;  ///< the bytes themselves, valid until the next transaction; null if not stored

  tlm::tlm_extension_base* clone() const override { return new StreamExtension(*this); }
  void copy_from(const tlm::tlm_extension_base& other) override {
    *this = static_cast<const StreamExtension&>(other);
  }
};

/// The command a payload belongs to, if any.
inline const CommandExtension* commandOf(const tlm::tlm_generic_payload& payload,
                                         const StreamExtension* stream) {
  return stream != nullptr ? stream->command : payload.get_extension<CommandExtension>();
}

}  // namespace pim

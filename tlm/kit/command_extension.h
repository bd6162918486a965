#pragma once

#include <cstdint>
#include <memory>
#include <tlm>
#include <vector>

#include "abi/pim_abi.h"
#include "core/base/ids.h"
#include "core/base/time.h"
#include "core/dram/bank_timing.h"

namespace pim {

struct DecodedCommand;

/// The command that a transaction belongs to, and the dies and banks that it represents. Written by the
/// initiator, constant on the way to the bank. A module that forwards for others makes its own request
/// (CarriedRequest).
struct CommandRequest {
  std::uint32_t sequence = PIM_NO_SEQUENCE;  ///< of the command, for traces
  unsigned multiplicity = 1;  ///< number of members in lock step that this transaction represents
  std::uint8_t stream = PIM_STREAM_WEIGHTS;  ///< purpose of the bytes (enum pim_stream)
  bool timingOnly = false;                   ///< count the time of the bytes, but do not move them
  DieSet dies;                               ///< the dies that it represents; empty: only the target
  /// Owner of the bytes of a write. While a target shares it, the bytes do not change, so that a target whose
  /// computation may lag behind need not copy them at once. Null: the bytes are valid during the call only.
  const std::shared_ptr<const std::vector<std::uint8_t>>* kept = nullptr;

  /// Returns the dies that the transaction represents when it arrives at `target`.
  DieSet diesFrom(DieIndex target) const { return dies.empty() ? DieSet(target) : dies; }

  // Set by a die, for its banks.
  BankSet banks;  ///< the banks of each die that it represents; empty: only the target
  /// The decoded descriptor, for a bank that decoded it or has an equal decoder. Null: not decoded.
  const DecodedCommand* work = nullptr;
};

/// When a unit served a command, in absolute time. Written once, by the unit that completes the command.
struct CommandAnswer {
  Picoseconds serviceStart = 0;  ///< the unit began the command, after waiting in any queue
  Picoseconds done = 0;          ///< its effect is complete; a doorbell returns long before
};

/// Data of this project's payloads in addition to address and bytes. Ignorable: targets serve a payload
/// without it in the same way.
class CommandExtension : public tlm::tlm_extension<CommandExtension> {
 public:
  CommandRequest request;
  CommandAnswer answer;

  tlm::tlm_extension_base* clone() const override { return new CommandExtension(*this); }
  void copy_from(const tlm::tlm_extension_base& other) override {
    *this = static_cast<const CommandExtension&>(other);
  }
};

/// Replaces the CommandExtension of a payload until the end of the scope; also for a payload without one.
class CarriedRequest {
 public:
  CarriedRequest(tlm::tlm_generic_payload& payload, CommandExtension& carried)
      : m_payload(payload), m_carried(carried), m_given(payload.set_extension(&carried)) {}
  ~CarriedRequest() {
    if (m_given != nullptr) {
      m_payload.set_extension(m_given);
    } else {
      m_payload.clear_extension(&m_carried);
    }
  }
  CarriedRequest(const CarriedRequest&) = delete;
  CarriedRequest& operator=(const CarriedRequest&) = delete;

 private:
  tlm::tlm_generic_payload& m_payload;
  CommandExtension& m_carried;
  CommandExtension* m_given;
};

/// Calls serve(const CommandRequest&, CommandAnswer&) with the extension of a payload, or with a default one
/// if the payload has none.
template <typename Serve>
void withCommand(tlm::tlm_generic_payload& payload, Serve serve) {
  if (auto* found = payload.get_extension<CommandExtension>()) return serve(found->request, found->answer);
  CommandExtension own;
  const CarriedRequest carried(payload, own);
  serve(own.request, own.answer);
}

/// Describes the access of a bank's unit to BMEM or BRAM: one transaction for a run of rows. The target
/// returns a pointer to the bytes instead of a copy, because the MAC array reads the cells in place.
class StreamExtension : public tlm::tlm_extension<StreamExtension> {
 public:
  // Set by the initiator.
  /// The plan of the columns that the payload addresses, made for this bank, so that they lie within it.
  /// Null: an ordinary access.
  const StreamPlan* plan = nullptr;
  /// The command that the stream belongs to. Null: an ordinary access.
  const CommandRequest* command = nullptr;

  // Set by the target.
  std::uint8_t* view =
      nullptr;  ///< the bytes themselves, valid until the next transaction; null if not stored

  tlm::tlm_extension_base* clone() const override { return new StreamExtension(*this); }
  void copy_from(const tlm::tlm_extension_base& other) override {
    *this = static_cast<const StreamExtension&>(other);
  }
};

/// Returns the command that a payload belongs to, if any.
inline const CommandRequest* commandOf(const tlm::tlm_generic_payload& payload,
                                       const StreamExtension* stream) {
  if (stream != nullptr) return stream->command;
  const auto* extension = payload.get_extension<CommandExtension>();
  return extension != nullptr ? &extension->request : nullptr;
}

}  // namespace pim

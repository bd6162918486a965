#pragma once

#include <optional>

#include "core/dram/activation_arbiter.h"
#include "core/observe/statistics.h"
#include "core/operations/bank_decoder.h"
#include "tlm/bank/bank_parameters.h"
#include "tlm/kit/transaction.h"
#include "tlm/kit/wiring.h"

namespace pim {

/// What the banks of a die share: their parameters, and objects that they use one
/// after another, each within one call. One copy per die stays in the host's cache.
class BankCommons {
 public:
  /// `c`: where the banks count.
  BankCommons(const BankParameters& p, Counters& c, const Wiring& w = {})
      : parameters(p),
        wiring(w),
        counters(c),
        drain(toScTime(p.compute.overhead ? p.compute.clock.cycles(BankCompute::kDrainCycles) : 0)) {
    if (parameters.dram.timing().limitsActivation()) m_arbiter.emplace(parameters.dram.timing());
    m_cells.enableStream();
    m_buffer.enableStream();
  }

  const BankParameters parameters;
  const Wiring wiring;
  Counters& counters;
  const sc_core::sc_time drain;  ///< of the MAC array: last column to last result in BRAM
  // Banks in step wait alike.
  RepeatedTime toStart;     ///< of a command, from its arrival
  RepeatedTime toCellsEnd;  ///< of an access to the cells, from now

  /// `descriptor`: PIM_COMMAND_BYTES of them. The answer lasts until the next call.
  const DecodedCommand& decode(const void* descriptor, std::uint32_t bankInDie) {
    return m_decoder.decode(descriptor, bankInDie, parameters.compute, parameters.bramBytes, parameters.dram);
  }

  /// Who says when which bank activates; null where all may at once.
  ActivationArbiter* arbiter() { return m_arbiter ? &*m_arbiter : nullptr; }

  /// Has it serve the streams of a command.
  void serveTogether(std::vector<BankTurn>& turns) {
    const Picoseconds now = toPicoseconds(sc_core::sc_time_stamp());
    m_arbiter->serve(turns, now / parameters.dram.timing().tCkPs, watched());
  }

  // For dies in lock-step.
  bool sameArbiterFrom(Picoseconds now, const BankCommons& other) const {
    return !m_arbiter || m_arbiter->sameFrom(now / parameters.dram.timing().tCkPs, *other.m_arbiter);
  }
  void adoptArbiter(const BankCommons& other) {
    if (m_arbiter) m_arbiter->adopt(*other.m_arbiter);
  }

  /// Whether anybody may want to see DRAM commands.
  bool watched() const { return wiring.activity != nullptr || wiring.dram != nullptr; }

  bool decoded(const DecodedCommand& command) const { return m_decoder.made(command); }

  /// A unit's stream of the columns of a command. Returns BMEM from its first byte, for work of the bank's
  /// lane; null where nothing is computed.
  template <typename Socket>
  std::uint8_t* stream(const DecodedCommand& work, const CommandRequest& request, Socket& bmem,
                       sc_core::sc_time& delay, const sc_core::sc_object& unit) {
    m_cells.stream.command = &request;
    std::uint8_t* cells = nullptr;
    for (const StreamPlan& plan : work.streams) {
      m_cells.stream.plan = &plan;
      const auto offset = static_cast<std::uint32_t>(plan.request.byteOffset);
      const auto bytes = static_cast<std::uint32_t>(plan.request.columns * PIM_COLUMN_BYTES);
      bmem->b_transport(plan.request.kind == StreamRequest::Kind::Write
                            ? m_cells.write(offset, nullptr, bytes)
                            : m_cells.read(offset, nullptr, bytes),
                        delay);
      requireOk(m_cells, unit);
      if (parameters.functional) cells = m_cells.stream.view - offset;
    }
    return cells;
  }
  /// BRAM from its first byte, for work of the bank's lane; null where nothing is computed. Vectors and
  /// results cross its port beside the stream or in the unit's own cycles, so this takes no time.
  template <typename Socket>
  std::uint8_t* view(Socket& bram, const sc_core::sc_object& unit) {
    if (!parameters.functional) return nullptr;
    sc_core::sc_time hidden = sc_core::SC_ZERO_TIME;
    bram->b_transport(m_buffer.read(0, nullptr, parameters.bramBytes), hidden);
    requireOk(m_buffer, unit);
    return m_buffer.stream.view;
  }
  /// Answers a command that has run.
  void finish(tlm::tlm_generic_payload& payload, const CommandRequest& request) {
    counters.bramBytes += request.work->bramBytes * request.multiplicity;
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
  }

 private:
  std::optional<ActivationArbiter> m_arbiter;
  Transaction m_cells;   // a unit's with BMEM
  Transaction m_buffer;  // a unit's with BRAM
  BankDecoder m_decoder;
};

}  // namespace pim

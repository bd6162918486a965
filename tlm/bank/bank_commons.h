#pragma once

#include <optional>

#include "core/dram/activation_arbiter.h"
#include "core/observe/statistics.h"
#include "core/operations/bank_decoder.h"
#include "tlm/bank/bank_parameters.h"
#include "tlm/kit/transaction.h"
#include "tlm/kit/wiring.h"

namespace pim {

/// Parameters and objects that the banks of a die share. They use the objects one after another, each within
/// one call. One copy per die stays in the host's cache.
class BankCommons {
 public:
  /// `c`: the counters of the banks.
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
  // Banks in lock step wait for the same time, so the last conversion is stored.
  RepeatedTime toStart;     ///< of a command, from its arrival
  RepeatedTime toCellsEnd;  ///< of an access to the cells, from now

  /// `descriptor`: PIM_COMMAND_BYTES bytes. The result is valid until the next call.
  const DecodedCommand& decode(const void* descriptor, std::uint32_t bankInDie) {
    return m_decoder.decode(descriptor, bankInDie, parameters.compute, parameters.bramBytes, parameters.dram);
  }

  /// Returns the arbiter of the activates; null if banks activate independently.
  ActivationArbiter* arbiter() { return m_arbiter ? &*m_arbiter : nullptr; }

  /// Makes the arbiter serve the streams of a command.
  void serveTogether(std::vector<BankTurn>& turns) {
    const Picoseconds now = toPicoseconds(sc_core::sc_time_stamp());
    m_arbiter->serve(turns, now / parameters.dram.timing().tCkPs, watched());
  }

  // For dies in lock step.
  bool sameArbiterFrom(Picoseconds now, const BankCommons& other) const {
    return !m_arbiter || m_arbiter->sameFrom(now / parameters.dram.timing().tCkPs, *other.m_arbiter);
  }
  void adoptArbiter(const BankCommons& other) {
    if (m_arbiter) m_arbiter->adopt(*other.m_arbiter);
  }

  /// Returns whether an observer may need DRAM commands.
  bool watched() const { return wiring.activity != nullptr || wiring.dram != nullptr; }

  bool decoded(const DecodedCommand& command) const { return m_decoder.made(command); }

  /// Streams the columns of a command for a unit. Returns the first byte of BMEM, for a computation on the
  /// bank's work lane; null in a timing-only run.
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
  /// Returns the first byte of BRAM, for a computation on the bank's work lane; null in a timing-only run.
  /// Takes no time, because vectors and results pass the port of BRAM in parallel with the stream or in
  /// cycles that the unit counts.
  template <typename Socket>
  std::uint8_t* view(Socket& bram, const sc_core::sc_object& unit) {
    if (!parameters.functional) return nullptr;
    sc_core::sc_time hidden = sc_core::SC_ZERO_TIME;
    bram->b_transport(m_buffer.read(0, nullptr, parameters.bramBytes), hidden);
    requireOk(m_buffer, unit);
    return m_buffer.stream.view;
  }
  /// Writes the answer of a command that has run.
  void finish(tlm::tlm_generic_payload& payload, const CommandRequest& request) {
    counters.bramBytes += request.work->bramBytes * request.multiplicity;
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
  }

 private:
  std::optional<ActivationArbiter> m_arbiter;
  Transaction m_cells;   // between a unit and BMEM
  Transaction m_buffer;  // between a unit and BRAM
  BankDecoder m_decoder;
};

}  // namespace pim

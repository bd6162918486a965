#include "tlm/bank/bmem.h"

#include <stdexcept>

#include "tlm/kit/access.h"
#include "tlm/kit/transaction.h"

namespace pim {

Bmem::Bmem(const sc_core::sc_module_name& name, BankCommons& commons, std::uint32_t bankInDie, WorkLane* work)
    : sc_module(name),
      sequencer("sequencer"),
      macArray("mac_array"),
      m_storage(commons.parameters.dram.timing().organisation.bankBytes, work),
      m_commons(commons),
      m_bank(bankInDie) {
  sequencer.bind(*this);
  macArray.bind(*this);
}

void Bmem::b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  auto* stream = payload.get_extension<StreamExtension>();
  if (stream != nullptr && stream->plan != nullptr) {
    access(payload, delay, *stream->plan, stream);  // planned columns lie in the bank
  } else if (acceptAccess(payload, m_storage.size())) {
    access(payload, delay, planOf(payload), stream);
  }
}

inline void Bmem::access(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay, const StreamPlan& plan,
                         StreamExtension* stream) {
  const CommandRequest* command = commandOf(payload, stream);
  const Clock clock(dram().timing().tCkPs);
  const Picoseconds now = toPicoseconds(sc_core::sc_time_stamp());
  const DramCycles end = serve(clock.covering(now + toPicoseconds(delay)), plan, command);
  delay = m_commons.toCellsEnd(clock.cycles(end) - now);

  m_storage.serve(payload, stream, command, [this] {
    for (auto* socket : {&sequencer, &macArray})
      (*socket)->invalidate_direct_mem_ptr(0, m_storage.size() - 1);
  });
}

StreamPlan Bmem::planOf(const tlm::tlm_generic_payload& payload) const {
  const int columnBits = dram().timing().columnBits;
  const std::uint64_t address = payload.get_address();
  const std::uint64_t lastByte = address + payload.get_data_length() - 1;
  StreamRequest request;
  request.kind = payload.is_write() ? StreamRequest::Kind::Write : StreamRequest::Kind::Read;
  request.byteOffset = address;
  request.columns = (lastByte >> columnBits) - (address >> columnBits) + 1;
  return dram().plan(request);
}

inline DramCycles Bmem::serve(DramCycles start, const StreamPlan& plan, const CommandRequest* command) {
  const std::uint64_t times = command != nullptr ? command->multiplicity : 1;
  const std::size_t streamIndex = command != nullptr ? command->stream : std::size_t{PIM_STREAM_WEIGHTS};
  m_commons.counters.bankBytes[streamIndex] += (plan.request.columns << dram().timing().columnBits) * times;
  if (times == 1) return serve(start, plan, command, m_commons.counters.dram);
  DramCounters one;
  const DramCycles end = serve(start, plan, command, one);
  m_commons.counters.dram += one *= times;
  return end;
}

inline DramCycles Bmem::serve(DramCycles start, const StreamPlan& plan, const CommandRequest* command,
                              DramCounters& counters) {
  if (m_commons.arbiter() != nullptr) return serveLimited(start, plan, command, counters);
  if (m_commons.watched()) return serveWatched(start, plan, command, counters);
  return dram().stream(m_state, start, plan, m_bank, counters);
}

DramObserver* Bmem::watcher(const CommandRequest* command, const BankTiming::State& before,
                            DramCycles end) const {
  const Wiring& wiring = m_commons.wiring;
  if (wiring.activity == nullptr) return wiring.dram;
  const std::uint64_t dies = command != nullptr ? command->dies.mask() : 0;
  const std::uint64_t banks = command != nullptr ? command->banks.mask() : 0;
  return wiring.activity->dramObserver({dies, banks, before, end * dram().timing().tCkPs}, wiring.dram);
}

DramCycles Bmem::serveWatched(DramCycles start, const StreamPlan& plan, const CommandRequest* command,
                              DramCounters& counters) {
  BankTiming::State after = m_state;
  DramCounters delta;
  const DramCycles end = dram().stream(after, start, plan, m_bank, delta);
  counters += delta;
  if (DramObserver* observer = watcher(command, m_state, end)) {
    StreamRequest request = plan.request;
    request.bank = m_bank;
    dram().streamExact(m_state, start, request, *observer);
  }
  m_state = after;
  return end;
}

BankTurn Bmem::turn(const StreamPlan* plans, std::size_t count, Picoseconds from) {
  m_taken = 0;
  return {m_bank, m_state, Clock(dram().timing().tCkPs).covering(from), plans, count, &m_served};
}

DramCycles Bmem::serveLimited(DramCycles start, const StreamPlan& plan, const CommandRequest* command,
                              DramCounters& counters) {
  if (m_taken == m_served.size()) {
    const Clock clock(dram().timing().tCkPs);
    std::vector<BankTurn> alone{turn(&plan, 1, start * clock.period())};
    m_commons.serveTogether(alone);
  }
  const ServedStream& served = m_served[m_taken++];
  if (served.arrival != start || served.access.counters.columns() != plan.request.columns)
    throw std::logic_error("a bank's stream is not the one that its die announced");
  if (DramObserver* observer = watcher(command, served.before, served.access.end)) {
    StreamRequest request = plan.request;
    request.bank = m_bank;
    observer->stream({request, start, served.command});
    replay(served.commands, *observer);
  }
  m_state = served.after;
  counters += served.access.counters;
  return served.access.end;
}

unsigned Bmem::transport_dbg(tlm::tlm_generic_payload& payload) {
  return m_storage.debug(payload);
}

bool Bmem::get_direct_mem_ptr(tlm::tlm_generic_payload&, tlm::tlm_dmi& dmi) {
  return m_storage.grant(dmi);
}

}  // namespace pim

#include "tlm/bank/bmem.h"

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
    access(payload, delay, *stream->plan, stream);  // planned: they lie in the bank
  } else if (acceptAccess(payload, m_storage.size())) {
    access(payload, delay, planOf(payload), stream);
  }
}

inline void Bmem::access(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay, const StreamPlan& plan,
                         StreamExtension* stream) {
  const CommandExtension* command = commandOf(payload, stream);
  const Clock clock(dram().timing().tCkPs);
  const Picoseconds now = toPicoseconds(sc_core::sc_time_stamp());
  const DramCycles end = serve(clock.covering(now + toPicoseconds(delay)), plan, command);
  delay = m_commons.toCellsEnd(clock.cycles(end) - now);

  if (command != nullptr && command->timingOnly) {
    if (stream != nullptr) stream->view = nullptr;
  } else if (stream != nullptr) {
    revokeDirectPointers();  // reads may lag behind, too: nobody may write before them
    stream->view = m_storage.data() + payload.get_address();
  } else {
    moveBytes(payload, m_storage.settled() + payload.get_address());
  }
  payload.set_dmi_allowed(true);
  payload.set_response_status(tlm::TLM_OK_RESPONSE);
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

inline DramCycles Bmem::serve(DramCycles start, const StreamPlan& plan, const CommandExtension* command) {
  const std::uint64_t times = command != nullptr ? command->multiplicity : 1;
  const std::size_t streamIndex = command != nullptr ? command->stream : std::size_t{PIM_STREAM_WEIGHTS};
  m_commons.counters.bankBytes[streamIndex] += (plan.request.columns << dram().timing().columnBits) * times;
  if (times == 1) return serve(start, plan, command, m_commons.counters.dram);
  DramCounters one;
  const DramCycles end = serve(start, plan, command, one);
  m_commons.counters.dram += one *= times;
  return end;
}

inline DramCycles Bmem::serve(DramCycles start, const StreamPlan& plan, const CommandExtension* command,
                              DramCounters& counters) {
  const BankPlace place{m_bank, command != nullptr ? command->activeBanks : 1};
  if (m_commons.parameters.activity != nullptr || m_commons.parameters.observer != nullptr)
    return serveWatched(start, plan, place, command, counters);
  return dram().stream(m_state, start, plan, place, counters);
}

DramCycles Bmem::serveWatched(DramCycles start, const StreamPlan& plan, BankPlace place,
                              const CommandExtension* command, DramCounters& counters) {
  const BankParameters& parameters = m_commons.parameters;
  DramObserver* observer = parameters.observer;
  if (parameters.activity != nullptr) {
    BankTiming::State after = m_state;
    DramCounters delta;
    const DramCycles end = dram().stream(after, start, plan, place, delta);
    const std::uint64_t dies = command != nullptr ? command->members : 0;
    const std::uint64_t banks = command != nullptr ? command->bankMembers : 0;
    observer =
        parameters.activity->dramObserver({dies, banks, m_state, end * dram().timing().tCkPs}, observer);
    if (observer == nullptr) {
      m_state = after;
      counters += delta;
      return end;
    }
  }
  StreamRequest request = plan.request;
  request.bank = place.bank;
  request.activeBanks = place.activeBanks;
  const Access access = dram().streamExact(m_state, start, request, *observer);
  counters += access.counters;
  return access.end;
}

unsigned Bmem::transport_dbg(tlm::tlm_generic_payload& payload) {
  return debugAccess(payload, m_storage.settled(), m_storage.size());
}

bool Bmem::get_direct_mem_ptr(tlm::tlm_generic_payload&, tlm::tlm_dmi& dmi) {
  m_direct = true;
  dmi.set_dmi_ptr(m_storage.settled());
  dmi.set_start_address(0);
  dmi.set_end_address(m_storage.size() - 1);
  dmi.allow_read_write();
  return true;
}

void Bmem::revokeDirectPointers() {
  if (!m_direct) return;
  m_direct = false;
  for (auto* socket : {&sequencer, &macArray}) (*socket)->invalidate_direct_mem_ptr(0, m_storage.size() - 1);
}

}  // namespace pim

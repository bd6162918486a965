#include "tlm/bmem.h"

#include "tlm/access.h"
#include "tlm/transaction.h"

namespace pim {
namespace {

StreamRequest::Kind requestKind(const tlm::tlm_generic_payload& payload, const StreamExtension* stream) {
  if (stream != nullptr) return stream->kind;
  return payload.is_write() ? StreamRequest::Kind::Write : StreamRequest::Kind::Read;
}

}  // namespace

Bmem::Bmem(const sc_core::sc_module_name& name, const BankParameters& parameters, std::uint32_t bankInDie,
           Counters& counters, WorkLane* work)
    : sc_module(name),
      sequencer("sequencer"),
      macArray("mac_array"),
      m_storage(parameters.dram.timing().organisation.bankBytes, work),
      m_parameters(parameters),
      m_bank(bankInDie),
      m_counters(counters) {
  for (auto* socket : {&sequencer, &macArray}) {
    socket->register_b_transport(this, &Bmem::transport);
    socket->register_transport_dbg(this, &Bmem::debug);
    socket->register_get_direct_mem_ptr(this, &Bmem::directPointer);
  }
}

void Bmem::transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  if (!acceptAccess(payload, m_storage.size())) return;
  auto* stream = payload.get_extension<StreamExtension>();
  const auto* command = stream != nullptr ? stream->command : payload.get_extension<CommandExtension>();
  const BankTiming& dram = m_parameters.dram;
  const int columnBits = dram.timing().columnBits;
  const std::uint64_t address = payload.get_address();
  const std::uint64_t lastByte = address + payload.get_data_length() - 1;

  StreamRequest request;
  request.kind = requestKind(payload, stream);
  request.byteOffset = address;
  request.columns = (lastByte >> columnBits) - (address >> columnBits) + 1;
  request.columnInterval = stream != nullptr ? stream->columnInterval : 0;
  request.activeBanks = command != nullptr ? command->activeBanks : 1;
  request.bank = m_bank;
  const Clock clock(dram.timing().tCkPs);
  const Picoseconds now = toPicoseconds(sc_core::sc_time_stamp());
  const DramCycles start = clock.covering(now + toPicoseconds(delay));
  const Access access = serve(start, request, command);
  delay = toScTime(clock.cycles(access.end) - now);
  count(access.counters, request, command);

  if (command != nullptr && command->timingOnly) {
    if (stream != nullptr) stream->view = nullptr;
  } else if (stream != nullptr) {
    if (stream->kind == StreamExtension::Kind::Write) revokeDirectPointers();
    stream->view = m_storage.data() + address;
  } else {
    moveBytes(payload, m_storage.settled() + address);
  }
  payload.set_dmi_allowed(true);
  payload.set_response_status(tlm::TLM_OK_RESPONSE);
}

inline Access Bmem::serve(DramCycles start, const StreamRequest& request, const CommandExtension* command) {
  const BankTiming& dram = m_parameters.dram;
  DramObserver* observer = m_parameters.observer;
  if (m_parameters.activity == nullptr) {
    return observer != nullptr ? dram.streamExact(m_state, start, request, *observer)
                               : dram.stream(m_state, start, request);
  }
  BankTiming::State after = m_state;
  const Access access = dram.stream(after, start, request);
  const std::uint64_t dies = command != nullptr ? command->members : 0;
  const std::uint64_t banks = command != nullptr ? command->bankMembers : 0;
  const Picoseconds end = access.end * dram.timing().tCkPs;
  observer = m_parameters.activity->dramObserver({dies, banks, m_state, end}, observer);
  if (observer != nullptr) return dram.streamExact(m_state, start, request, *observer);
  m_state = after;
  return access;
}

inline void Bmem::count(const DramCounters& delta, const StreamRequest& request,
                        const CommandExtension* command) {
  const std::uint64_t times = command != nullptr ? command->multiplicity : 1;
  const std::size_t streamIndex = command != nullptr ? command->stream : std::size_t{PIM_STREAM_WEIGHTS};
  m_counters.activates += delta.activates * times;
  m_counters.precharges += delta.precharges * times;
  (request.kind == StreamRequest::Kind::Mac ? m_counters.columnMacs : m_counters.columnReads) +=
      delta.columnReads * times;
  m_counters.columnWrites += delta.columnWrites * times;
  m_counters.rowHits += delta.rowHits * times;
  m_counters.refreshes += delta.refreshes * times;
  m_counters.bankBytes[streamIndex] += (request.columns << m_parameters.dram.timing().columnBits) * times;
}

unsigned Bmem::debug(tlm::tlm_generic_payload& payload) {
  if (!acceptAccess(payload, m_storage.size())) return 0;
  moveBytes(payload, m_storage.settled() + payload.get_address());
  payload.set_response_status(tlm::TLM_OK_RESPONSE);
  return payload.get_data_length();
}

bool Bmem::directPointer(tlm::tlm_generic_payload&, tlm::tlm_dmi& dmi) {
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

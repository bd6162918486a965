#include "tlm/die/bank_array.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "core/base/address_map.h"
#include "core/operations/bank_operation.h"
#include "tlm/die/enables_of_parts.h"
#include "tlm/kit/time_limit.h"

namespace pim {
namespace {

/// Returns the banks of `banks` for which the command in the payload is the same work as for the first of
/// them.
BankSet banksAlike(const tlm::tlm_generic_payload& payload, BankSet banks) {
  if (payload.get_data_length() != PIM_COMMAND_BYTES) return banks;
  pim_command command;
  std::memcpy(&command, payload.get_data_ptr(), sizeof command);
  if (command.banks_per_group <= 1) return banks;
  const BankOperation& operation = bankOperation(command.opcode);
  const BankTask first{command, banks.first().value()};
  BankSet alike;
  banks.forEach([&](BankIndex bank) {
    if (operation.sameWork({command, bank.value()}, first)) alike |= BankSet(bank);
  });
  return alike;
}

/// Clears the response before one payload goes to the next bank, so that each bank receives it as new.
void makeUnanswered(tlm::tlm_generic_payload& payload) {
  payload.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
  payload.set_dmi_allowed(false);
}

}  // namespace

BankArray::BankArray(Sockets& sockets, std::vector<LockstepBank*> members, BankCommons& commons,
                     const DieParameters& parameters, Statistics& statistics, ActivityObserver* activity)
    : m_sockets(sockets),
      m_members(std::move(members)),
      m_classes(m_members, parameters.exact),
      m_commons(commons),
      m_parameters(parameters),
      m_statistics(statistics),
      m_activity(activity) {}

void BankArray::ring(BankSet banks, tlm::tlm_generic_payload& doorbell, sc_core::sc_time& delay,
                     const CommandRequest& request, CommandAnswer& answer) {
  prefetch(banks.first().at());
  const CarriedRequest carried(doorbell, m_toBank);
  begin(request);
  if (m_commons.arbiter() != nullptr) serveTogether(banks, doorbell, delay);
  const DieSet dies = m_toBank.request.dies;
  Picoseconds longest = 0;  // banks may start at different times: the duration is that of the slowest
  Picoseconds lastDone = 0;
  BusyBanks busy;  // the latest visited banks with equal times
  sc_core::sc_time latest = delay;
  const auto visit = [&](BankIndex leader, unsigned count, BankSet members) {
    prefetch(leader.at() + 1);
    sc_core::sc_time own = delay;
    reach(leader, count, members, doorbell, own);
    latest = std::max(latest, own);
    if (!doorbell.is_response_ok()) return;
    const CommandAnswer& done = m_toBank.answer;
    const Picoseconds time = done.done - done.serviceStart;
    longest = std::max(longest, time);
    lastDone = std::max(lastDone, done.done);
    if (time != busy.time) {
      countTime(dies, busy);
      busy = {{}, time};
    }
    busy.banks |= members;
    tellWork(dies, members, done);
  };
  for (BankSet left = banks; !left.empty();) {
    const BankSet alike = banksAlike(doorbell, left);
    LockstepBank* const first = m_members[left.first().at()];
    m_toBank.request.work = first != nullptr ? first->decode(doorbell) : nullptr;
    m_classes.forEach(alike, visit);
    left -= alike;
  }
  countTime(dies, busy);
  delay = latest;
  answer = {lastDone - longest, lastDone};
  finish(doorbell);
}

void BankArray::write(BankSet banks, tlm::tlm_generic_payload& payload, sc_core::sc_time& delay,
                      const CommandRequest& request) {
  const CarriedRequest carried(payload, m_toBank);
  begin(request);
  if (request.timingOnly) {
    // No byte is stored, so the banks do not change: the first bank checks the access for all.
    serve(banks.first(), banks, payload, delay);
  } else {
    sc_core::sc_time latest = delay;
    m_classes.forEach(banks, [&](BankIndex leader, unsigned count, BankSet members) {
      prefetch(leader.at() + 1);
      sc_core::sc_time own = delay;
      reach(leader, count, members, payload, own);
      latest = std::max(latest, own);
    });
    delay = latest;
  }
  finish(payload);
}

void BankArray::gather(BankSet banks, tlm::tlm_generic_payload& payload, const sc_core::sc_time& delay) {
  unsigned char* const data = payload.get_data_ptr();
  const unsigned total = payload.get_data_length();
  const unsigned streamingWidth = payload.get_streaming_width();
  const unsigned part = total / banks.count();
  EnablesOfParts enables(payload);
  m_faults = {};
  m_answer = tlm::TLM_OK_RESPONSE;
  payload.set_data_length(part);
  payload.set_streaming_width(part);
  std::size_t offset = 0;
  banks.forEach([&](BankIndex bank) {
    sc_core::sc_time own = delay;
    payload.set_data_ptr(data + offset);
    enables.setFrom(offset);
    serve(bank, BankSet(bank), payload, own);
    offset += part;
  });
  payload.set_data_ptr(data);
  payload.set_data_length(total);
  payload.set_streaming_width(streamingWidth);
  enables.setFrom(0);
  finish(payload);
}

void BankArray::access(BankIndex bank, tlm::tlm_generic_payload& payload, sc_core::sc_time& delay,
                       const CommandRequest& request) {
  const BankSet faults = m_faults;
  const CarriedRequest carried(payload, m_toBank);
  begin(request);
  m_classes.forEach(BankSet(bank), [&](BankIndex leader, unsigned count, BankSet members) {
    reach(leader, count, members, payload, delay);
  });
  m_faults = faults;  // the register reports only accesses to several banks
}

void BankArray::begin(const CommandRequest& request) {
  m_toBank.request = request;
  m_toBank.request.dies = request.diesFrom(m_parameters.die);
  m_toBank.request.work = nullptr;
  m_multiplicity = request.multiplicity;
  m_faults = {};
  m_answer = tlm::TLM_OK_RESPONSE;
}

inline void BankArray::reach(BankIndex leader, unsigned count, BankSet members,
                             tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  m_toBank.request.multiplicity = m_multiplicity * count;
  m_toBank.request.banks = members;
  serve(leader, members, payload, delay);
}

inline void BankArray::serve(BankIndex bank, BankSet members, tlm::tlm_generic_payload& payload,
                             sc_core::sc_time& delay) {
  makeUnanswered(payload);
  at(bank).b_transport(payload, delay);
  if (m_watcher != nullptr) m_watcher->onBankAccess(bank, payload);
  if (payload.is_response_ok()) return;
  m_faults |= members;
  if (m_answer == tlm::TLM_OK_RESPONSE) m_answer = payload.get_response_status();
}

void BankArray::finish(tlm::tlm_generic_payload& payload) const {
  payload.set_dmi_allowed(false);
  payload.set_response_status(m_answer);
}

void BankArray::serveTogether(BankSet banks, const tlm::tlm_generic_payload& doorbell,
                              const sc_core::sc_time& delay) {
  const Picoseconds arrival = absoluteTime(delay);
  std::vector<BankTurn> turns;
  banks.forEach([&](BankIndex index) {
    LockstepBank& bank = m_classes.of(index);
    const DecodedCommand* work = bank.decode(doorbell);
    if (work != nullptr && work->check == CommandCheck::Ok) turns.push_back(bank.turn(*work, arrival));
  });
  m_commons.serveTogether(turns);
}

bool BankArray::sameTiming(const BankArray& other) const {
  const Picoseconds now = toPicoseconds(sc_core::sc_time_stamp());
  return m_commons.sameArbiterFrom(now, other.m_commons) && m_classes.sameTiming(other.m_classes);
}

void BankArray::adoptTiming(const BankArray& other) {
  m_classes.adopt(other.m_classes);
  m_commons.adoptArbiter(other.m_commons);
}

inline void BankArray::prefetch(std::size_t bank) const {
  if (m_parameters.exact && bank < m_members.size() && m_members[bank] != nullptr)
    m_members[bank]->prefetch();
}

void BankArray::countTime(DieSet dies, const BusyBanks& busy) {
  if (busy.banks.empty()) return;
  addBusyTime(m_statistics.counters.bankBusy, busy.time, dies.count() * busy.banks.count());
  m_statistics.bankBusy.add(dies, busy.banks, busy.time);
}

void BankArray::tellWork(DieSet dies, BankSet banks, const CommandAnswer& answer) const {
  if (m_activity == nullptr) return;
  m_activity->onBankWork(dies.mask(), banks.mask(), answer.serviceStart, answer.done);
}

void BankArray::countBram(unsigned banks, std::uint64_t offset, std::uint64_t bytesEach,
                          const CommandRequest& request) {
  if (offset - BankAddress::kBram < BankAddress::kBramLimit)
    m_statistics.counters.bramBytes += bytesEach * banks * request.multiplicity;
}

void BankArray::countWork(DieSet dies, BankSet banks, const CommandAnswer& answer) {
  countTime(dies, {banks, answer.done - answer.serviceStart});
  tellWork(dies, banks, answer);
}

}  // namespace pim

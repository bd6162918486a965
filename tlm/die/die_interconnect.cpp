#include "tlm/die/die_interconnect.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <limits>

#include "core/base/address_map.h"
#include "core/operations/bank_cost.h"
#include "tlm/kit/access.h"
#include "tlm/kit/transaction.h"

namespace pim {
namespace {

/// Of the banks in `mask`, those for which the bank command in the payload is as much work as for the lowest
/// of them.
std::uint32_t banksAlike(const tlm::tlm_generic_payload& payload, std::uint32_t mask) {
  if (payload.get_data_length() != PIM_COMMAND_BYTES) return mask;
  pim_command command;
  std::memcpy(&command, payload.get_data_ptr(), sizeof command);
  if (command.banks_per_group <= 1) return mask;
  const BankWork first(command, static_cast<std::uint32_t>(__builtin_ctz(mask)));
  std::uint32_t alike = 0;
  for (std::uint32_t left = mask; left != 0; left &= left - 1) {
    const auto bank = static_cast<std::uint32_t>(__builtin_ctz(left));
    if (BankWork(command, bank).sameAs(first)) alike |= 1u << bank;
  }
  return alike;
}

/// One payload goes to one bank after another: to each as if it had seen none before.
void makeUnanswered(tlm::tlm_generic_payload& payload) {
  payload.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
  payload.set_dmi_allowed(false);
}

/// The byte enables of a payload that is cut into parts: their pattern repeats over all of the data, and each
/// part goes on where the one before it ended.
class EnablesOfParts {
 public:
  explicit EnablesOfParts(tlm::tlm_generic_payload& payload)
      : m_payload(payload),
        m_pattern(payload.get_byte_enable_ptr()),
        m_period(payload.get_byte_enable_length()) {}

  /// False if there are byte enables without a pattern.
  bool valid() const { return m_pattern == nullptr || m_period != 0; }
  /// Makes the payload's enables those from byte `begin` of all data on; from 0: as they came.
  void setFrom(std::size_t begin) {
    if (m_pattern == nullptr) return;
    const auto shift = static_cast<std::ptrdiff_t>(begin % m_period);
    if (shift == 0) return m_payload.set_byte_enable_ptr(m_pattern);
    m_rotated.resize(m_period);
    std::rotate_copy(m_pattern, m_pattern + shift, m_pattern + m_period, m_rotated.begin());
    m_payload.set_byte_enable_ptr(m_rotated.data());
  }

 private:
  tlm::tlm_generic_payload& m_payload;
  unsigned char* m_pattern;
  unsigned m_period;
  std::vector<std::uint8_t> m_rotated;
};

}  // namespace

DieInterconnect::DieInterconnect(const sc_core::sc_module_name& name, const DieParameters& parameters,
                                 std::vector<Bank*> members, Statistics& statistics)
    : sc_module(name),
      link("link", Ports),
      banks("banks"),
      m_parameters(parameters),
      m_members(std::move(members)),
      m_classes(m_members, parameters.exact),
      m_timing(parameters.timing),
      m_statistics(statistics),
      m_ram("ram", parameters.ramBytes, 1, Bandwidth{}),
      m_ramPort("ram_port"),
      m_interrupt("interrupt") {
  for (std::size_t i = 0; i < link.size(); ++i) {
    const int tag = static_cast<int>(i);
    link[i].register_b_transport(this, &DieInterconnect::transport, tag);
    link[i].register_transport_dbg(this, &DieInterconnect::debug, tag);
    link[i].register_get_direct_mem_ptr(this, &DieInterconnect::directPointer, tag);
  }
  banks.register_invalidate_direct_mem_ptr(this, &DieInterconnect::invalidate);
  m_ramPort.bind(m_ram.ports[0]);
  if (parameters.engine != nullptr) m_interrupt.askWhenDue([this] { return interruptOfEngine(); });
}

void DieInterconnect::transport(int, tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  // The RTL knows no time but that of its accesses.
  if (m_parameters.engine != nullptr && payload.get_address() < DieAddress::kRegisterBytes)
    synchronise(delay);
  withCommand(payload, [&](CommandExtension& command) {
    if (m_parameters.engine != nullptr) {
      if (const auto access = onLink(payload)) {
        if (m_parameters.compare) return serveAndCompare(*access, payload, delay, command);
        return serveByEngine(*access, payload, delay, command);
      }
    }
    serve(payload, delay, command);
  });
}

void DieInterconnect::serve(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay,
                            CommandExtension& command) {
  const std::uint64_t address = payload.get_address();
  switch (DieAddress::windowOf(address)) {
    case DieAddress::Broadcast:
      broadcast(DieAddress::maskOf(address), DieAddress::bankOffsetOf(address), payload, delay, command);
      break;
    case DieAddress::Gather:
      gather(payload, delay, command);
      break;
    case DieAddress::Devices:
      unicast(payload, delay, command);
      break;
    default:
      payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
  }
  payload.set_address(address);
}

void DieInterconnect::reachBank(std::size_t bank, tlm::tlm_generic_payload& payload,
                                sc_core::sc_time& delay) {
  bankAt(bank).b_transport(payload, delay);
  if (m_asked != nullptr) remember(bank, payload, payload.get_extension<CommandExtension>());
}

bool DieInterconnect::acceptMask(tlm::tlm_generic_payload& payload, std::uint32_t mask) const {
  if (mask != 0 && (mask & ~bankMask()) == 0) return true;
  payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
  return false;
}

void DieInterconnect::broadcast(std::uint32_t mask, std::uint32_t offset, tlm::tlm_generic_payload& payload,
                                sc_core::sc_time& delay, CommandExtension& command) {
  if (!acceptMask(payload, mask)) return;
  if (!payload.is_write()) return payload.set_response_status(tlm::TLM_COMMAND_ERROR_RESPONSE);
  if (payload.get_data_length() == 0 || payload.get_data_length() > m_parameters.ramBytes) {
    return payload.set_response_status(tlm::TLM_BURST_ERROR_RESPONSE);
  }
  const bool doorbell = offset < BankAddress::kRegisterBytes;
  if (doorbell) {
    if (m_parameters.exact) m_members[static_cast<std::size_t>(__builtin_ctz(mask))]->prefetch();
    travelBeside(delay);
  } else {
    transfer(LinkDirection::Down, 1, payload.get_data_length(), delay, command);
    tellData(LinkDirection::Down, payload, command);
  }
  if (!doorbell && command.timingOnly) return accountForBroadcast(mask, offset, payload, delay, command);

  const unsigned dies = command.multiplicity;
  const std::uint64_t given = command.members;
  const Picoseconds began = command.serviceStart;
  Picoseconds longest = 0;  // banks may start at different times: the command took what the slowest took
  Picoseconds lastDone = 0;
  BusyBanks busy;  // of those visited, the latest that took the same time
  tlm::tlm_response_status answer = tlm::TLM_OK_RESPONSE;
  m_faultMask = 0;
  command.activeBanks = static_cast<unsigned>(32 - __builtin_clz(mask));
  command.members = diesOf(command);
  payload.set_address(offset);
  sc_core::sc_time latest = delay;
  const auto visit = [&](std::size_t leader, Bank&, unsigned count, std::uint64_t members) {
    if (m_parameters.exact && leader + 1 < m_members.size()) m_members[leader + 1]->prefetch();
    sc_core::sc_time own = delay;
    command.multiplicity = dies * count;
    command.bankMembers = members;
    makeUnanswered(payload);
    reachBank(leader, payload, own);
    latest = std::max(latest, own);
    if (!payload.is_response_ok()) {
      m_faultMask |= static_cast<std::uint32_t>(members);
      if (answer == tlm::TLM_OK_RESPONSE) answer = payload.get_response_status();
    } else if (doorbell) {
      const Picoseconds time = command.done - command.serviceStart;
      longest = std::max(longest, time);
      lastDone = std::max(lastDone, command.done);
      if (time != busy.time) {
        countBankTime(busy, command.members);
        busy = {0, time};
      }
      busy.banks |= members;
      tellBankWork(members, command);
    }
  };
  for (std::uint32_t left = mask; left != 0;) {
    std::uint32_t alike = left;
    if (doorbell) {
      alike = banksAlike(payload, left);
      command.work = m_members[static_cast<std::size_t>(__builtin_ctz(left))]->decode(payload);
    }
    forEachBank(alike, visit);
    left &= ~alike;
  }
  countBankTime(busy, command.members);
  command.work = nullptr;
  command.multiplicity = dies;
  command.members = given;
  command.bankMembers = 0;
  command.activeBanks = 1;
  delay = latest;
  if (doorbell) {
    command.serviceStart = lastDone - longest;
    command.done = lastDone;
    if (answer == tlm::TLM_OK_RESPONSE && payload.get_data_length() == PIM_COMMAND_BYTES &&
        (payload.get_data_ptr()[offsetof(pim_command, flags)] & PIM_FLAG_IRQ) != 0) {
      m_interrupt.changeAt(lastDone, true);
    }
  } else {
    command.serviceStart = began;
    command.done = absoluteTime(delay);
  }
  payload.set_dmi_allowed(false);
  payload.set_response_status(answer);
}

void DieInterconnect::accountForBroadcast(std::uint32_t mask, std::uint32_t offset,
                                          tlm::tlm_generic_payload& payload, sc_core::sc_time& delay,
                                          CommandExtension& command) {
  payload.set_address(offset);
  makeUnanswered(payload);
  bankAt(static_cast<std::size_t>(__builtin_ctz(mask))).b_transport(payload, delay);
  payload.set_dmi_allowed(false);
  m_faultMask = payload.is_response_ok() ? 0 : mask;
  command.done = absoluteTime(delay);
}

void DieInterconnect::gather(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay,
                             CommandExtension& command) {
  const std::uint32_t mask = DieAddress::maskOf(payload.get_address());
  const std::uint32_t offset = DieAddress::bankOffsetOf(payload.get_address());
  if (!acceptMask(payload, mask)) return;
  if (!payload.is_read()) return payload.set_response_status(tlm::TLM_COMMAND_ERROR_RESPONSE);
  const auto count = static_cast<std::uint32_t>(__builtin_popcount(mask));
  const std::uint32_t total = payload.get_data_length();
  const std::uint32_t part = total / count;
  if (part == 0 || part * count != total || part > m_parameters.ramBytes) {
    return payload.set_response_status(tlm::TLM_BURST_ERROR_RESPONSE);
  }
  if (payload.get_streaming_width() < total)
    return payload.set_response_status(tlm::TLM_BURST_ERROR_RESPONSE);
  EnablesOfParts enables(payload);
  if (!enables.valid()) return payload.set_response_status(tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
  transfer(LinkDirection::Up, count, part, delay, command);
  command.done = absoluteTime(delay);
  if (command.timingOnly) return payload.set_response_status(tlm::TLM_OK_RESPONSE);

  unsigned char* data = payload.get_data_ptr();
  const unsigned streamingWidth = payload.get_streaming_width();
  tlm::tlm_response_status answer = tlm::TLM_OK_RESPONSE;
  m_faultMask = 0;
  payload.set_address(offset);
  payload.set_data_length(part);
  payload.set_streaming_width(part);
  unsigned char* next = data;
  for (std::size_t i = 0; i < m_parameters.banks; ++i) {
    if ((mask >> i & 1) == 0) continue;
    sc_core::sc_time own = delay;  // BRAM keeps pace with the link
    payload.set_data_ptr(next);
    enables.setFrom(static_cast<std::size_t>(next - data));
    makeUnanswered(payload);
    reachBank(i, payload, own);
    next += part;
    if (payload.is_response_ok()) continue;
    m_faultMask |= 1u << i;
    if (answer == tlm::TLM_OK_RESPONSE) answer = payload.get_response_status();
  }
  payload.set_data_ptr(data);
  payload.set_data_length(total);
  payload.set_streaming_width(streamingWidth);
  enables.setFrom(0);
  payload.set_dmi_allowed(false);
  payload.set_response_status(answer);
  tellData(LinkDirection::Up, payload, command);
}

void DieInterconnect::unicast(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay,
                              CommandExtension& command) {
  const std::uint64_t address = payload.get_address();
  const std::uint64_t bank = address >> DieAddress::kBankShift;
  if (bank > m_parameters.banks) return payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
  if (bank == 0 && address < DieAddress::kRegisterBytes) {
    travelBeside(delay);
    return accessRegister(payload, m_arrival);
  }
  const std::uint64_t offset = address - (bank << DieAddress::kBankShift);
  const bool write = payload.is_write();
  if (write && bank != 0 && offset < BankAddress::kRegisterBytes) {
    return broadcast(1u << (bank - 1), static_cast<std::uint32_t>(offset), payload, delay, command);
  }
  if (bank == 0) {
    payload.set_address(address - DieAddress::kDieRam);  // wraps below DieRAM, to what no DieRAM holds
    if (!acceptAccess(payload, m_parameters.ramBytes)) return;
  } else {
    if (payload.get_data_length() == 0) return payload.set_response_status(tlm::TLM_BURST_ERROR_RESPONSE);
    payload.set_address(offset);
  }
  const std::uint64_t bytes = payload.get_data_length();
  if (write) transfer(LinkDirection::Down, 1, bytes, delay, command);
  const Picoseconds began = command.serviceStart;
  if (bank == 0) {
    m_ramPort->b_transport(payload, delay);  // whose port the transfer pays for
    payload.set_dmi_allowed(false);          // see directPointer()
  } else {
    // A class of its own, for it leaves the others' lock-step when a row opens.
    const std::uint64_t given = command.members;
    command.members = diesOf(command);
    forEachBank(1u << (bank - 1), [&](std::size_t index, Bank&, unsigned, std::uint64_t members) {
      command.bankMembers = members;
      reachBank(index, payload, delay);
    });
    command.members = given;
    command.bankMembers = 0;
  }
  if (write) {
    command.serviceStart = began;
  } else if (payload.is_response_ok()) {
    transfer(LinkDirection::Up, 1, bytes, delay, command);
  }
  command.done = absoluteTime(delay);
  tellData(write ? LinkDirection::Down : LinkDirection::Up, payload, command);
}

template <typename Visit>
void DieInterconnect::forEachBank(std::uint32_t mask, Visit visit) {
  if (!m_parameters.activationLimit) return m_classes.forEach(mask, visit);
  while (mask != 0) {
    std::uint32_t together = 0;
    const Bank& first = *m_members[static_cast<std::size_t>(__builtin_ctz(mask))];
    for (std::uint32_t left = mask; left != 0; left &= left - 1) {
      Bank& bank = *m_members[static_cast<std::size_t>(__builtin_ctz(left))];
      bank.holdActivates(m_activateFree);
      if (bank.sameTiming(first)) together |= left & ~(left - 1);
    }
    m_classes.forEach(together, visit);
    m_activateFree = std::max(m_activateFree, first.activateReady());
    mask &= ~together;
  }
}

void DieInterconnect::accessRegister(tlm::tlm_generic_payload& payload, Picoseconds now) {
  if (!acceptRegisterAccess(payload, DieAddress::kRegisterBytes)) return;
  const std::uint64_t address = payload.get_address();
  payload.set_response_status(tlm::TLM_OK_RESPONSE);
  if (payload.is_write()) {
    if (address != kIrqClear) return payload.set_response_status(tlm::TLM_COMMAND_ERROR_RESPONSE);
    return m_interrupt.changeAt(now, false);
  }
  if (address != kIrqStatus && address != kFaultMask) {
    return payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
  }
  const std::uint32_t value = address == kFaultMask ? m_faultMask : std::uint32_t{m_interrupt.raisedAt(now)};
  std::memcpy(payload.get_data_ptr(), &value, sizeof value);
}

void DieInterconnect::transfer(LinkDirection direction, std::uint64_t parts, std::uint64_t partBytes,
                               sc_core::sc_time& delay, CommandExtension& command) {
  const DieTiming::Transfer transfer = m_timing.transfer(direction, parts, partBytes, absoluteTime(delay));
  const std::uint64_t bytes = parts * partBytes;
  command.serviceStart = transfer.begin;
  if (m_parameters.engine != nullptr) m_transfer = transfer;
  m_arrival = transfer.arrival;
  delay = toScTime(m_arrival) - sc_core::sc_time_stamp();

  Counters& counters = m_statistics.counters;
  auto& traffic = direction == LinkDirection::Down ? counters.linkInBytes : counters.linkOutBytes;
  traffic[command.stream] += bytes * command.multiplicity;
  counters.linkBusy += (transfer.end - transfer.begin) * command.multiplicity;
  counters.dieRamBytes += 2 * bytes * command.multiplicity;  // in and out again
  if (m_parameters.activity != nullptr) {
    m_parameters.activity->onTransfer(diesOf(command), direction, bytes, transfer.begin, transfer.end);
    m_parameters.activity->onDieRam(diesOf(command), transfer.ramBegin, transfer.ramEnd);
  }
}

void DieInterconnect::travelBeside(sc_core::sc_time& delay) {
  m_arrival = m_timing.beside(absoluteTime(delay));
  delay = toScTime(m_arrival) - sc_core::sc_time_stamp();
}

void DieInterconnect::tellData(LinkDirection direction, const tlm::tlm_generic_payload& payload,
                               const CommandExtension& command) {
  if (m_parameters.activity == nullptr || command.timingOnly || payload.get_data_ptr() == nullptr) return;
  std::uint64_t head = 0;
  std::memcpy(&head, payload.get_data_ptr(), std::min<std::size_t>(sizeof head, payload.get_data_length()));
  m_parameters.activity->onData(diesOf(command), direction, head);
}

std::uint64_t DieInterconnect::diesOf(const CommandExtension& command) const {
  return command.members != 0 ? command.members : std::uint64_t{1} << m_parameters.die;
}

void DieInterconnect::countBankTime(const BusyBanks& busy, std::uint64_t dies) {
  if (busy.banks == 0) return;
  m_statistics.counters.bankBusy +=
      busy.time * (__builtin_popcountll(dies) * __builtin_popcountll(busy.banks));
  m_statistics.bankBusy.add(dies, busy.banks, busy.time);
}

void DieInterconnect::tellBankWork(std::uint64_t bankMask, const CommandExtension& command) {
  if (m_parameters.activity == nullptr) return;
  m_parameters.activity->onBankWork(diesOf(command), bankMask, command.serviceStart, command.done);
}

bool DieInterconnect::interruptOfEngine() {
  const Picoseconds now = toPicoseconds(sc_core::sc_time_stamp());
  completeCommandsBefore(now + 1);
  if (m_parameters.compare) compareEngine(now, [](DieEngine& engine) { engine.compareInterrupt(true); });
  return m_parameters.engine->interrupt();
}

unsigned DieInterconnect::debug(int, tlm::tlm_generic_payload& payload) {
  const std::uint64_t address = payload.get_address();
  const std::uint64_t bank = address >> DieAddress::kBankShift;
  if (DieAddress::windowOf(address) != DieAddress::Devices || bank > m_parameters.banks) {
    payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
    return 0;
  }
  unsigned moved = 0;
  if (bank != 0) {
    const std::uint64_t offset = address - (bank << DieAddress::kBankShift);
    payload.set_address(offset);
    // Registers tell of time, which the leader keeps; data is where it was written.
    const auto index = static_cast<std::size_t>(bank - 1);
    const std::size_t keeper = offset < BankAddress::kRegisterBytes ? m_classes.leaderOf(index) : index;
    moved = bankAt(keeper).transport_dbg(payload);
  } else {
    payload.set_address(address - DieAddress::kDieRam);
    moved = m_ramPort->transport_dbg(payload);
  }
  payload.set_address(address);
  return moved;
}

bool DieInterconnect::directPointer(int, tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi) {
  const std::uint64_t address = payload.get_address();
  const std::uint64_t bank = address >> DieAddress::kBankShift;
  if (DieAddress::windowOf(address) != DieAddress::Devices || bank == 0 || bank > m_parameters.banks) {
    return denyDirectPointer(dmi, address, address);  // here, not in the banks
  }
  return windowOf(bank - 1).directPointer(&bankAt(bank - 1), payload, dmi);
}

void DieInterconnect::invalidate(int bank, sc_dt::uint64 start, sc_dt::uint64 end) {
  const auto range = windowOf(static_cast<std::uint64_t>(bank)).outside(start, end);
  if (!range) return;
  for (auto& port : link) port->invalidate_direct_mem_ptr(range->first, range->second);
}

bool DieInterconnect::sameTiming(const DieInterconnect& other) const {
  if (!m_timing.sameFrom(toPicoseconds(sc_core::sc_time_stamp()), other.m_timing)) return false;
  for (std::size_t i = 0; i < m_members.size(); ++i) {
    const Bank& mine = *m_members[m_classes.leaderOf(i)];
    const Bank& theirs = *other.m_members[other.m_classes.leaderOf(i)];
    if (!mine.sameTiming(theirs)) return false;
  }
  return true;
}

void DieInterconnect::adoptTiming(const DieInterconnect& other) {
  m_timing = other.m_timing;
  m_classes.adopt(other.m_classes);
}

}  // namespace pim

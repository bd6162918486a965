#include "tlm/die/die_interconnect.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <utility>

#include "tlm/kit/access.h"
#include "tlm/kit/transaction.h"

namespace pim {
namespace {

/// Returns the window of a bank in the address space of the die.
AddressWindow windowOf(std::uint64_t bank) {
  return {(bank + 1) << DieAddress::kBankShift, std::uint64_t{1} << DieAddress::kBankShift};
}

}  // namespace

DieInterconnect::DieInterconnect(const sc_core::sc_module_name& name, const DieParameters& parameters,
                                 std::vector<LockstepBank*> members, BankCommons& commons,
                                 Statistics& statistics, const Wiring& wiring)
    : sc_module(name),
      link("link", Ports),
      banks("banks"),
      m_parameters(parameters),
      m_banks(banks, std::move(members), commons, parameters, statistics, wiring.activity),
      m_link(parameters.timing, parameters.die, statistics.counters, wiring.activity),
      m_ram("ram", parameters.ramBytes, 1, Bandwidth{}),
      m_ramPort("ram_port") {
  for (std::size_t i = 0; i < link.size(); ++i) {
    const int tag = static_cast<int>(i);
    link[i].register_b_transport(this, &DieInterconnect::transport, tag);
    link[i].register_transport_dbg(this, &DieInterconnect::debug, tag);
    link[i].register_get_direct_mem_ptr(this, &DieInterconnect::directPointer, tag);
  }
  banks.register_invalidate_direct_mem_ptr(this, &DieInterconnect::invalidate);
  m_ramPort.bind(m_ram.ports[0]);
  if (wiring.dieEngine == nullptr) return;
  m_enginePath = std::make_unique<EnginePath>(
      *wiring.dieEngine, parameters, wiring.activity, m_banks, m_link,
      [this](Payload& payload, Time& delay, const CommandRequest& request, CommandAnswer& answer) {
        serve(payload, delay, request, answer);
      },
      [this](Payload& payload, Time& delay) { accessRam(payload, delay); });
}

void DieInterconnect::transport(int, Payload& payload, Time& delay) {
  withCommand(payload, [&](const CommandRequest& request, CommandAnswer& answer) {
    if (m_enginePath != nullptr && m_enginePath->serve(payload, delay, request, answer)) return;
    serve(payload, delay, request, answer);
  });
}

void DieInterconnect::serve(Payload& payload, Time& delay, const CommandRequest& request,
                            CommandAnswer& answer) {
  const std::uint64_t address = payload.get_address();
  switch (DieAddress::windowOf(address)) {
    case DieAddress::Broadcast:
      broadcast(BankSet::fromMask(DieAddress::maskOf(address)), DieAddress::bankOffsetOf(address), payload,
                delay, request, answer);
      break;
    case DieAddress::Gather:
      gather(payload, delay, request, answer);
      break;
    case DieAddress::Devices:
      unicast(payload, delay, request, answer);
      break;
    default:
      payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
  }
  payload.set_address(address);
}

bool DieInterconnect::acceptBanks(Payload& payload, BankSet addressed) const {
  if (!addressed.empty() && m_banks.all().contains(addressed)) return true;
  payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
  return false;
}

void DieInterconnect::broadcast(BankSet to, std::uint32_t offset, Payload& payload, Time& delay,
                                const CommandRequest& request, CommandAnswer& answer) {
  if (!acceptBanks(payload, to)) return;
  if (!payload.is_write()) return payload.set_response_status(tlm::TLM_COMMAND_ERROR_RESPONSE);
  const unsigned bytes = payload.get_data_length();
  if (bytes == 0 || bytes > m_parameters.ramBytes)
    return payload.set_response_status(tlm::TLM_BURST_ERROR_RESPONSE);
  payload.set_address(offset);
  if (offset < BankAddress::kRegisterBytes) {
    m_link.beside(delay);
    return m_banks.ring(to, payload, delay, request, answer);
  }
  const Picoseconds began = m_link.transfer(LinkDirection::Down, 1, bytes, delay, request);
  m_banks.countBram(to.count(), offset, bytes, request);
  m_link.tellData(LinkDirection::Down, payload, request);
  m_banks.write(to, payload, delay, request);
  answer = {began, absoluteTime(delay)};
}

void DieInterconnect::gather(Payload& payload, Time& delay, const CommandRequest& request,
                             CommandAnswer& answer) {
  const BankSet from = BankSet::fromMask(DieAddress::maskOf(payload.get_address()));
  if (!acceptBanks(payload, from)) return;
  if (!payload.is_read()) return payload.set_response_status(tlm::TLM_COMMAND_ERROR_RESPONSE);
  const unsigned total = payload.get_data_length();
  const unsigned part = total / from.count();
  if (part == 0 || part * from.count() != total || part > m_parameters.ramBytes ||
      payload.get_streaming_width() < total)
    return payload.set_response_status(tlm::TLM_BURST_ERROR_RESPONSE);
  if (payload.get_byte_enable_ptr() != nullptr && payload.get_byte_enable_length() == 0)
    return payload.set_response_status(tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
  const Picoseconds began = m_link.transfer(LinkDirection::Up, from.count(), part, delay, request);
  answer = {began, absoluteTime(delay)};
  const std::uint32_t offset = DieAddress::bankOffsetOf(payload.get_address());
  m_banks.countBram(from.count(), offset, part, request);
  if (request.timingOnly) return payload.set_response_status(tlm::TLM_OK_RESPONSE);
  payload.set_address(offset);
  m_banks.gather(from, payload, delay);
  m_link.tellData(LinkDirection::Up, payload, request);
}

void DieInterconnect::unicast(Payload& payload, Time& delay, const CommandRequest& request,
                              CommandAnswer& answer) {
  const std::uint64_t address = payload.get_address();
  const std::uint64_t device = address >> DieAddress::kBankShift;  // 0: the die itself; b + 1: bank b
  if (device > m_parameters.banks) return payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
  const bool own = device == 0;
  if (own && address < DieAddress::kRegisterBytes) {
    m_link.beside(delay);
    return accessRegister(payload);
  }
  const std::uint64_t offset = address - (device << DieAddress::kBankShift);
  const bool write = payload.is_write();
  if (write && !own && offset < BankAddress::kRegisterBytes) {
    return broadcast(BankSet(BankIndex(device - 1)), static_cast<std::uint32_t>(offset), payload, delay,
                     request, answer);
  }
  payload.set_address(own ? address - DieAddress::kDieRam
                          : offset);  // an address below DieRAM wraps to one that does not exist
  if (own && !acceptAccess(payload, m_parameters.ramBytes)) return;
  const std::uint64_t bytes = payload.get_data_length();
  if (bytes == 0) return payload.set_response_status(tlm::TLM_BURST_ERROR_RESPONSE);
  if (write) {
    const Picoseconds began = m_link.transfer(LinkDirection::Down, 1, bytes, delay, request);
    own ? accessRam(payload, delay) : m_banks.access(BankIndex(device - 1), payload, delay, request);
    answer = {began, absoluteTime(delay)};
    return m_link.tellData(LinkDirection::Down, payload, request);
  }
  own ? accessRam(payload, delay) : m_banks.access(BankIndex(device - 1), payload, delay, request);
  if (!payload.is_response_ok()) return;
  const Picoseconds began = m_link.transfer(LinkDirection::Up, 1, bytes, delay, request);
  answer = {began, absoluteTime(delay)};
  m_link.tellData(LinkDirection::Up, payload, request);
}

void DieInterconnect::accessRam(Payload& payload, Time& delay) {
  m_ramPort->b_transport(payload, delay);  // the transfer over the link includes the time of this port
  payload.set_dmi_allowed(false);          // see directPointer()
}

void DieInterconnect::accessRegister(Payload& payload) {
  if (!acceptRegisterAccess(payload, DieAddress::kRegisterBytes)) return;
  if (payload.is_write()) return payload.set_response_status(tlm::TLM_COMMAND_ERROR_RESPONSE);
  if (payload.get_address() != DieAddress::kFaultMask)
    return payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
  const std::uint32_t value = m_banks.faults().mask32();
  std::memcpy(payload.get_data_ptr(), &value, sizeof value);
  payload.set_response_status(tlm::TLM_OK_RESPONSE);
}

unsigned DieInterconnect::debug(int, Payload& payload) {
  const std::uint64_t address = payload.get_address();
  const std::uint64_t device = address >> DieAddress::kBankShift;
  if (DieAddress::windowOf(address) != DieAddress::Devices || device > m_parameters.banks) {
    payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
    return 0;
  }
  if (device == 0) return AddressWindow{DieAddress::kDieRam, m_parameters.ramBytes}.debug(m_ramPort, payload);
  // The leader of a lock-step class has the current registers, because they depend on time. Data is in the
  // bank to which it was written.
  const BankIndex bank(device - 1);
  const AddressWindow window = windowOf(device - 1);
  const bool isRegister = address - window.base < BankAddress::kRegisterBytes;
  return window.debug(&m_banks.at(isRegister ? m_banks.leaderOf(bank) : bank), payload);
}

bool DieInterconnect::directPointer(int, Payload& payload, tlm::tlm_dmi& dmi) {
  const std::uint64_t address = payload.get_address();
  const std::uint64_t device = address >> DieAddress::kBankShift;
  if (DieAddress::windowOf(address) != DieAddress::Devices || device == 0 || device > m_parameters.banks)
    return denyDirectPointer(dmi, address, address);  // denies this address only, not the banks
  return windowOf(device - 1).directPointer(&m_banks.at(BankIndex(device - 1)), payload, dmi);
}

void DieInterconnect::invalidate(int bank, sc_dt::uint64 start, sc_dt::uint64 end) {
  const auto range = windowOf(static_cast<std::uint64_t>(bank)).outside(start, end);
  if (!range) return;
  for (auto& port : link) port->invalidate_direct_mem_ptr(range->first, range->second);
}

bool DieInterconnect::sameTiming(const LockstepMember& member) const {
  const auto& other = static_cast<const DieInterconnect&>(member);
  return m_link.sameTiming(other.m_link) && m_banks.sameTiming(other.m_banks);
}

void DieInterconnect::adoptTiming(const LockstepMember& member) {
  const auto& other = static_cast<const DieInterconnect&>(member);
  m_link.adoptTiming(other.m_link);
  m_banks.adoptTiming(other.m_banks);
}

}  // namespace pim

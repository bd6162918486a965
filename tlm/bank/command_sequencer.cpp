#include "tlm/bank/command_sequencer.h"

#include <algorithm>
#include <cstring>

#include "core/base/address_map.h"
#include "core/operations/bank_operation.h"
#include "tlm/kit/access.h"

namespace pim {

CommandSequencer::CommandSequencer(const sc_core::sc_module_name& name, BankCommons& commons,
                                   std::uint32_t bankInDie, WorkLane& work)
    : sc_module(name),
      window("window"),
      macArray("mac_array"),
      softmaxUnit("softmax_unit"),
      bmem("bmem"),
      bram("bram"),
      m_work(work),
      m_commons(commons),
      m_parameters(commons.parameters),
      m_bank(bankInDie) {
  window.bind(*this);
  bram.register_invalidate_direct_mem_ptr(this, &CommandSequencer::invalidate, Bram);
  bmem.register_invalidate_direct_mem_ptr(this, &CommandSequencer::invalidate, Bmem);
}

CommandSequencer::Place CommandSequencer::placeOf(std::uint64_t address, std::uint64_t bytes) {
  const auto holds = [&](std::uint64_t base, std::uint64_t size) {
    return address >= base && address - base < size && bytes <= size - (address - base);
  };
  const std::uint64_t bmemBytes = m_parameters.dram.timing().organisation.bankBytes;
  if (holds(BankAddress::kBram, m_parameters.bramBytes))
    return {&bram, BankAddress::kBram, m_parameters.bramBytes};
  if (holds(BankAddress::kBmem, bmemBytes)) return {&bmem, BankAddress::kBmem, bmemBytes};
  return {};
}

void CommandSequencer::b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  const std::uint64_t address = payload.get_address();
  if (address < BankAddress::kRegisterBytes) return accessRegister(payload, delay);
  const Place place = placeOf(address, payload.get_data_length());
  if (place.memory == nullptr) return payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
  payload.set_address(address - place.base);
  (*place.memory)->b_transport(payload, delay);
  payload.set_address(address);
}

unsigned CommandSequencer::transport_dbg(tlm::tlm_generic_payload& payload) {
  const std::uint64_t address = payload.get_address();
  if (address < BankAddress::kRegisterBytes) {
    if (!acceptRegisterAccess(payload, BankAddress::kRegisterBytes)) return 0;
    readStatus(payload, toPicoseconds(sc_core::sc_time_stamp()));
    return payload.is_response_ok() ? 4 : 0;
  }
  const Place place = placeOf(address, payload.get_data_length());
  if (place.memory == nullptr) {
    payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
    return 0;
  }
  payload.set_address(address - place.base);
  const unsigned moved = (*place.memory)->transport_dbg(payload);
  payload.set_address(address);
  return moved;
}

bool CommandSequencer::get_direct_mem_ptr(tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi) {
  const std::uint64_t address = payload.get_address();
  const Place place = placeOf(address, 1);
  if (place.memory == nullptr) {
    dmi.set_start_address(address);  // denied here, not elsewhere
    dmi.set_end_address(address);
    return false;
  }
  payload.set_address(address - place.base);
  const bool granted = (*place.memory)->get_direct_mem_ptr(payload, dmi);
  payload.set_address(address);
  dmi.set_start_address(place.base + dmi.get_start_address());
  dmi.set_end_address(place.base + std::min<std::uint64_t>(dmi.get_end_address(), place.size - 1));
  return granted;
}

void CommandSequencer::invalidate(int memory, sc_dt::uint64 start, sc_dt::uint64 end) {
  const std::uint64_t base = memory == Bram ? BankAddress::kBram : BankAddress::kBmem;
  window->invalidate_direct_mem_ptr(base + start, base + end);
}

inline void CommandSequencer::accessRegister(tlm::tlm_generic_payload& payload,
                                             const sc_core::sc_time& delay) {
  if (payload.get_address() == BankAddress::kRegisters && payload.is_write()) {
    runCommand(payload, delay);
  } else if (acceptRegisterAccess(payload, BankAddress::kRegisterBytes)) {
    readStatus(payload, absoluteTime(delay));
  }
}

void CommandSequencer::readStatus(tlm::tlm_generic_payload& payload, Picoseconds now) {
  if (!payload.is_read() || payload.get_address() != BankAddress::kStatus) {
    payload.set_response_status(payload.is_read() ? tlm::TLM_ADDRESS_ERROR_RESPONSE
                                                  : tlm::TLM_COMMAND_ERROR_RESPONSE);
    return;
  }
  const std::uint32_t busy = now < m_busyUntil ? 1 : 0;
  std::memcpy(payload.get_data_ptr(), &busy, sizeof busy);
  payload.set_response_status(tlm::TLM_OK_RESPONSE);
}

tlm::tlm_response_status CommandSequencer::answerTo(const tlm::tlm_generic_payload& doorbell) {
  if (doorbell.get_data_length() != PIM_COMMAND_BYTES || doorbell.get_streaming_width() < PIM_COMMAND_BYTES)
    return tlm::TLM_BURST_ERROR_RESPONSE;
  return doorbell.get_byte_enable_ptr() != nullptr ? tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE
                                                   : tlm::TLM_OK_RESPONSE;
}

inline void CommandSequencer::runCommand(tlm::tlm_generic_payload& payload, const sc_core::sc_time& delay) {
  const tlm::tlm_response_status answer = answerTo(payload);
  if (answer != tlm::TLM_OK_RESPONSE) return payload.set_response_status(answer);
  withCommand(payload, [&](CommandExtension& origin) { runCommand(origin, payload, delay); });
}

void CommandSequencer::runCommand(CommandExtension& origin, tlm::tlm_generic_payload& payload,
                                  const sc_core::sc_time& delay) {
  const DecodedCommand* const given = origin.work;
  const bool known = given != nullptr && m_commons.decoded(*given);
  const DecodedCommand& work = known ? *given : m_commons.decode(payload.get_data_ptr(), m_bank);
  switch (work.check) {
    case CommandCheck::Ok:
      origin.work = &work;
      start(work, origin, payload, delay);
      origin.work = given;
      break;
    case CommandCheck::NotABankCommand:
      payload.set_response_status(tlm::TLM_COMMAND_ERROR_RESPONSE);
      break;
    default:
      payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
  }
}

inline void CommandSequencer::start(const DecodedCommand& work, CommandExtension& origin,
                                    tlm::tlm_generic_payload& payload, const sc_core::sc_time& arrival) {
  const Picoseconds now = absoluteTime(arrival);
  const BankCompute& compute = m_parameters.compute;
  origin.serviceStart = compute.clock.edgeAtOrAfter(std::max(now, m_busyUntil));
  const Picoseconds decode = compute.overhead ? compute.clock.cycles(BankCompute::kDecodeCycles) : 0;
  sc_core::sc_time delay = arrival + m_commons.toStart(origin.serviceStart + decode - now);
  if (work.command.opcode == PIM_OP_STORE) {
    store(work, origin, delay);
    m_commons.finish(payload, origin);
  } else if (work.command.opcode == PIM_OP_SOFTMAX) {
    softmaxUnit->b_transport(payload, delay);
  } else {
    macArray->b_transport(payload, delay);
  }
  origin.done = m_busyUntil = now + toPicoseconds(delay - arrival);
}

void CommandSequencer::store(const DecodedCommand& work, const CommandExtension& origin,
                             sc_core::sc_time& delay) {
  std::uint8_t* cells = m_commons.stream(work, origin, bmem, delay, *this);
  if (std::uint8_t* records = m_commons.view(bram, *this)) {
    m_work.add([command = work.command, bank = m_bank, cells, records] {
      executeBankCommand(command, bank, cells, records);
    });
  }
}

}  // namespace pim

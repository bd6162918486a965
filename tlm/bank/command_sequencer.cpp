#include "tlm/bank/command_sequencer.h"

#include <algorithm>
#include <cstring>

#include "core/base/address_map.h"
#include "core/operations/bank_operation.h"
#include "tlm/kit/access.h"
#include "tlm/kit/fatal.h"

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

AddressWindow CommandSequencer::windowOf(MemoryTag memory) const {
  if (memory == Bram) return {BankAddress::kBram, m_parameters.bramBytes};
  return {BankAddress::kBmem, m_parameters.dram.timing().organisation.bankBytes};
}

CommandSequencer::Place CommandSequencer::placeOf(std::uint64_t address, std::uint64_t bytes) {
  const auto holds = [&](const AddressWindow& memory) {
    const std::uint64_t offset = address - memory.base;
    return address >= memory.base && offset < memory.size && bytes <= memory.size - offset;
  };
  if (const AddressWindow buffer = windowOf(Bram); holds(buffer)) return {&bram, buffer};
  if (const AddressWindow cells = windowOf(Bmem); holds(cells)) return {&bmem, cells};
  return {};
}

void CommandSequencer::b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  const std::uint64_t address = payload.get_address();
  if (address < BankAddress::kRegisterBytes) return accessRegister(payload, delay);
  const Place place = placeOf(address, payload.get_data_length());
  if (place.memory == nullptr) return payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
  place.window.transport(*place.memory, payload, delay);
}

unsigned CommandSequencer::transport_dbg(tlm::tlm_generic_payload& payload) {
  const std::uint64_t address = payload.get_address();
  if (address < BankAddress::kRegisterBytes) {
    readStatus(payload, toPicoseconds(sc_core::sc_time_stamp()));
    return payload.is_response_ok() ? payload.get_data_length() : 0;
  }
  const Place place = placeOf(address, payload.get_data_length());
  if (place.memory == nullptr) {
    payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
    return 0;
  }
  return place.window.debug(*place.memory, payload);
}

bool CommandSequencer::get_direct_mem_ptr(tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi) {
  const std::uint64_t address = payload.get_address();
  const Place place = placeOf(address, 1);
  if (place.memory == nullptr) return denyDirectPointer(dmi, address, address);  // denies this address only
  return place.window.directPointer(*place.memory, payload, dmi);
}

void CommandSequencer::invalidate(int memory, sc_dt::uint64 start, sc_dt::uint64 end) {
  const auto range = windowOf(static_cast<MemoryTag>(memory)).outside(start, end);
  if (range) window->invalidate_direct_mem_ptr(range->first, range->second);
}

inline void CommandSequencer::accessRegister(tlm::tlm_generic_payload& payload,
                                             const sc_core::sc_time& delay) {
  if (payload.get_address() == BankAddress::kRegisters && payload.is_write()) {
    runCommand(payload, delay);
  } else if (acceptRegisterAccess(payload, BankAddress::kRegisterBytes)) {
    readStatus(payload, absoluteTime(delay));
  }
}

tlm::tlm_response_status CommandSequencer::answerToStatus(const tlm::tlm_generic_payload& payload) {
  if (!payload.is_read()) return tlm::TLM_COMMAND_ERROR_RESPONSE;
  if (payload.get_address() != BankAddress::kStatus) return tlm::TLM_ADDRESS_ERROR_RESPONSE;
  return payload.get_data_length() == 4 ? tlm::TLM_OK_RESPONSE : tlm::TLM_BURST_ERROR_RESPONSE;
}

void CommandSequencer::readStatus(tlm::tlm_generic_payload& payload, Picoseconds now) const {
  payload.set_response_status(answerToStatus(payload));
  if (!payload.is_response_ok()) return;
  const std::uint32_t busy = now < m_busyUntil ? 1 : 0;
  std::memcpy(payload.get_data_ptr(), &busy, sizeof busy);
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
  auto* given = payload.get_extension<CommandExtension>();
  const DecodedCommand* work = given != nullptr ? given->request.work : nullptr;
  if (work == nullptr || !m_commons.decoded(*work)) return decodeAndRun(given, payload, delay);
  if (accept(*work, payload)) start(given->request, given->answer, payload, delay);
}

void CommandSequencer::decodeAndRun(CommandExtension* given, tlm::tlm_generic_payload& payload,
                                    const sc_core::sc_time& delay) {
  CommandExtension own;
  if (given != nullptr) own.request = given->request;
  own.request.work = &m_commons.decode(payload.get_data_ptr(), m_bank);
  if (!accept(*own.request.work, payload)) return;
  {
    const CarriedRequest carried(payload, own);
    start(own.request, own.answer, payload, delay);
  }
  if (given != nullptr) given->answer = own.answer;
}

bool CommandSequencer::accept(const DecodedCommand& work, tlm::tlm_generic_payload& payload) {
  if (work.check == CommandCheck::Ok) return true;
  payload.set_response_status(work.check == CommandCheck::NotABankCommand ? tlm::TLM_COMMAND_ERROR_RESPONSE
                                                                          : tlm::TLM_ADDRESS_ERROR_RESPONSE);
  return false;
}

inline void CommandSequencer::start(const CommandRequest& request, CommandAnswer& answer,
                                    tlm::tlm_generic_payload& payload, const sc_core::sc_time& arrival) {
  const Picoseconds now = absoluteTime(arrival);
  const Picoseconds begin = startOf(now);
  sc_core::sc_time delay = arrival + m_commons.toStart(begin + decodeTime() - now);
  switch (request.work->unit) {
    case BankUnitKind::MacArray:
      macArray->b_transport(payload, delay);
      break;
    case BankUnitKind::SoftmaxUnit:
      softmaxUnit->b_transport(payload, delay);
      break;
    case BankUnitKind::Cells:
      store(request, delay);
      m_commons.finish(payload, request);
      break;
    case BankUnitKind::Bram:
      writeResults(request, delay);
      m_commons.finish(payload, request);
      break;
    case BankUnitKind::None:
      fatal(name(), "a command that no unit runs");
  }
  m_busyUntil = now + toPicoseconds(delay - arrival);
  answer = {begin, m_busyUntil};
}

void CommandSequencer::store(const CommandRequest& request, sc_core::sc_time& delay) {
  compute(request, m_commons.stream(*request.work, request, bmem, delay, *this));
}

void CommandSequencer::writeResults(const CommandRequest& request, sc_core::sc_time& delay) {
  delay += m_commons.drain + toScTime(m_parameters.compute.clock.cycles(request.work->resultCycles));
  compute(request, nullptr);
}

void CommandSequencer::compute(const CommandRequest& request, std::uint8_t* cells) {
  if (std::uint8_t* buffer = m_commons.view(bram, *this)) {
    m_work.add([command = request.work->command, bank = m_bank, cells, buffer] {
      executeBankCommand(command, bank, cells, buffer);
    });
  }
}

}  // namespace pim

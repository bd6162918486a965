#include "tlm/command_sequencer.h"

#include <algorithm>
#include <cstring>

#include "tlm/access.h"
#include "tlm/core/address_map.h"
#include "tlm/core/command/bank_operation.h"

namespace pim {

CommandSequencer::CommandSequencer(const sc_core::sc_module_name& name, const BankParameters& parameters,
                                   std::uint32_t bankInDie, Counters& counters, WorkLane& work)
    : sc_module(name),
      registers("registers"),
      macArray("mac_array"),
      softmaxUnit("softmax_unit"),
      bmem("bmem"),
      bram("bram"),
      m_parameters(parameters),
      m_bank(bankInDie),
      m_counters(counters),
      m_work(work) {
  registers.register_b_transport(this, &CommandSequencer::transport);
  registers.register_transport_dbg(this, &CommandSequencer::debug);
  m_cells.enableStream();
  m_buffer.enableStream();
}

void CommandSequencer::transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  const Picoseconds now = absoluteTime(delay);
  if (payload.get_address() == BankAddress::kRegisters && payload.is_write()) {
    runCommand(payload, now);
  } else if (acceptRegisterAccess(payload, BankAddress::kRegisterBytes)) {
    readStatus(payload, now);
  }
}

unsigned CommandSequencer::debug(tlm::tlm_generic_payload& payload) {
  if (!acceptRegisterAccess(payload, BankAddress::kRegisterBytes)) return 0;
  readStatus(payload, toPicoseconds(sc_core::sc_time_stamp()));
  return payload.is_response_ok() ? 4 : 0;
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

void CommandSequencer::runCommand(tlm::tlm_generic_payload& payload, Picoseconds now) {
  if (payload.get_data_length() != PIM_COMMAND_BYTES || payload.get_streaming_width() < PIM_COMMAND_BYTES) {
    payload.set_response_status(tlm::TLM_BURST_ERROR_RESPONSE);
    return;
  }
  if (payload.get_byte_enable_ptr() != nullptr) {
    payload.set_response_status(tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
    return;
  }
  pim_command command;
  std::memcpy(&command, payload.get_data_ptr(), sizeof command);
  const CommandCheck check =
      checkBankCommand(command, m_parameters.bramBytes, m_parameters.dram.timing().organisation.bankBytes);
  if (check != CommandCheck::Ok) {
    payload.set_response_status(check == CommandCheck::NotABankCommand ? tlm::TLM_COMMAND_ERROR_RESPONSE
                                                                       : tlm::TLM_ADDRESS_ERROR_RESPONSE);
    return;
  }
  AttachedCommand attached(payload);
  CommandExtension& origin = *attached;
  const BankCompute& compute = m_parameters.compute;
  const sc_core::sc_time timeStamp = sc_core::sc_time_stamp();
  origin.serviceStart = compute.clock.edgeAtOrAfter(std::max(now, m_busyUntil));
  const Picoseconds decode = compute.overhead ? compute.clock.cycles(BankCompute::kDecodeCycles) : 0;
  sc_core::sc_time delay = toScTime(origin.serviceStart + decode) - timeStamp;
  if (command.opcode == PIM_OP_STORE) {
    store(command, origin, delay);
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
  } else if (command.opcode == PIM_OP_SOFTMAX) {
    softmaxUnit->b_transport(payload, delay);
  } else {
    macArray->b_transport(payload, delay);
  }
  origin.done = m_busyUntil = toPicoseconds(timeStamp + delay);
}

void CommandSequencer::store(const pim_command& command, const CommandExtension& origin,
                             sc_core::sc_time& delay) {
  const BankWork work(command, m_bank);
  m_cells.command = origin;
  m_cells.stream.kind = StreamExtension::Kind::Write;
  m_cells.stream.columnInterval = work.columnInterval(m_parameters.compute);
  std::uint8_t* cells = nullptr;  // BMEM from its first byte
  work.forEachRun([&](const ColumnRun& run) {
    bmem->b_transport(m_cells.write(run.offset, nullptr, run.columns * PIM_COLUMN_BYTES), delay);
    requireOk(m_cells, name());
    if (m_parameters.functional) cells = m_cells.stream.view - run.offset;
  });
  if (m_parameters.functional) {
    sc_core::sc_time hidden = sc_core::SC_ZERO_TIME;
    bram->b_transport(m_buffer.read(0, nullptr, m_parameters.bramBytes), hidden);
    requireOk(m_buffer, name());
    m_work.add([command, bank = m_bank, cells, records = m_buffer.stream.view] {
      executeStoreCommand(command, bank, cells, records);
    });
  }
  m_counters.bramBytes += work.bramBytes() * origin.multiplicity;
}

}  // namespace pim

#include "tlm/controller/mailbox.h"

#include <cstring>

#include "tlm/kit/access.h"
#include "tlm/kit/transaction.h"

namespace pim {

Mailbox::Mailbox(const sc_core::sc_module_name& name, sc_core::sc_event_queue& commandDone,
                 MarkObserver onMark, ActivityObserver* activity)
    : sc_module(name),
      interrupts("interrupts"),
      mailbox("mailbox"),
      firmwareIrq("firmware_irq"),
      hostIrq("host_irq"),
      m_onMark(std::move(onMark)),
      m_activity(activity) {
  interrupts.register_b_transport(this, &Mailbox::accessInterrupts);
  mailbox.register_b_transport(this, &Mailbox::accessMailbox);
  SC_HAS_PROCESS(Mailbox);
  SC_METHOD(onCommandDone);
  sensitive << commandDone;
  dont_initialize();
  SC_METHOD(driveLines);
  sensitive << m_changed;
  dont_initialize();
}

void Mailbox::accessInterrupts(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  synchronise(delay);
  if (!acceptRegisterAccess(payload, kInterruptBytes)) return;
  std::uint32_t value = 0;
  const std::uint64_t address = payload.get_address();
  if (payload.is_read() && address != PIM_REG_IRQ_CLEAR) {
    value = address == PIM_REG_ID ? std::uint32_t{PIM_ID_VALUE} : m_irqStatus;
    std::memcpy(payload.get_data_ptr(), &value, sizeof value);
  } else if (payload.is_write() && address == PIM_REG_IRQ_CLEAR) {
    std::memcpy(&value, payload.get_data_ptr(), sizeof value);
    m_irqStatus &= ~value;
    m_changed.notify();
  } else {
    return payload.set_response_status(tlm::TLM_COMMAND_ERROR_RESPONSE);
  }
  payload.set_response_status(tlm::TLM_OK_RESPONSE);
}

void Mailbox::accessMailbox(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  synchronise(delay);
  if (!acceptRegisterAccess(payload, kMailboxBytes)) return;
  const std::uint64_t address = payload.get_address() + kMailboxBase;
  std::uint32_t value = 0;
  bool served = false;
  if (payload.is_read()) {
    served = read(address, value);
    std::memcpy(payload.get_data_ptr(), &value, sizeof value);
  } else {
    std::memcpy(&value, payload.get_data_ptr(), sizeof value);
    served = write(address, value, absoluteTime(delay));
  }
  payload.set_response_status(served ? tlm::TLM_OK_RESPONSE : tlm::TLM_COMMAND_ERROR_RESPONSE);
}

bool Mailbox::read(std::uint64_t address, std::uint32_t& value) {
  switch (address) {
    case PIM_REG_JOB_ADDRESS:
      value = m_jobAddress;
      return true;
    case PIM_REG_STATUS:
      value = m_status;
      m_statusChanged = false;
      m_changed.notify();
      return true;
    case PIM_REG_TOKEN:
      if (m_tokens.empty()) return false;
      value = m_tokens.front();
      m_tokens.pop_front();
      m_changed.notify();
      return true;
    default:
      return false;
  }
}

bool Mailbox::write(std::uint64_t address, std::uint32_t value, Picoseconds now) {
  switch (address) {
    case PIM_REG_HOST_DOORBELL:
      m_irqStatus |= PIM_IRQ_JOB;
      if (m_activity != nullptr) m_activity->onHostDoorbell(now);
      break;
    case PIM_REG_JOB_ADDRESS:
      m_jobAddress = value;
      break;
    case PIM_REG_TOKEN:
      m_tokens.push_back(value);
      break;
    case PIM_REG_STATUS:
      m_statusChanged = m_status == PIM_STATUS_BUSY && value != PIM_STATUS_BUSY;
      m_status = value;
      break;
    case PIM_REG_MARK:
      m_onMark(value & 0xFF, value >> 8, now);
      break;
    default:
      return false;
  }
  m_changed.notify();
  return true;
}

void Mailbox::driveLines() {
  const bool toFirmware = m_irqStatus != 0;
  const bool toHost = !m_tokens.empty() || m_statusChanged;
  firmwareIrq.write(toFirmware);
  hostIrq.write(toHost);
  if (m_activity == nullptr) return;
  const Picoseconds now = toPicoseconds(sc_core::sc_time_stamp());
  m_activity->onLine(ActivityLine::FirmwareInterrupt, toFirmware, now);
  m_activity->onLine(ActivityLine::HostInterrupt, toHost, now);
}

void Mailbox::onCommandDone() {
  m_irqStatus |= PIM_IRQ_COMMAND;
  m_changed.notify();
}

}  // namespace pim

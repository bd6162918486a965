#pragma once

#include <tlm_utils/simple_target_socket.h>

#include <deque>
#include <functional>
#include <systemc>
#include <tlm>

#include "abi/pim_abi.h"
#include "core/observe/activity.h"

namespace pim {

/// The registers for interrupt status and the mailbox between host and firmware: the part of the register
/// page outside the command queue. Port `interrupts` serves PIM_REG_ID .. PIM_REG_IRQ_CLEAR, port `mailbox`
/// PIM_REG_HOST_DOORBELL .. PIM_REG_MARK.
///
/// PIM_REG_TOKEN queues generated tokens until the host reads them. `hostIrq` stays high while the queue has
/// tokens, or after the status left BUSY.
///
/// An access with an annotated delay waits for that delay, because the registers and interrupt lines may
/// change at events before it.
class Mailbox : public sc_core::sc_module {
 public:
  tlm_utils::simple_target_socket<Mailbox> interrupts;
  tlm_utils::simple_target_socket<Mailbox> mailbox;
  sc_core::sc_out<bool> firmwareIrq;
  sc_core::sc_out<bool> hostIrq;

  static constexpr std::uint64_t kInterruptBytes = PIM_REG_IRQ_CLEAR + 4;
  static constexpr std::uint64_t kMailboxBase = PIM_REG_HOST_DOORBELL;
  static constexpr std::uint64_t kMailboxBytes = PIM_REG_MARK + 4 - PIM_REG_HOST_DOORBELL;

  /// Called for every mark that the firmware writes: kind, index, time.
  using MarkObserver = std::function<void(std::uint32_t, std::uint32_t, Picoseconds)>;

  /// `commandDone` fires when a command with PIM_FLAG_IRQ is complete.
  Mailbox(const sc_core::sc_module_name& name, sc_core::sc_event_queue& commandDone, MarkObserver onMark,
          ActivityObserver* activity = nullptr);

 private:
  void accessInterrupts(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  void accessMailbox(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  bool read(std::uint64_t address, std::uint32_t& value);
  bool write(std::uint64_t address, std::uint32_t value, Picoseconds now);
  /// The only process that drives the interrupt lines, after any change of the registers.
  void driveLines();
  void onCommandDone();

  MarkObserver m_onMark;
  ActivityObserver* m_activity;
  std::uint32_t m_irqStatus = 0;
  std::uint32_t m_jobAddress = 0;
  std::uint32_t m_status = PIM_STATUS_IDLE;
  std::deque<std::uint32_t> m_tokens;
  bool m_statusChanged = false;
  sc_core::sc_event m_changed;
};

}  // namespace pim

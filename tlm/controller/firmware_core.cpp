#include "tlm/controller/firmware_core.h"

namespace pim {

FirmwareCore::FirmwareCore(const sc_core::sc_module_name& name, const FirmwareCoreParameters& parameters,
                           EntryPoint firmware)
    : sc_module(name),
      bus("bus"),
      interrupt("interrupt"),
      m_parameters(parameters),
      m_firmware(std::move(firmware)),
      m_hal{} {
  m_hal.context = this;
  m_hal.read32 = [](void* core, std::uint32_t address) {
    return static_cast<FirmwareCore*>(core)->read32(address);
  };
  m_hal.write32 = [](void* core, std::uint32_t address, std::uint32_t value) {
    static_cast<FirmwareCore*>(core)->write32(address, value);
  };
  m_hal.read_block = [](void* core, std::uint32_t address, void* to, std::uint32_t bytes) {
    static_cast<FirmwareCore*>(core)->readBlock(address, to, bytes);
  };
  m_hal.write_block = [](void* core, std::uint32_t address, const void* from, std::uint32_t bytes) {
    static_cast<FirmwareCore*>(core)->writeBlock(address, from, bytes);
  };
  m_hal.wait_for_interrupt = [](void* core) { static_cast<FirmwareCore*>(core)->waitForInterrupt(); };

  SC_HAS_PROCESS(FirmwareCore);
  SC_THREAD(run);
  set_stack_size(1 << 20);  // the firmware's locals, and whatever a target called from it needs
}

void FirmwareCore::run() {
  m_time.reset();
  for (;;) m_firmware(&m_hal, m_parameters.registersBase, m_parameters.planAddress);
}

std::uint32_t FirmwareCore::read32(std::uint32_t address) {
  std::uint32_t value = 0;
  readBlock(address, &value, sizeof value);
  return value;
}

void FirmwareCore::write32(std::uint32_t address, std::uint32_t value) {
  writeBlock(address, &value, sizeof value);
}

void FirmwareCore::readBlock(std::uint32_t address, void* to, std::uint32_t bytes) {
  if (isRegister(address)) m_time.sync();
  access(m_transaction.read(address, to, bytes));
}

void FirmwareCore::writeBlock(std::uint32_t address, const void* from, std::uint32_t bytes) {
  if (isRegister(address)) m_time.sync();
  access(m_transaction.write(address, from, bytes));
}

void FirmwareCore::access(tlm::tlm_generic_payload& payload) {
  sc_core::sc_time delay = m_time.get_local_time();
  bus->b_transport(payload, delay);
  requireOk(m_transaction, *this);
  const Picoseconds words = (payload.get_data_length() + 3) / 4;
  m_time.set(delay + toScTime(words * m_parameters.accessTime));
  if (m_time.need_sync()) m_time.sync();
}

void FirmwareCore::waitForInterrupt() {
  m_time.sync();  // gives way even when no time is due: the line may be falling after a clear in this very
                  // instant
  if (interrupt.read()) return;
  const Picoseconds from = toPicoseconds(sc_core::sc_time_stamp());
  wait(interrupt.posedge_event());
  if (m_parameters.onSleep) m_parameters.onSleep(from, toPicoseconds(sc_core::sc_time_stamp()));
}

}  // namespace pim

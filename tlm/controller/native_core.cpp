#include "tlm/controller/native_core.h"

namespace pim {

NativeCore::NativeCore(const sc_core::sc_module_name& name, const ControllerCoreParameters& parameters,
                       EntryPoint firmware, CoreWork& work, const NativeCoreTime& time)
    : ControllerCore(name, parameters, work), m_firmware(std::move(firmware)), m_cost(time) {
  m_hal.context = this;
  m_hal.read32 = [](void* core, std::uint32_t address) {
    return static_cast<NativeCore*>(core)->read32(address);
  };
  m_hal.write32 = [](void* core, std::uint32_t address, std::uint32_t value) {
    static_cast<NativeCore*>(core)->write32(address, value);
  };
  m_hal.read_block = [](void* core, std::uint32_t address, void* to, std::uint32_t bytes) {
    static_cast<NativeCore*>(core)->readBlock(address, to, bytes);
  };
  m_hal.write_block = [](void* core, std::uint32_t address, const void* from, std::uint32_t bytes) {
    static_cast<NativeCore*>(core)->writeBlock(address, from, bytes);
  };
  m_hal.wait_for_interrupt = [](void* core) { static_cast<NativeCore*>(core)->waitForInterrupt(); };
  m_hal.did = [](void* core, pim_work kind, std::uint32_t count) {
    static_cast<NativeCore*>(core)->did(kind, count);
  };
}

void NativeCore::execute() {
  m_time.reset();
  for (;;) m_firmware(&m_hal, parameters().registersBase, parameters().planAddress);
}

std::uint32_t NativeCore::read32(std::uint32_t address) {
  std::uint32_t value = 0;
  readBlock(address, &value, sizeof value);
  return value;
}

void NativeCore::write32(std::uint32_t address, std::uint32_t value) {
  writeBlock(address, &value, sizeof value);
}

void NativeCore::readBlock(std::uint32_t address, void* to, std::uint32_t bytes) {
  if (isRegister(address)) m_time.sync();
  access(m_transaction.read(address, to, bytes));
}

void NativeCore::writeBlock(std::uint32_t address, const void* from, std::uint32_t bytes) {
  if (isRegister(address)) m_time.sync();
  access(m_transaction.write(address, from, bytes));
}

void NativeCore::access(tlm::tlm_generic_payload& payload) {
  const sc_core::sc_time begin = m_time.get_local_time();
  sc_core::sc_time delay = begin;
  bus->b_transport(payload, delay);
  requireOk(m_transaction, *this);
  const std::uint32_t words = (payload.get_data_length() + 3) / 4;
  const std::uint64_t cycles = accessCycles(toPicoseconds(delay) - toPicoseconds(begin), words);
  countAccess(static_cast<std::uint32_t>(payload.get_address()), cycles, words);
  const std::uint64_t included =
      std::uint64_t{payload.is_read() ? m_cost.loadCycles : m_cost.storeCycles} * words;
  take(cycles > included ? cycles - included : 0);
}

void NativeCore::did(pim_work kind, std::uint32_t count) {
  m_hundredths += std::int64_t{m_cost.costs[kind]} * count;
  if (m_hundredths < 100) return;
  take(static_cast<std::uint64_t>(m_hundredths / 100));
  m_hundredths %= 100;
}

void NativeCore::take(std::uint64_t cycles) {
  work().cycles += cycles;
  m_time.inc(toScTime(static_cast<Picoseconds>(cycles) * parameters().clock));
  if (m_time.need_sync()) m_time.sync();
}

void NativeCore::waitForInterrupt() {
  m_time.sync();  // gives way even when no time is due: the line may be falling after a clear in this very
                  // instant
  sleep();
}

}  // namespace pim

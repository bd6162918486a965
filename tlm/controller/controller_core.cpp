#include "tlm/controller/controller_core.h"

#include <algorithm>
#include <utility>

namespace pim {

ControllerCore::ControllerCore(const sc_core::sc_module_name& name,
                               const ControllerCoreParameters& parameters, CoreWork& work)
    : sc_module(name), bus("bus"), interrupt("interrupt"), m_parameters(parameters), m_work(work) {
  bus.register_invalidate_direct_mem_ptr(this, &ControllerCore::revoke);
  SC_HAS_PROCESS(ControllerCore);
  SC_THREAD(run);
  set_stack_size(1 << 20);  // for the firmware's locals and the targets that it calls
}

void ControllerCore::run() {
  execute();
}

std::uint64_t ControllerCore::accessCycles(Picoseconds delay, std::uint32_t words) const {
  const Picoseconds ofWords = m_parameters.clock * words;
  const auto answer = static_cast<std::uint64_t>((delay + ofWords - 1) / ofWords);
  return std::max<std::uint64_t>(m_parameters.cyclesPerAccess, answer) * words;
}

void ControllerCore::countAccess(std::uint32_t address, std::uint64_t cycles, std::uint32_t words) {
  if (cycles > words)
    m_work.stall(isRegister(address) ? CoreStall::Registers : CoreStall::Memory) += cycles - words;
}

void ControllerCore::sleep() {
  if (interrupt.read()) return;
  const Picoseconds from = toPicoseconds(sc_core::sc_time_stamp());
  wait(interrupt.posedge_event());
  const Picoseconds to = toPicoseconds(sc_core::sc_time_stamp());
  m_work.asleep += to - from;
  if (m_parameters.onSleep) m_parameters.onSleep(from, to);
}

void ControllerCore::stop(std::string fault) {
  m_fault = std::move(fault);
  sc_core::sc_stop();
  for (;;) wait();
}

}  // namespace pim

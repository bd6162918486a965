#include "tlm/controller/riscv_core.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <utility>

namespace pim {

using riscv::Stop;

RiscvCore::RiscvCore(const sc_core::sc_module_name& name, const ControllerCoreParameters& parameters,
                     const RiscvCoreParameters& core, CoreWork& work)
    : ControllerCore(name, parameters, work),
      m_core(core),
      m_instructions(core.instructionBytes),
      m_data(core.dataBytes),
      m_hart(core.cycles, {core.instructionBase, core.instructionBytes, m_instructions.data()},
             {core.dataBase, core.dataBytes, m_data.data()}, *this) {}

void RiscvCore::load() {
  for (const riscv::ElfSegment& segment : m_core.image.segments) {
    const bool code = segment.address - m_core.instructionBase < m_core.instructionBytes;
    std::uint8_t* to = code ? m_instructions.data() + (segment.address - m_core.instructionBase)
                            : m_data.data() + (segment.address - m_core.dataBase);
    std::copy(segment.bytes.begin(), segment.bytes.end(), to);
  }
  m_hart.reset(m_core.image.entry);
  constexpr unsigned kA0 = 10, kA1 = 11;
  m_hart.setX(kA0, parameters().registersBase);
  m_hart.setX(kA1, parameters().planAddress);
}

void RiscvCore::attachObservers() {
  const bool followed = m_core.activity != nullptr && m_core.activity->followsProgram();
  m_hart.observe(followed ? this : m_core.observer);
}

void RiscvCore::onBlock(std::uint32_t pc, std::uint64_t cycle, std::uint64_t instruction) {
  if (m_core.observer != nullptr) m_core.observer->onBlock(pc, cycle, instruction);
  m_core.activity->onBlock(pc, timeOf(cycle));
}

Stop RiscvCore::runSome(std::uint64_t untilCycle) {
  const bool one = m_next == riscv::Debugger::Next::Step || m_passBreakpoint;
  m_passBreakpoint = false;
  return one ? m_hart.step() : m_hart.run(untilCycle);
}

void RiscvCore::consultDebugger(Stop stop) {
  const bool stepped = m_next == riscv::Debugger::Next::Step;
  if (stop != Stop::Breakpoint && !stepped && !m_core.debugger->wantsHalt()) return;
  m_next = m_core.debugger->onHalt(m_hart, *this, riscv::Halt::Asked);
  m_passBreakpoint = m_hart.blocks().isBreakpoint(m_hart.pc());
  m_awakeSince = m_hart.cycles();
}

std::uint8_t* RiscvCore::ownMemory(std::uint32_t address, std::size_t bytes) {
  const auto within = [&](std::uint32_t base, std::vector<std::uint8_t>& memory) -> std::uint8_t* {
    const std::size_t offset = address - base;
    return address >= base && bytes <= memory.size() && offset <= memory.size() - bytes
               ? memory.data() + offset
               : nullptr;
  };
  std::uint8_t* const data = within(m_core.dataBase, m_data);
  return data != nullptr ? data : within(m_core.instructionBase, m_instructions);
}

bool RiscvCore::peek(std::uint32_t address, std::uint8_t* to, std::size_t bytes) {
  if (bytes == 0) return true;
  if (const std::uint8_t* own = ownMemory(address, bytes)) {
    std::memcpy(to, own, bytes);
    return true;
  }
  tlm::tlm_generic_payload payload;
  payload.set_command(tlm::TLM_READ_COMMAND);
  payload.set_address(address);
  payload.set_data_ptr(to);
  payload.set_data_length(static_cast<unsigned>(bytes));
  return bus->transport_dbg(payload) == bytes;
}

bool RiscvCore::poke(std::uint32_t address, const std::uint8_t* from, std::size_t bytes) {
  if (bytes == 0) return true;
  if (std::uint8_t* own = ownMemory(address, bytes)) {
    std::memcpy(own, from, bytes);
    return true;
  }
  std::vector<std::uint8_t> copy(from, from + bytes);
  tlm::tlm_generic_payload payload;
  payload.set_command(tlm::TLM_WRITE_COMMAND);
  payload.set_address(address);
  payload.set_data_ptr(copy.data());
  payload.set_data_length(static_cast<unsigned>(bytes));
  return bus->transport_dbg(payload) == bytes;
}

void RiscvCore::execute() {
  load();
  if (m_core.debugger != nullptr) consultDebugger(Stop::Breakpoint);
  const Picoseconds quantum = toPicoseconds(tlm::tlm_global_quantum::instance().get());
  for (;;) {
    attachObservers();
    // The hart checks for interrupts between runs. If interrupts are enabled, runs are short, so that the
    // handler starts soon.
    const bool handles = (m_hart.csrs().mstatus & riscv::kMstatusMie) != 0 && m_hart.csrs().mie != 0;
    constexpr std::uint64_t kShort = 64;
    const auto most = static_cast<std::uint64_t>(std::max<Picoseconds>(quantum / parameters().clock, 1));
    const Stop stop = runSome(m_hart.cycles() + (handles ? kShort : most));
    count();
    if (stop == Stop::Lost) {
      std::string fault = faultText();
      if (m_core.debugger != nullptr) m_core.debugger->onHalt(m_hart, *this, riscv::Halt::Lost);
      this->stop(std::move(fault));
    }
    meet(m_hart.cycles());
    m_hart.setInterrupt(interrupt.read());
    if (stop == Stop::Waiting) waitForInterrupt();
    if (m_core.debugger != nullptr) consultDebugger(stop);
    const Picoseconds awake = timeOf(m_hart.cycles() - m_awakeSince);
    if (m_core.timeout != 0 && awake > m_core.timeout) this->stop(faultText());
  }
}

void RiscvCore::waitForInterrupt() {
  sleep();
  const Picoseconds now = toPicoseconds(sc_core::sc_time_stamp());
  const auto cycle = static_cast<std::uint64_t>((now + parameters().clock - 1) / parameters().clock);
  if (cycle > m_hart.cycles()) {
    m_asleep += cycle - m_hart.cycles();
    if (m_core.observer != nullptr) m_core.observer->onIdle(cycle - m_hart.cycles());
    m_hart.idleUntil(cycle);
  }
  m_awakeSince = m_hart.cycles();
  m_hart.setInterrupt(interrupt.read());
}

void RiscvCore::meet(std::uint64_t cycle) {
  const Picoseconds ahead = timeOf(cycle) - toPicoseconds(sc_core::sc_time_stamp());
  wait(toScTime(std::max<Picoseconds>(ahead, 0)));
}

void RiscvCore::count() {
  work().instructions = m_hart.instructions();
  work().cycles = m_hart.cycles() - m_asleep;
  work().stall(CoreStall::Memory) += m_hart.windowStalls() - m_windowStalls;
  m_windowStalls = m_hart.windowStalls();
}

RiscvCore::Answer RiscvCore::read(std::uint32_t address, std::uint32_t bytes, std::uint64_t cycle) {
  std::uint32_t value = 0;
  Answer answer = transport(m_transaction.read(address, &value, bytes), cycle);
  answer.value = value;
  return answer;
}

RiscvCore::Answer RiscvCore::write(std::uint32_t address, std::uint32_t value, std::uint32_t bytes,
                                   std::uint64_t cycle) {
  return transport(m_transaction.write(address, &value, bytes), cycle);
}

RiscvCore::Answer RiscvCore::transport(tlm::tlm_generic_payload& payload, std::uint64_t cycle) {
  const auto address = static_cast<std::uint32_t>(payload.get_address());
  const bool registers = isRegister(address);
  if (registers) {
    meet(cycle);
    count();
  }
  const sc_core::sc_time ahead = toScTime(timeOf(cycle)) - sc_core::sc_time_stamp();
  sc_core::sc_time delay = ahead;
  bus->b_transport(payload, delay);
  const std::uint64_t cycles = accessCycles(toPicoseconds(delay) - toPicoseconds(ahead), 1);
  countAccess(address, cycles, 1);
  if (registers) {
    wait(sc_core::SC_ZERO_TIME);  // for processes that react to the lines that it changed
    m_hart.setInterrupt(interrupt.read());
  }
  if (!m_transaction.ok()) return {};
  if (payload.is_dmi_allowed()) {
    tlm::tlm_dmi granted;
    if (bus->get_direct_mem_ptr(payload, granted)) grant(granted);
  }
  return {true, 0, cycles};
}

void RiscvCore::grant(const tlm::tlm_dmi& memory) {
  const sc_dt::uint64 bytes = memory.get_end_address() - memory.get_start_address() + 1;
  if (memory.get_end_address() > std::numeric_limits<std::uint32_t>::max() || bytes >> 32 != 0) return;
  riscv::Hart::Window window;
  window.region = {static_cast<std::uint32_t>(memory.get_start_address()), static_cast<std::uint32_t>(bytes),
                   memory.get_dmi_ptr()};
  const Picoseconds latency = toPicoseconds(memory.get_read_latency());  // per byte
  for (std::uint32_t size = 0; size < window.cycles.size(); ++size) {
    window.cycles[size] = static_cast<std::uint32_t>(accessCycles(latency << size, 1));
  }
  m_hart.grant(window);
}

void RiscvCore::revoke(sc_dt::uint64 start, sc_dt::uint64 end) {
  m_hart.revoke(start, end);
}

std::string RiscvCore::faultText() const {
  const auto where = [this](std::uint32_t pc) {
    const riscv::ElfFunction* function = riscv::functionAt(m_core.image, pc);
    return fmt::format("pc 0x{:08x} in {}", pc, function != nullptr ? function->name : "no function");
  };
  const riscv::Trap& trap = m_hart.lost();
  if (trap.cause == 0) {
    return fmt::format("{}: awake for {} ms at a stretch, as in an endless loop (--firmware-timeout)",
                       where(m_hart.pc()), m_core.timeout / 1'000'000'000);
  }
  constexpr unsigned kStackPointer = 2;
  const std::uint32_t sp = m_hart.x(kStackPointer);
  const auto cause = static_cast<riscv::Cause>(trap.cause);
  const bool access = cause == riscv::Cause::LoadAccessFault || cause == riscv::Cause::StoreAccessFault;
  constexpr std::uint32_t kFrame =
      4096;  // the firmware's accesses lie within this distance above the stack pointer
  const bool overflow =
      access && sp != 0 && sp - m_core.dataBase > m_core.dataBytes && trap.value - sp < kFrame;
  return fmt::format(
      "{}: {}{}", where(trap.pc), describe(trap),
      overflow ? fmt::format(", stack overflow: sp is 0x{:08x}, outside of the data memory", sp) : "");
}

}  // namespace pim

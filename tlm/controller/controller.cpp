#include "tlm/controller/controller.h"

namespace pim {
namespace {

// In the order of how often they are accessed: decoding looks from the front.
enum Target : std::size_t { Cram, Cmem, Queue, Interrupts, MailboxRegisters, Programs, FirstDie };

AddressMap busOf(const MemoryMap& chip) {
  AddressMap map;
  const std::uint64_t registers = chip.registers.base;
  map.add(chip.cram);
  map.add(chip.cmem);
  map.add({"queue registers", registers + CommandProcessor::kQueueBase, CommandProcessor::kQueueBytes});
  map.add({"interrupt registers", registers, Mailbox::kInterruptBytes});
  map.add({"mailbox registers", registers + Mailbox::kMailboxBase, Mailbox::kMailboxBytes});
  map.add({"program registers", registers + CommandProcessor::kProgramBase, CommandProcessor::kProgramBytes});
  for (const Region& die : chip.dies) map.add(die);
  if (chip.external.size != 0) map.add(chip.external);
  return map;
}

std::unique_ptr<Memory> externalMemory(const ControllerParameters& parameters) {
  if (parameters.map.external.size == 0) return nullptr;
  return std::make_unique<Memory>("external", parameters.map.external.size, 1,
                                  parameters.memory.of(ControllerMemoryKind::kExternal));
}

std::vector<LockstepMember*> lockstepOf(const std::vector<DiePorts>& dies) {
  std::vector<LockstepMember*> members;
  members.reserve(dies.size());
  for (const DiePorts& die : dies) members.push_back(die.lockstep);
  return members;
}

}  // namespace

ControllerCoreParameters Controller::observed(const ControllerCoreParameters& parameters,
                                              ActivityObserver* activity) {
  ControllerCoreParameters core = parameters;
  core.onSleep = [this, activity](Picoseconds from, Picoseconds to) {
    m_phases.sleep(from, to);
    if (activity != nullptr) activity->onSleep(from, to);
  };
  return core;
}

Controller::Controller(const sc_core::sc_module_name& name, const ControllerParameters& parameters,
                       const CoreFactory& makeCore, const std::vector<DiePorts>& dies, Statistics& statistics,
                       const Wiring& wiring)
    : sc_module(name),
      m_phases(statistics, m_criticalPath),
      m_ports(parameters.memory, statistics.counters),
      m_bus("bus", busOf(parameters.map), BusPorts),
      m_cram("cram", parameters.map.cram.size, 1, parameters.memory.of(ControllerMemoryKind::kCram)),
      m_cmem("cmem", parameters.map.cmem.size, 1, parameters.memory.of(ControllerMemoryKind::kCmem)),
      m_external(externalMemory(parameters)),
      m_alus("alus", parameters.alus, m_ports, statistics.counters, wiring),
      m_processor("processor", parameters.processor, lockstepOf(dies), m_ports, statistics, m_criticalPath,
                  wiring.activity),
      m_mailbox(
          "mailbox", m_processor.completed,
          [this, activity = wiring.activity](std::uint32_t kind, std::uint32_t index, Picoseconds now) {
            m_phases.mark(kind, index, now);
            if (activity != nullptr) activity->onMark(kind, index, now);
          },
          wiring.activity),
      m_core(makeCore("firmware", observed(parameters.core, wiring.activity), statistics.counters.core)),
      m_firmwareIrq("firmware_irq"),
      m_hostIrq("host_irq") {
  if (ActivityObserver* const activity = wiring.activity; activity != nullptr) {
    m_ports.observe([activity](ControllerMemoryKind kind, double bytes, Picoseconds begin, Picoseconds end) {
      activity->onMemoryPort(kind, bytes, begin, end);
    });
  }
  m_bus.targets[Interrupts].bind(probed(wiring.probe, m_mailbox.interrupts));
  m_bus.targets[Queue].bind(probed(wiring.probe, m_processor.registers));
  m_bus.targets[Programs].bind(probed(wiring.probe, m_processor.programs));
  m_bus.targets[MailboxRegisters].bind(probed(wiring.probe, m_mailbox.mailbox));
  m_bus.targets[Cram].bind(probed(wiring.probe, m_cram.ports[0]));
  m_bus.targets[Cmem].bind(probed(wiring.probe, m_cmem.ports[0]));
  m_core->bus.bind(probed(wiring.probe, m_bus.initiators[FirmwarePort]));
  m_processor.memory.bind(probed(wiring.probe, m_bus.initiators[ProcessorPort]));
  m_alus.memory.bind(probed(wiring.probe, m_bus.initiators[AluPort]));
  m_processor.alus.bind(probed(wiring.probe, m_alus.commands));
  for (std::size_t i = 0; i < dies.size(); ++i) {
    m_processor.links[i].bind(probed(wiring.probe, *dies[i].processor));
    m_bus.targets[FirstDie + i].bind(probed(wiring.probe, *dies[i].bus));
  }
  if (m_external) m_bus.targets[FirstDie + dies.size()].bind(probed(wiring.probe, m_external->ports[0]));
  m_mailbox.firmwareIrq.bind(m_firmwareIrq);
  m_mailbox.hostIrq.bind(m_hostIrq);
  m_core->interrupt.bind(m_firmwareIrq);
}

}  // namespace pim

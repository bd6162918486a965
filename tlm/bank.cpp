#include "tlm/bank.h"

#include "tlm/core/address_map.h"

namespace pim {
namespace {

AddressMap bankMap(const BankParameters& parameters) {
  AddressMap map;
  map.add({"bank registers", BankAddress::kRegisters, BankAddress::kRegisterBytes});
  map.add({"bank BRAM", BankAddress::kBram, parameters.bramBytes});
  map.add({"bank BMEM", BankAddress::kBmem, parameters.dram.timing().organisation.bankBytes});
  return map;
}

enum BramPort : std::size_t { SequencerPort, MacPort, SoftmaxPort, BusPort, BramPorts };

}  // namespace

Bank::Bank(const sc_core::sc_module_name& name, const BankParameters& parameters, std::uint32_t bankInDie,
           Counters& counters)
    : sc_module(name),
      m_work(parameters.workers),
      m_router("router", bankMap(parameters), 1),
      m_sequencer("sequencer", parameters, bankInDie, counters, m_work),
      m_macArray("mac_array", parameters, bankInDie, counters, m_work),
      m_softmaxUnit("softmax", parameters, bankInDie, counters, m_work),
      m_bram("bram", parameters.bramBytes, BramPorts, Bandwidth{}, &m_work),
      m_bmem("bmem", parameters, bankInDie, counters, &m_work) {
  m_router.targets[0].bind(m_sequencer.registers);
  m_router.targets[1].bind(m_bram.ports[BusPort]);
  m_router.targets[2].bind(m_bmem.ports[Bmem::Bus]);
  m_sequencer.macArray.bind(m_macArray.commands);
  m_sequencer.softmaxUnit.bind(m_softmaxUnit.commands);
  m_sequencer.bmem.bind(m_bmem.ports[Bmem::Sequencer]);
  m_sequencer.bram.bind(m_bram.ports[SequencerPort]);
  m_macArray.bmem.bind(m_bmem.ports[Bmem::MacArrayPort]);
  m_macArray.bram.bind(m_bram.ports[MacPort]);
  m_softmaxUnit.bram.bind(m_bram.ports[SoftmaxPort]);
}

bool Bank::sameTiming(const Bank& other) const {
  return m_sequencer.busyUntil() == other.m_sequencer.busyUntil() && m_bmem.timing() == other.m_bmem.timing();
}

void Bank::adoptTiming(const Bank& other) {
  m_sequencer.adoptBusyUntil(other.m_sequencer.busyUntil());
  m_bmem.adoptTiming(other.m_bmem.timing());
}

}  // namespace pim

#include "tlm/bank/bank.h"

namespace pim {
namespace {

enum BramPort : std::size_t { SequencerPort, MacPort, SoftmaxPort, BramPorts };

}  // namespace

Bank::Bank(const sc_core::sc_module_name& name, BankCommons& commons, std::uint32_t bankInDie)
    : sc_module(name),
      m_work(commons.wiring.workers),
      m_sequencer("sequencer", commons, bankInDie, m_work),
      m_macArray("mac_array", commons, bankInDie, m_work),
      m_softmaxUnit("softmax", commons, bankInDie, m_work),
      m_bram("bram", commons.parameters.bramBytes, BramPorts, Bandwidth{}, &m_work),
      m_bmem("bmem", commons, bankInDie, &m_work) {
  m_sequencer.macArray.bind(m_macArray.commands);
  m_sequencer.softmaxUnit.bind(m_softmaxUnit.commands);
  m_sequencer.bmem.bind(m_bmem.sequencer);
  m_sequencer.bram.bind(m_bram.ports[SequencerPort]);
  m_macArray.bmem.bind(m_bmem.macArray);
  m_macArray.bram.bind(m_bram.ports[MacPort]);
  m_softmaxUnit.bram.bind(m_bram.ports[SoftmaxPort]);
}

void Bank::prefetch() const {
  m_sequencer.prefetch();
  m_macArray.prefetch();
  m_bmem.prefetch();
}

bool Bank::sameTiming(const LockstepMember& member) const {
  const auto& other = static_cast<const Bank&>(member);
  return m_sequencer.busyUntil() == other.m_sequencer.busyUntil() && m_bmem.timing() == other.m_bmem.timing();
}

void Bank::adoptTiming(const LockstepMember& member) {
  const auto& other = static_cast<const Bank&>(member);
  m_sequencer.adoptBusyUntil(other.m_sequencer.busyUntil());
  m_bmem.adoptTiming(other.m_bmem.timing());
}

}  // namespace pim

#include "tlm/die/die.h"

#include <fmt/format.h>

namespace pim {

Die::Die(const sc_core::sc_module_name& name, const DieParameters& die, const BankParameters& bank,
         Statistics& statistics, const Wiring& wiring, const MakeBankInterposer& makeInterposer)
    : DieModule(name), m_bankCommons(bank, statistics.counters, wiring) {
  std::vector<LockstepBank*> members;
  for (std::uint32_t i = 0; i < die.banks; ++i) {
    m_banks.push_back(std::make_unique<Bank>(fmt::format("bank{}", i).c_str(), m_bankCommons, i));
    members.push_back(m_banks.back().get());
    m_interposers.push_back(makeInterposer ? makeInterposer(m_bankCommons.parameters, i) : nullptr);
  }
  m_interconnect =
      std::make_unique<DieInterconnect>("interconnect", die, members, m_bankCommons, statistics, wiring);
  for (std::uint32_t i = 0; i < die.banks; ++i) {
    if (m_interposers[i] == nullptr) {
      m_interconnect->banks.bind(probed(wiring.probe, m_banks[i]->socket()));
    } else {
      m_interconnect->banks.bind(probed(wiring.probe, m_interposers[i]->socket()));
      m_interposers[i]->bank().bind(probed(wiring.probe, m_banks[i]->socket()));
    }
  }
}

Die::~Die() {
  // Destroys in reverse order of construction: SystemC searches its lists from the end.
  m_interconnect.reset();
  while (!m_banks.empty()) {
    m_interposers.pop_back();
    m_banks.pop_back();
  }
}

DiePorts Die::ports() {
  return {&m_interconnect->link[DieInterconnect::ProcessorPort],
          &m_interconnect->link[DieInterconnect::BusPort], m_interconnect.get()};
}

std::vector<RtlWork> Die::rtlWork() const {
  std::vector<RtlWork> works;
  for (const auto& interposer : m_interposers) {
    if (interposer != nullptr) works.push_back(interposer->work());
  }
  return works;
}

}  // namespace pim

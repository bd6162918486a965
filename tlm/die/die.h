#pragma once

#include <memory>
#include <systemc>
#include <vector>

#include "tlm/bank/bank.h"
#include "tlm/bank/bank_interposer.h"
#include "tlm/die/die_interconnect.h"
#include "tlm/die/die_module.h"
#include "tlm/kit/wiring.h"

namespace pim {

/// The die of this project: an interconnect and its banks, each optionally behind an interposer.
class Die : public DieModule {
 public:
  Die(const sc_core::sc_module_name& name, const DieParameters& die, const BankParameters& bank,
      Statistics& statistics, const Wiring& wiring = {}, const MakeBankInterposer& makeInterposer = {});

  ~Die() override;

  DieInterconnect& interconnect() { return *m_interconnect; }
  DiePorts ports() override;
  std::vector<RtlWork> rtlWork() const override;

 private:
  BankCommons m_bankCommons;
  std::vector<std::unique_ptr<Bank>> m_banks;
  std::vector<std::unique_ptr<BankInterposer>> m_interposers;  ///< null for a bank without one
  std::unique_ptr<DieInterconnect> m_interconnect;
};

}  // namespace pim

#pragma once

#include <systemc>
#include <vector>

#include "core/observe/rtl_work.h"
#include "tlm/kit/die_ports.h"

namespace pim {

/// What the chip asks of a die, whoever wrote it. `Die` is the model of this project; an architect's own die
/// derives from this class and is registered by name (platform/assembly/die_factory.h).
///
/// Its ports take the base protocol with addresses of DieAddress; targets add delay and never wait. The
/// command processor's payloads carry a CommandExtension, in which the die says when service began and when
/// it will be done: for a doorbell that is when the banks are.
class DieModule : public sc_core::sc_module {
 public:
  /// For the Controller. Without `lockstep` each die of the chip is simulated by itself.
  virtual DiePorts ports() = 0;
  /// What RTL within the die has done so far, bank by bank.
  virtual std::vector<RtlWork> rtlWork() const { return {}; }

 protected:
  /// `name` is the parameter of the derived class' constructor, a `const sc_module_name&` too: with it the
  /// module stays open for its members until that constructor ends.
  explicit DieModule(const sc_core::sc_module_name& name) : sc_module(name) {}
};

}  // namespace pim

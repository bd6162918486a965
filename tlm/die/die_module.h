#pragma once

#include <systemc>
#include <vector>

#include "core/observe/rtl_work.h"
#include "tlm/kit/die_ports.h"

namespace pim {

/// The interface of a die towards the chip. `Die` is the die of this project. A die of a user derives from
/// this class and is registered by name (platform/assembly/die_factory.h).
///
/// Its sockets follow the TLM base protocol with the addresses of DieAddress; they add delay and never wait.
/// Payloads of the command processor carry a CommandExtension, to which the die writes the begin and the end
/// of the service. A doorbell ends when the banks have completed the command.
class DieModule : public sc_core::sc_module {
 public:
  /// Returns the sockets for the Controller. If `lockstep` is null, each die of the chip is simulated
  /// separately.
  virtual DiePorts ports() = 0;
  /// Returns the work of the RTL inside the die so far, per bank. Empty without RTL.
  virtual std::vector<RtlWork> rtlWork() const { return {}; }

 protected:
  /// Forward the parameter `const sc_module_name&` of the derived constructor: SystemC adds members to the
  /// module until that parameter is destroyed.
  explicit DieModule(const sc_core::sc_module_name& name) : sc_module(name) {}
};

}  // namespace pim

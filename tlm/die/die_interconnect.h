#pragma once

#include <tlm_utils/multi_passthrough_initiator_socket.h>
#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include <memory>
#include <systemc>
#include <tlm>
#include <vector>

#include "core/base/address_map.h"
#include "core/lockstep/lockstep.h"
#include "tlm/die/bank_array.h"
#include "tlm/die/die_link.h"
#include "tlm/die/die_parameters.h"
#include "tlm/die/engine_path.h"
#include "tlm/kit/address_window.h"
#include "tlm/kit/memory.h"
#include "tlm/kit/wiring.h"

namespace pim {

/// A die's interconnect: the link to the Controller, DieRAM, broadcast to a mask of banks, and gather from
/// them. Addresses: DieAddress.
///
/// A transfer streams through DieRAM: it takes the time of the slower of link and DieRAM port, plus one hop.
/// A write to a mask reaches all its banks in the time of one. Doorbells have pins separate from the data,
/// like the command pins of a DRAM.
///
/// Errors: TLM_ADDRESS_ERROR_RESPONSE for a mask without a bank or with one that does not exist;
/// TLM_BURST_ERROR_RESPONSE for a part without bytes or longer than DieRAM; TLM_COMMAND_ERROR_RESPONSE for a
/// read of the broadcast or a write to the gather window. These accesses do not use the link. If a bank
/// refuses, the others are still served, the first error is the response, and FAULT_MASK names the banks.
class DieInterconnect : public sc_core::sc_module, public LockstepMember {
 public:
  enum Port : std::size_t { ProcessorPort, BusPort, Ports };
  /// Two sockets of the one link: for the command processor, and for all other initiators on the bus.
  sc_core::sc_vector<tlm_utils::simple_target_socket_tagged<DieInterconnect>> link;
  BankArray::Sockets banks;  ///< bind them in the order of the banks

  /// `members`: the banks behind `banks`; entries may be null in exact mode. `commons`: shared by the banks.
  DieInterconnect(const sc_core::sc_module_name& name, const DieParameters& parameters,
                  std::vector<LockstepBank*> members, BankCommons& commons, Statistics& statistics,
                  const Wiring& wiring = {});

  BankSet allBanks() const { return m_banks.all(); }

  bool sameTiming(const LockstepMember& other) const override;
  void adoptTiming(const LockstepMember& other) override;

 private:
  using Payload = tlm::tlm_generic_payload;
  using Time = sc_core::sc_time;

  void transport(int port, Payload& payload, Time& delay);
  /// Serves an access by the model.
  void serve(Payload& payload, Time& delay, const CommandRequest& request, CommandAnswer& answer);
  /// Writes the payload at `offset` of each bank.
  void broadcast(BankSet to, std::uint32_t offset, Payload& payload, Time& delay,
                 const CommandRequest& request, CommandAnswer& answer);
  void gather(Payload& payload, Time& delay, const CommandRequest& request, CommandAnswer& answer);
  void unicast(Payload& payload, Time& delay, const CommandRequest& request, CommandAnswer& answer);
  void accessRam(Payload& payload, Time& delay);
  void accessRegister(Payload& payload);
  /// Sets the response status and returns false if the set is empty or contains a bank that does not exist.
  bool acceptBanks(Payload& payload, BankSet addressed) const;

  unsigned debug(int port, Payload& payload);
  bool directPointer(int port, Payload& payload, tlm::tlm_dmi& dmi);
  void invalidate(int bank, sc_dt::uint64 start, sc_dt::uint64 end);

  const DieParameters m_parameters;
  BankArray m_banks;
  DieLink m_link;
  Memory m_ram;
  tlm_utils::simple_initiator_socket<DieInterconnect> m_ramPort;
  std::unique_ptr<EnginePath> m_enginePath;  ///< null: the model alone
};

}  // namespace pim

#pragma once

#include <tlm_utils/multi_passthrough_initiator_socket.h>
#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <systemc>
#include <tlm>
#include <vector>

#include "core/base/address_map.h"
#include "core/link/die_engine.h"
#include "core/link/die_timing.h"
#include "core/lockstep/lockstep.h"
#include "core/observe/activity.h"
#include "tlm/bank/bank.h"
#include "tlm/die/die_interrupt.h"
#include "tlm/kit/address_window.h"
#include "tlm/kit/memory.h"

namespace pim {

struct DieParameters {
  std::uint32_t die = 0;  ///< index on the chip
  std::uint32_t banks = 16;
  DieTiming::Parameters timing;
  std::uint32_t ramBytes = 64 * 1024;
  /// tRRD and tFAW bind the banks: the rows of one command are activated before those of the next, and so are
  /// those of banks that came out of step. Exact banks only.
  bool activationLimit = false;
  /// Every bank on its own, no lock-step classes. With classes, a die that runs in lock-step with another
  /// keeps no timing of its own, so its banks should be looked at from the bus in exact mode only.
  bool exact = false;
  DieEngine* engine = nullptr;           ///< carries accesses instead of the model; needs data and `exact`
  bool compare = false;                  ///< the engine does not carry, it is compared with the model
  ActivityObserver* activity = nullptr;  ///< sees transfers and the banks' work
};

/// A die's interconnect: the link to the Controller, DieRAM, broadcast to a mask of banks, gather from one,
/// and the interrupt when all banks of a mask are done. Addresses: DieAddress.
///
/// A transfer streams through DieRAM: it takes the slower of link and DieRAM port, plus one hop. A write to a
/// mask reaches every bank of it at the cost of one. Doorbells travel beside the data, as the command pins of
/// a DRAM do.
///
/// Errors: a mask that names no bank or one beyond the die TLM_ADDRESS_ERROR_RESPONSE; a broadcast or a
/// gathered part of no byte or longer than DieRAM TLM_BURST_ERROR_RESPONSE; reading the broadcast or writing
/// the gather window TLM_COMMAND_ERROR_RESPONSE. Nothing that is refused so travels. When a bank of a mask
/// refuses, all others are still served, the first error is the answer, and FAULT_MASK names the banks.
class DieInterconnect : public sc_core::sc_module {
 public:
  enum Register : std::uint64_t {
    kIrqStatus = DieAddress::kIrqStatus,
    kIrqClear = DieAddress::kIrqClear,
    kFaultMask = DieAddress::kFaultMask
  };

  enum Port : std::size_t { ProcessorPort, BusPort, Ports };
  /// Two ways to the one link: the command processor's, and the bus' for anyone else.
  sc_core::sc_vector<tlm_utils::simple_target_socket_tagged<DieInterconnect>> link;
  tlm_utils::multi_passthrough_initiator_socket<DieInterconnect> banks;  ///< to be bound in their order

  /// `members` are the bank modules behind `banks`, for the lock-step classes.
  DieInterconnect(const sc_core::sc_module_name& name, const DieParameters& parameters,
                  std::vector<Bank*> members, Statistics& statistics);

  /// Level; may stay unbound.
  DieInterrupt::Line& interrupt() { return m_interrupt.line; }

  // For LockstepClasses of the chip.
  bool sameTiming(const DieInterconnect& other) const;
  void adoptTiming(const DieInterconnect& other);

  std::uint32_t bankMask() const { return m_parameters.banks >= 32 ? ~0u : (1u << m_parameters.banks) - 1; }

 private:
  void transport(int port, tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  void serve(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay, CommandExtension& command);
  /// Writes the payload at `offset` of each bank of the mask.
  void broadcast(std::uint32_t mask, std::uint32_t offset, tlm::tlm_generic_payload& payload,
                 sc_core::sc_time& delay, CommandExtension& command);
  /// A write of which no byte is stored: it changes nothing in a bank, so one says for all whether it would
  /// be taken.
  void accountForBroadcast(std::uint32_t mask, std::uint32_t offset, tlm::tlm_generic_payload& payload,
                           sc_core::sc_time& delay, CommandExtension& command);
  void gather(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay, CommandExtension& command);
  void unicast(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay, CommandExtension& command);
  /// Calls visit(index, Bank&, count, members) for the classes within a mask, in turns if activates are
  /// limited.
  template <typename Visit>
  void forEachBank(std::uint32_t mask, Visit visit);
  void accessRegister(tlm::tlm_generic_payload& payload, Picoseconds now);
  tlm::tlm_fw_transport_if<>& bankAt(std::size_t index) { return *banks[static_cast<int>(index)]; }
  /// Everything of a bank, as the die's initiators see it.
  static AddressWindow windowOf(std::uint64_t bank) {
    return {(bank + 1) << DieAddress::kBankShift, std::uint64_t{1} << DieAddress::kBankShift};
  }
  /// One transaction to one bank.
  void reachBank(std::size_t bank, tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);

  // With DieParameters::engine, in die_interconnect_engine.cpp.
  class BanksOfEngine;
  /// The access as the link carries it; nothing if its pins cannot say it, so that only the model knows.
  std::optional<DieAccess> onLink(const tlm::tlm_generic_payload& payload) const;
  void serveByEngine(const DieAccess& access, tlm::tlm_generic_payload& payload, sc_core::sc_time& delay,
                     CommandExtension& command);
  void serveAndCompare(const DieAccess& access, tlm::tlm_generic_payload& payload, sc_core::sc_time& delay,
                       CommandExtension& command);
  void remember(std::size_t bank, const tlm::tlm_generic_payload& payload, const CommandExtension* command);
  /// Has the engine compared; the observer hears of a difference before the exception goes on.
  void compareEngine(Picoseconds at, const std::function<void(DieEngine&)>& compare);
  Picoseconds linkCycle() const { return m_timing.clock().period(); }
  /// What a transfer takes if nothing holds it up.
  std::int64_t idleCycles(LinkDirection direction, std::uint64_t parts, std::uint64_t partBytes) const;
  /// What the engine's DieRAM has taken, for whoever looks at it without time.
  void mirrorToDieRam(tlm::tlm_generic_payload& payload);
  /// Tells the engine when its latest access took place.
  void placeInEngine();
  /// Tells the engine which commands were complete before `time`.
  void completeCommandsBefore(Picoseconds time);

  unsigned debug(int port, tlm::tlm_generic_payload& payload);
  bool directPointer(int port, tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi);
  void invalidate(int bank, sc_dt::uint64 start, sc_dt::uint64 end);

  /// Moves `parts` times `partBytes` over link and DieRAM; the delay grows to their arrival, the command
  /// learns when they began.
  void transfer(LinkDirection direction, std::uint64_t parts, std::uint64_t partBytes,
                sc_core::sc_time& delay, CommandExtension& command);
  /// Doorbells and registers do not wait for data.
  void travelBeside(sc_core::sc_time& delay);
  /// Shows the first bytes of a transfer to whoever watches.
  void tellData(LinkDirection direction, const tlm::tlm_generic_payload& payload,
                const CommandExtension& command);
  bool acceptMask(tlm::tlm_generic_payload& payload, std::uint32_t mask) const;
  /// The dies for which a command of this die stands, as a mask.
  std::uint64_t diesOf(const CommandExtension& command) const;
  /// Banks that were busy for the same time.
  struct BusyBanks {
    std::uint64_t banks = 0;  ///< bit mask
    Picoseconds time = 0;
  };
  void countBankTime(const BusyBanks& busy, std::uint64_t dies);
  void tellBankWork(std::uint64_t bankMask, const CommandExtension& command);
  bool interruptOfEngine();

  DieParameters m_parameters;
  std::vector<Bank*> m_members;
  LockstepClasses<Bank> m_classes;
  DieTiming m_timing;
  Statistics& m_statistics;
  Memory m_ram;
  tlm_utils::simple_initiator_socket<DieInterconnect> m_ramPort;

  DramCycles m_activateFree = 0;
  std::multimap<Picoseconds, std::uint32_t> m_running;  // with an engine: when banks complete commands
  std::vector<DieBankAccess>* m_asked = nullptr;        // of banks, by the access that is compared
  std::optional<DieTiming::Transfer> m_transfer;        // of the access in the engine, if it travels as data
  Picoseconds m_arrival = 0;                            // of the latest access
  DieInterrupt m_interrupt;
  std::uint32_t m_faultMask = 0;
};

}  // namespace pim

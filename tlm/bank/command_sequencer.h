#pragma once

#include <tlm_utils/simple_initiator_socket.h>

#include <algorithm>
#include <systemc>
#include <tlm>

#include "core/observe/statistics.h"
#include "tlm/bank/bank_commons.h"
#include "tlm/kit/address_window.h"
#include "tlm/kit/blocking_target.h"
#include "tlm/kit/prefetch.h"

namespace pim {

/// The bus interface of a bank. Serves the registers of the bank's window (BankAddress) and forwards other
/// accesses to BRAM and BMEM. A descriptor written to the command register starts when the bank is free. The
/// write returns at once; the payload's CommandExtension contains the completion time, and the status
/// register reads 1 until then.
///
/// Errors: TLM_BURST_ERROR_RESPONSE for an incomplete descriptor; TLM_COMMAND_ERROR_RESPONSE for an opcode
/// that is not a bank command; TLM_ADDRESS_ERROR_RESPONSE for offsets or shapes beyond BMEM or BRAM and for
/// other addresses.
class CommandSequencer : public sc_core::sc_module, public virtual BlockingTarget {
 public:
  tlm::tlm_target_socket<> window;
  tlm_utils::simple_initiator_socket<CommandSequencer> macArray;
  tlm_utils::simple_initiator_socket<CommandSequencer> softmaxUnit;
  tlm_utils::simple_initiator_socket_tagged<CommandSequencer> bmem;
  tlm_utils::simple_initiator_socket_tagged<CommandSequencer> bram;

  CommandSequencer(const sc_core::sc_module_name& name, BankCommons& commons, std::uint32_t bankInDie,
                   WorkLane& work);

  /// Decodes a doorbell: see LockstepBank.
  const DecodedCommand* decode(const tlm::tlm_generic_payload& doorbell) {
    const bool whole = answerTo(doorbell) == tlm::TLM_OK_RESPONSE;
    return whole ? &m_commons.decode(doorbell.get_data_ptr(), m_bank) : nullptr;
  }
  void prefetch() const {
    prefetchTarget(*this, &m_busyUntil);
    prefetchPointer(macArray);
  }

  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) override;
  unsigned transport_dbg(tlm::tlm_generic_payload& payload) override;
  bool get_direct_mem_ptr(tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi) override;

  /// Returns the times at which a command that arrives now, and its first DRAM command, may begin.
  Picoseconds startOf(Picoseconds arrival) const {
    return m_parameters.compute.clock.edgeAtOrAfter(std::max(arrival, m_busyUntil));
  }
  Picoseconds columnsFrom(Picoseconds arrival) const { return startOf(arrival) + decodeTime(); }

  Picoseconds busyUntil() const { return m_busyUntil; }
  void adoptBusyUntil(Picoseconds time) { m_busyUntil = time; }

 private:
  Picoseconds decodeTime() const {
    const BankCompute& compute = m_parameters.compute;
    return compute.overhead ? compute.clock.cycles(BankCompute::kDecodeCycles) : 0;
  }

  enum MemoryTag { Bram, Bmem };
  using MemorySocket = tlm_utils::simple_initiator_socket_tagged<CommandSequencer>;
  /// The memory that contains all bytes of an access, and its address within the bank's window.
  struct Place {
    MemorySocket* memory;  ///< null: no memory contains them
    AddressWindow window;
  };
  Place placeOf(std::uint64_t address, std::uint64_t bytes);
  AddressWindow windowOf(MemoryTag memory) const;

  /// Returns OK if a doorbell contains exactly one complete descriptor.
  static tlm::tlm_response_status answerTo(const tlm::tlm_generic_payload& doorbell);
  void invalidate(int memory, sc_dt::uint64 start, sc_dt::uint64 end);
  void accessRegister(tlm::tlm_generic_payload& payload, const sc_core::sc_time& delay);
  /// Returns OK if an access reads the status register.
  static tlm::tlm_response_status answerToStatus(const tlm::tlm_generic_payload& payload);
  void readStatus(tlm::tlm_generic_payload& payload, Picoseconds now) const;
  void runCommand(tlm::tlm_generic_payload& payload, const sc_core::sc_time& delay);
  /// Decodes and runs a command that arrives without a decoded form.
  void decodeAndRun(CommandExtension* given, tlm::tlm_generic_payload& payload,
                    const sc_core::sc_time& delay);
  /// Returns true if the bank can run the command; otherwise sets the response status and returns false.
  static bool accept(const DecodedCommand& work, tlm::tlm_generic_payload& payload);
  /// Runs a decoded command; the units find it in the payload's request.
  void start(const CommandRequest& request, CommandAnswer& answer, tlm::tlm_generic_payload& payload,
             const sc_core::sc_time& arrival);
  /// Streams records from BRAM into the cells.
  void store(const CommandRequest& request, sc_core::sc_time& delay);
  /// Writes BRAM without columns or multipliers, as the last stage of the pipeline does.
  void writeResults(const CommandRequest& request, sc_core::sc_time& delay);
  /// Gives the computation of the command to the bank's work lane, in a run with data.
  void compute(const CommandRequest& request, std::uint8_t* cells);

  WorkLane& m_work;
  // The members that a command reads come last, for prefetch().
  Picoseconds m_busyUntil = 0;
  BankCommons& m_commons;
  const BankParameters& m_parameters;
  std::uint32_t m_bank;
};

}  // namespace pim

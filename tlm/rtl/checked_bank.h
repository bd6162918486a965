#pragma once

#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include <memory>
#include <string>
#include <vector>

#include "tlm/bank/bank_interposer.h"
#include "tlm/kit/transaction.h"
#include "tlm/rtl/bank_model.h"
#include "tlm/rtl/rtl_factories.h"
#include "tlm/rtl/rtl_place.h"

namespace pim {

/// The RTL of a bank beside its TLM model: every access that reaches the bank is put on the pins of pim_bank
/// as well, and what the die gets to see is the RTL's answer: the bytes of BRAM, the cycle in which a command
/// is complete, whether it was refused. The cells are those of the TLM bank.
///
/// With RtlPlace::compare, the TLM bank has to say the same, down to each result of each command. The first
/// difference is told to the activity observer, leaves a waveform of the command and ends the simulation with
/// an RtlMismatch.
///
/// A transaction is complete when its call returns, so a command runs to its end within the doorbell's.
/// Accesses to BRAM that come while it runs are made on the bus clock after it: nothing else orders them
/// (docs/commands.md).
///
/// An ActivityObserver is told the RTL's DRAM commands and states, and the first difference.
///
/// Not served: reads and writes of the cells over the bus (FETCH), which pim_bank has no port for.
class CheckedBank : public BankInterposer, private DramObserver {
 public:
  /// `make` gives the RTL.
  CheckedBank(const sc_core::sc_module_name& name, const BankParameters& parameters, std::uint32_t die,
              std::uint32_t bankInDie, RtlPlace place, MakeBankTransactor make);

  tlm::tlm_target_socket<>& socket() override { return m_socket; }
  tlm::tlm_initiator_socket<>& bank() override { return m_bankSocket; }

  RtlWork work() const override;

 private:
  void transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  void access(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  unsigned debug(tlm::tlm_generic_payload& payload);
  bool directPointer(tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi);
  void invalidate(sc_dt::uint64 start, sc_dt::uint64 end);

  void runCommand(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  /// The RTL's part of a command that came at `now`, after the TLM bank's, whose answer becomes the RTL's.
  void runOnRtl(tlm::tlm_generic_payload& payload, Picoseconds now, CommandAnswer& answer);
  void accessBram(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  /// Brings bytes of the TLM bank's BRAM to the RTL's.
  void copyToRtl(std::uint64_t address, std::uint32_t bytes);

  /// Runs the command on the pins; false if it does not end.
  bool runOnPins();
  void compareResults();
  void compareBytes(const std::string& field, std::uint64_t address, std::uint32_t bytes);
  /// Ends the run with the first difference.
  [[noreturn]] void mismatch(const std::string& field, const std::string& expected,
                             const std::string& actual);

  void command(const DramCommand& command) override;  ///< of the RTL
  void watchRtl();
  /// Tells the observer what the die will not get to tell it, and that there is a difference.
  void tellMismatch();

  BankModel& model();
  /// The TLM bank's memory from `address` on. Data may be computed beside simulated time: who asks waits.
  std::uint8_t* memory(std::uint64_t address);

  BankParameters m_parameters;
  std::uint32_t m_die;
  std::uint32_t m_bankInDie;
  RtlPlace m_place;
  MakeBankTransactor m_make;
  tlm_utils::simple_target_socket<CheckedBank> m_socket;
  tlm_utils::simple_initiator_socket<CheckedBank> m_bankSocket;
  std::unique_ptr<BankModel> m_model;  ///< from the first access on: the cells are found through the socket
  std::uint8_t* m_cells = nullptr;
  std::uint8_t* m_tlmBram = nullptr;
  Transaction m_probe;

  RtlWork m_work;
  std::uint64_t m_commands = 0;
  pim_command m_command{};  ///< the one that runs
  std::int64_t m_arrival = 0;
  const CommandAnswer* m_given = nullptr;  ///< what the TLM bank answered, while the RTL runs the command
  std::int64_t m_expected = 0;             ///< cycle in which the TLM bank is done
  BankModel::Snapshot m_before;
  std::vector<std::uint8_t> m_bytes;
};

/// For ChipOptions::rtl: every bank that is to be RTL becomes a CheckedBank on what `make` gives.
std::shared_ptr<const RtlBankFactory> checkedBanks(MakeBankTransactor make);

}  // namespace pim

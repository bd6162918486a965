#pragma once

#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tlm/bank/bank_interposer.h"
#include "tlm/kit/transaction.h"
#include "tlm/rtl/bank_model.h"
#include "tlm/rtl/bram_watch.h"
#include "tlm/rtl/rtl_factories.h"
#include "tlm/rtl/rtl_mismatch.h"
#include "tlm/rtl/rtl_place.h"

namespace pim {

/// Runs the RTL of a bank in parallel with its TLM model. Every access to the bank is also applied to the
/// pins of pim_bank, and the die receives the RTL's answer: the bytes of BRAM, the cycle in which a command
/// is complete, refusals. The cells are those of the TLM bank.
///
/// With RtlPlace::compare, the answer of the TLM bank must be the same, down to each result of each command.
/// The first difference is reported to the activity observer, leaves a waveform of the command and ends the
/// simulation with an RtlMismatch.
///
/// A transaction is complete when its call returns, so a command runs to its end within the call of its
/// doorbell. Accesses to BRAM that arrive during the command are made on the bus clock after it; their order
/// is not defined otherwise (docs/commands.md).
///
/// An ActivityObserver is told of the RTL's DRAM commands and states, and of the first difference.
///
/// Not supported: reads and writes of the cells over the bus (FETCH), for which pim_bank has no port.
class CheckedBank : public BankInterposer, private DramObserver {
 public:
  /// `make` creates the RTL.
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
  /// Runs on the RTL a command that arrived at `now`, after the TLM bank has served it. `answer` becomes that
  /// of the RTL.
  void runOnRtl(tlm::tlm_generic_payload& payload, Picoseconds now, CommandAnswer& answer);
  void accessBram(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  /// Copies bytes of the TLM bank's BRAM to the RTL's.
  void copyToRtl(std::uint64_t address, std::uint32_t bytes);

  /// Runs the command on the pins; returns false if it does not end. `watch` looks after each cycle.
  bool runOnPins(BramWatch* watch = nullptr);
  /// Looks at the last writes of a command, which reach the cells a few cycles after its end, and goes back
  /// to the end: the next command may arrive before.
  void awaitWrites();
  void compareResults();
  void compareBytes(const std::string& field, std::uint64_t address, std::uint32_t bytes);
  /// Ends the run with the first difference. `element`: the bytes of a result that differ.
  [[noreturn]] void mismatch(const std::string& field, const std::string& expected, const std::string& actual,
                             std::optional<BramSpan> element = std::nullopt);
  /// Runs the command again to replace the cycle of the comparison by that in which the RTL wrote the
  /// element.
  void findWrite(const BramSpan& element, Mismatch& mismatch);
  void runAgain(BramWatch* watch);

  void command(const DramCommand& command) override;  ///< of the RTL
  void watchRtl();
  /// Reports the RTL's activity that the die cannot report any more, and the difference, to the observer.
  void tellMismatch();

  BankModel& model();
  /// Returns the TLM bank's memory from `address` on. Waits for pending computations.
  std::uint8_t* memory(std::uint64_t address);

  BankParameters m_parameters;
  std::uint32_t m_die;
  std::uint32_t m_bankInDie;
  RtlPlace m_place;
  MakeBankTransactor m_make;
  tlm_utils::simple_target_socket<CheckedBank> m_socket;
  tlm_utils::simple_initiator_socket<CheckedBank> m_bankSocket;
  std::unique_ptr<BankModel>
      m_model;  ///< created at the first access, when the cells can be found through the socket
  std::uint8_t* m_cells = nullptr;
  std::uint8_t* m_tlmBram = nullptr;
  Transaction m_probe;

  RtlWork m_work;
  std::uint64_t m_commands = 0;
  pim_command m_command{};  ///< the current one
  std::int64_t m_arrival = 0;
  const CommandAnswer* m_given = nullptr;  ///< answer of the TLM bank, while the RTL runs the command
  std::int64_t m_expected = 0;             ///< cycle in which the TLM bank ends
  BankModel::Snapshot m_before;            ///< of the RTL, before the command
  std::vector<std::uint8_t> m_bramBefore;
  std::size_t m_writesSeen = 0;  ///< writes that come again because of awaitWrites()
  std::vector<std::uint8_t> m_bytes;
};

/// Returns a factory for ChipOptions::rtl: every selected bank becomes a CheckedBank on RTL from `make`.
std::shared_ptr<const RtlBankFactory> checkedBanks(MakeBankTransactor make);

}  // namespace pim

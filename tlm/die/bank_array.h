#pragma once

#include <tlm_utils/multi_passthrough_initiator_socket.h>

#include <cstdint>
#include <tlm>
#include <vector>

#include "core/lockstep/lockstep.h"
#include "core/observe/statistics.h"
#include "tlm/bank/bank_commons.h"
#include "tlm/bank/lockstep_bank.h"
#include "tlm/die/die_parameters.h"
#include "tlm/kit/transaction.h"

namespace pim {

class DieInterconnect;

/// Observes every access to a bank and its answer.
class BankAccessWatcher {
 public:
  virtual ~BankAccessWatcher() = default;
  /// Called with the payload as the bank returned it.
  virtual void onBankAccess(BankIndex bank, const tlm::tlm_generic_payload& payload) = 0;
};

/// The banks of a die behind their sockets. Sends one payload to many banks, simulates banks in lock step
/// once, counts their busy time, and records the banks that refused.
class BankArray {
 public:
  using Sockets = tlm_utils::multi_passthrough_initiator_socket<DieInterconnect>;

  /// `members`: the banks behind `sockets`, in their order; entries may be null in exact mode. `commons`:
  /// shared by the banks; with an activation limit the banks are exact and not null. `activity` may be null.
  BankArray(Sockets& sockets, std::vector<LockstepBank*> members, BankCommons& commons,
            const DieParameters& parameters, Statistics& statistics, ActivityObserver* activity);

  BankSet all() const { return m_classes.all(); }
  /// The banks that refused their part of the last ring(), write() or gather().
  BankSet faults() const { return m_faults; }

  // The payload's address is the offset in each bank. If a bank refuses, all others are still served, and the
  // first error is the response. Sets must not be empty.

  /// Writes a descriptor to each bank. The delay grows until the last bank has accepted it. `answer` receives
  /// the end of the last bank and the duration of the slowest.
  void ring(BankSet banks, tlm::tlm_generic_payload& doorbell, sc_core::sc_time& delay,
            const CommandRequest& request, CommandAnswer& answer);
  /// Writes to each bank; the delay grows by the slowest.
  void write(BankSet banks, tlm::tlm_generic_payload& payload, sc_core::sc_time& delay,
             const CommandRequest& request);
  /// Reads one part of the payload from each bank. The banks are as fast as the link, so this takes no time.
  void gather(BankSet banks, tlm::tlm_generic_payload& payload, const sc_core::sc_time& delay);
  /// Reads or writes one bank. The bank leaves its lock-step class, because a row may open.
  void access(BankIndex bank, tlm::tlm_generic_payload& payload, sc_core::sc_time& delay,
              const CommandRequest& request);

  tlm::tlm_fw_transport_if<>& at(BankIndex bank) { return *m_sockets[static_cast<int>(bank.value())]; }
  /// Returns the leader, which has the timing state of this bank.
  BankIndex leaderOf(BankIndex bank) const { return m_classes.leaderOf(bank); }
  /// Counts and reports the work of banks that ran a command for the same time.
  void countWork(DieSet dies, BankSet banks, const CommandAnswer& answer);
  /// Counts the bytes that a transfer reads or writes in the BRAM of `banks` banks, if the offset is in BRAM.
  void countBram(unsigned banks, std::uint64_t offset, std::uint64_t bytesEach,
                 const CommandRequest& request);
  void watch(BankAccessWatcher* watcher) { m_watcher = watcher; }

  // For LockstepClasses of the chip.
  bool sameTiming(const BankArray& other) const;
  void adoptTiming(const BankArray& other);

 private:
  /// Banks that were busy for the same time.
  struct BusyBanks {
    BankSet banks;
    Picoseconds time = 0;
  };

  /// Prepares the request to the banks, m_toBank, from this one.
  void begin(const CommandRequest& request);
  /// Sends one transaction to the leader of a class.
  void reach(BankIndex leader, unsigned count, BankSet members, tlm::tlm_generic_payload& payload,
             sc_core::sc_time& delay);
  /// Sends the payload to a bank; if the bank refuses it, marks all of `members` as refused.
  void serve(BankIndex bank, BankSet members, tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  /// Sets the response of a payload to several banks.
  void finish(tlm::tlm_generic_payload& payload) const;
  /// Makes the banks' arbiter serve the streams of a command before the banks receive it.
  void serveTogether(BankSet banks, const tlm::tlm_generic_payload& doorbell, const sc_core::sc_time& delay);
  void prefetch(std::size_t bank) const;
  void countTime(DieSet dies, const BusyBanks& busy);
  void tellWork(DieSet dies, BankSet banks, const CommandAnswer& answer) const;

  Sockets& m_sockets;
  std::vector<LockstepBank*> m_members;
  LockstepClasses<LockstepBank, BankIndex> m_classes;
  BankCommons& m_commons;
  const DieParameters m_parameters;
  Statistics& m_statistics;
  ActivityObserver* m_activity;
  BankAccessWatcher* m_watcher = nullptr;
  BankSet m_faults;
  tlm::tlm_response_status m_answer = tlm::TLM_OK_RESPONSE;  // the first error of the current access
  CommandExtension m_toBank;                                 // extension of payloads to a bank
  unsigned m_multiplicity = 1;                               // of the die
};

}  // namespace pim

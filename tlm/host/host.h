#pragma once

#include <tlm_utils/simple_initiator_socket.h>

#include <functional>
#include <systemc>
#include <vector>

#include "abi/pim_plan.h"
#include "core/arith/sample.h"
#include "tlm/kit/transaction.h"

namespace pim {

/// A job that the host gives to the chip.
struct HostJob {
  pim_job_kind kind = PIM_JOB_GENERATE;
  std::vector<std::uint32_t> prompt;  ///< ids; for a matrix job only their count matters
  std::uint32_t generate = 1;
  std::uint32_t position = 0;  ///< tokens assumed to be in the cache
  bool ignoreEos = false;
  bool everyPosition = false;  ///< return a token (and its logits) for each position of the prompt
  SampleRule sampling;         ///< multiplier 0: take the largest logit
  std::uint64_t seed = 0;
};

/// The host CPU: writes a job into the mailbox, rings the doorbell, reads each token at its interrupt, and
/// reports the end of the job. It is idle in between, and does not stop the simulation, in which other
/// modules may continue.
class Host : public sc_core::sc_module {
 public:
  tlm_utils::simple_initiator_socket<Host> bus;
  sc_core::sc_in<bool> interrupt;

  struct Addresses {
    std::uint64_t registersBase = 0;
    std::uint32_t jobAddress = 0;
    std::uint32_t promptAddress = 0;
  };
  /// Called for each token, in simulated time.
  using TokenObserver = std::function<void(std::uint32_t token, Picoseconds now)>;

  /// Called at the end of the job, in simulated time.
  using EndObserver = std::function<void()>;

  Host(const sc_core::sc_module_name& name, const Addresses& addresses, HostJob job, TokenObserver onToken,
       EndObserver onEnd);

  /// Returns PIM_REG_STATUS at the end: PIM_STATUS_DONE, or PIM_STATUS_ERROR | enum pim_error << 8.
  std::uint32_t finalStatus() const { return m_status; }

 private:
  void run();
  void write(std::uint64_t address, const void* data, std::uint32_t bytes);
  std::uint32_t readRegister(std::uint32_t offset, bool& ok);

  Addresses m_addresses;
  HostJob m_job;
  TokenObserver m_onToken;
  EndObserver m_onEnd;
  std::uint32_t m_status = PIM_STATUS_IDLE;
  Transaction m_transaction;
};

}  // namespace pim

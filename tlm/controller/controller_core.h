#pragma once

#include <tlm_utils/simple_initiator_socket.h>

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <systemc>

#include "core/observe/core_work.h"
#include "tlm/kit/transaction.h"

namespace pim {

struct ControllerCoreParameters {
  Picoseconds clock = 1000;           ///< period
  std::uint32_t cyclesPerAccess = 0;  ///< minimum time of a 32-bit read or write over the bus
  std::uint32_t registersBase = 0;
  std::uint32_t registerBytes = 0x1000;
  std::uint32_t planAddress = 0;
  /// Called at the end of each sleep.
  std::function<void(Picoseconds from, Picoseconds to)> onSleep;
};

/// Base of the Controller's microcontroller: a bus, an interrupt, time. Derived classes run the firmware.
/// Cores are temporally decoupled: they run ahead of simulated time, up to the quantum, and synchronise at
/// register accesses and before they sleep.
class ControllerCore : public sc_core::sc_module {
 public:
  tlm_utils::simple_initiator_socket<ControllerCore> bus;
  sc_core::sc_in<bool> interrupt;

  /// `work` is kept up to date as of each register access and sleep.
  ControllerCore(const sc_core::sc_module_name& name, const ControllerCoreParameters& parameters,
                 CoreWork& work);

  /// One line that says why the core cannot go on; the simulation has been stopped.
  const std::optional<std::string>& fault() const { return m_fault; }

 protected:
  /// Direct pointers into these addresses are no longer valid.
  virtual void revoke(sc_dt::uint64 /*start*/, sc_dt::uint64 /*end*/) {}
  /// The core's process: runs the firmware, for ever.
  virtual void execute() = 0;

  const ControllerCoreParameters& parameters() const { return m_parameters; }
  CoreWork& work() { return m_work; }
  bool isRegister(std::uint32_t address) const {
    return address - m_parameters.registersBase < m_parameters.registerBytes;
  }
  /// Cycles of accesses of `words` words for which targets asked `delay` in all.
  std::uint64_t accessCycles(Picoseconds delay, std::uint32_t words) const;
  /// Counts what of an access is waiting: all that it takes beyond the first cycle of each word.
  void countAccess(std::uint32_t address, std::uint64_t cycles, std::uint32_t words);
  /// Sleeps until the interrupt's level is high; the caller has met simulated time.
  void sleep();
  /// Ends the simulation with this fault. Never returns: what the caller's stack owns is not destroyed.
  [[noreturn]] void stop(std::string fault);

 private:
  void run();

  ControllerCoreParameters m_parameters;
  CoreWork& m_work;
  std::optional<std::string> m_fault;
};

/// Makes the core of a Controller.
using CoreFactory = std::function<std::unique_ptr<ControllerCore>(
    const char* name, const ControllerCoreParameters& parameters, CoreWork& work)>;

}  // namespace pim

#pragma once

#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/tlm_quantumkeeper.h>

#include <functional>
#include <systemc>

#include "abi/pim_hal.h"
#include "core/base/time.h"
#include "tlm/kit/transaction.h"

namespace pim {

struct FirmwareCoreParameters {
  Picoseconds accessTime = 0;  ///< of the core, for each 32-bit word it reads or writes
  std::uint32_t registersBase = 0;
  std::uint32_t registerBytes = 0x1000;
  std::uint32_t planAddress = 0;
  std::function<void(Picoseconds from, Picoseconds to)> onSleep;  ///< told of each sleep when it is over
};

/// The Controller's microcontroller: runs the firmware as host code behind its HAL. The core is temporally
/// decoupled; it synchronises on register accesses and interrupts, not on memory.
class FirmwareCore : public sc_core::sc_module {
 public:
  tlm_utils::simple_initiator_socket<FirmwareCore> bus;
  sc_core::sc_in<bool> interrupt;

  /// The firmware's entry: HAL, register page, plan; called again for each job.
  using EntryPoint = std::function<int(const pim_hal*, std::uint32_t, std::uint32_t)>;

  FirmwareCore(const sc_core::sc_module_name& name, const FirmwareCoreParameters& parameters,
               EntryPoint firmware);

 private:
  void run();
  std::uint32_t read32(std::uint32_t address);
  void write32(std::uint32_t address, std::uint32_t value);
  void readBlock(std::uint32_t address, void* to, std::uint32_t bytes);
  void writeBlock(std::uint32_t address, const void* from, std::uint32_t bytes);
  void waitForInterrupt();

  void access(tlm::tlm_generic_payload& payload);
  bool isRegister(std::uint32_t address) const {
    return address - m_parameters.registersBase < m_parameters.registerBytes;
  }

  FirmwareCoreParameters m_parameters;
  EntryPoint m_firmware;
  pim_hal m_hal;
  tlm_utils::tlm_quantumkeeper m_time;
  Transaction m_transaction;
};

}  // namespace pim

#pragma once

#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/tlm_quantumkeeper.h>

#include "abi/pim_hal.h"
#include "tlm/controller/controller_core.h"

namespace pim {

/// A core that runs the firmware as host code behind its HAL.
class NativeCore : public ControllerCore {
 public:
  /// The firmware's entry: HAL, register page, plan; called again for each job.
  using EntryPoint = std::function<int(const pim_hal*, std::uint32_t, std::uint32_t)>;

  NativeCore(const sc_core::sc_module_name& name, const ControllerCoreParameters& parameters,
             EntryPoint firmware, CoreWork& work);

 private:
  void execute() override;
  std::uint32_t read32(std::uint32_t address);
  void write32(std::uint32_t address, std::uint32_t value);
  void readBlock(std::uint32_t address, void* to, std::uint32_t bytes);
  void writeBlock(std::uint32_t address, const void* from, std::uint32_t bytes);
  void waitForInterrupt();

  void access(tlm::tlm_generic_payload& payload);

  EntryPoint m_firmware;
  pim_hal m_hal{};
  tlm_utils::tlm_quantumkeeper m_time;
  Transaction m_transaction;
};

}  // namespace pim

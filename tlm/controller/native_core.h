#pragma once

#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/tlm_quantumkeeper.h>

#include <array>
#include <cstdint>

#include "abi/pim_hal.h"
#include "tlm/controller/controller_core.h"

namespace pim {

/// What firmware that runs as host code takes on the core that it stands for.
struct NativeCoreTime {
  /// Of each kind of work (enum pim_work), hundredths of a cycle, with memories that answer as fast as the
  /// two below.
  std::array<std::int32_t, PIM_WORK_KINDS> costs{};
  std::uint32_t loadCycles = 0, storeCycles = 0;  ///< of an access, included in the costs
};

/// A core that runs the firmware as host code behind its HAL. Its work takes what NativeCoreTime says, by
/// default nothing, and accesses over the bus what they take beyond what is included in that.
class NativeCore : public ControllerCore {
 public:
  /// The firmware's entry: HAL, register page, plan; called again for each job.
  using EntryPoint = std::function<int(const pim_hal*, std::uint32_t, std::uint32_t)>;

  NativeCore(const sc_core::sc_module_name& name, const ControllerCoreParameters& parameters,
             EntryPoint firmware, CoreWork& work, const NativeCoreTime& time = {});

 private:
  void execute() override;
  std::uint32_t read32(std::uint32_t address);
  void write32(std::uint32_t address, std::uint32_t value);
  void readBlock(std::uint32_t address, void* to, std::uint32_t bytes);
  void writeBlock(std::uint32_t address, const void* from, std::uint32_t bytes);
  void waitForInterrupt();

  void access(tlm::tlm_generic_payload& payload);
  void take(std::uint64_t cycles);
  void did(pim_work kind, std::uint32_t count);

  EntryPoint m_firmware;
  NativeCoreTime m_cost;
  std::int64_t m_hundredths = 0;  // of a cycle, not yet taken
  pim_hal m_hal{};
  tlm_utils::tlm_quantumkeeper m_time;
  Transaction m_transaction;
};

}  // namespace pim

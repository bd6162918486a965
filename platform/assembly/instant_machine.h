#pragma once

#include <array>
#include <cstdint>
#include <unordered_map>

#include "abi/pim_abi.h"
#include "abi/pim_plan.h"
#include "sw/host/pack/packer.h"

namespace pim::platform {

/// Registers and Controller memory of a chip that computes nothing and completes each command at its
/// doorbell, to measure the time of the firmware alone. Memory that was never written reads as zero. Every
/// other read of QUEUE_DONE after a doorbell returns the value before it, so that the firmware also sleeps.
class InstantMachine : public host::MemorySink {
 public:
  static constexpr std::uint32_t kRegisterBytes = 0x1000;

  /// Reads a word. The register page lies at address 0, Controller memory elsewhere.
  std::uint32_t read(std::uint32_t address);
  void write(std::uint32_t address, std::uint32_t value);

  /// Puts a job into the mailbox.
  void submit(const pim_job& job, std::uint32_t address);
  /// Returns whether the firmware has reported the end of the job.
  bool isDone() const { return m_status == PIM_STATUS_DONE; }
  bool hasFailed() const { return (m_status & 0xFFu) == PIM_STATUS_ERROR; }

  void writeBank(std::uint32_t, std::uint32_t, std::uint32_t, const std::uint8_t*, std::uint32_t) override {}
  void writeController(std::uint32_t address, const std::uint8_t* data, std::uint32_t bytes) override;

 private:
  static constexpr std::uint32_t kPageWords = 1024;
  using Page = std::array<std::uint32_t, kPageWords>;

  std::uint32_t& word(std::uint32_t address) {
    return m_pages[address / 4 / kPageWords][address / 4 % kPageWords];
  }

  std::unordered_map<std::uint32_t, Page> m_pages;
  std::uint32_t m_tail = 0, m_done = 0, m_status = PIM_STATUS_IDLE, m_jobAddress = 0;
  bool m_isLate = false;
};

}  // namespace pim::platform

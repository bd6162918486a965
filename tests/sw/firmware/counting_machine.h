#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <functional>
#include <map>
#include <unordered_map>
#include <vector>

#include "abi/pim_abi.h"
#include "sw/firmware/pim_firmware.h"
#include "sw/host/layout/layout.h"
#include "sw/host/pack/packer.h"

namespace pim::test {

/// Registers and Controller memory of a chip that finishes every command at the doorbell and computes
/// nothing: for counting what the firmware posts for models of any size. Memory nobody wrote reads as zero.
class CountingMachine : public host::MemorySink {
 public:
  explicit CountingMachine(const host::Layout& layout) : m_layout(layout) {
    host::packPlan(layout, *this);
    m_hal.context = this;
    m_hal.read32 = [](void* context, std::uint32_t address) -> std::uint32_t {
      auto* self = static_cast<CountingMachine*>(context);
      if (address < kRegisterBytes) return self->m_registers[address];
      std::uint32_t value = 0;
      self->read(address, reinterpret_cast<std::uint8_t*>(&value), sizeof value);
      return value;
    };
    m_hal.write32 = [](void* context, std::uint32_t address, std::uint32_t value) {
      auto* self = static_cast<CountingMachine*>(context);
      if (address < kRegisterBytes) return self->writeRegister(address, value);
      self->writeController(address, reinterpret_cast<const std::uint8_t*>(&value), sizeof value);
    };
    m_hal.read_block = [](void* context, std::uint32_t address, void* to, std::uint32_t bytes) {
      static_cast<CountingMachine*>(context)->read(address, static_cast<std::uint8_t*>(to), bytes);
    };
    m_hal.write_block = [](void* context, std::uint32_t address, const void* from, std::uint32_t bytes) {
      static_cast<CountingMachine*>(context)->writeController(address, static_cast<const std::uint8_t*>(from),
                                                              bytes);
    };
    m_hal.wait_for_interrupt = [](void*) {};
  }

  int run(const pim_job& job) {
    writeController(m_layout.jobAddress, reinterpret_cast<const std::uint8_t*>(&job), sizeof job);
    m_registers[PIM_REG_JOB_ADDRESS] = m_layout.jobAddress;
    m_registers[PIM_REG_IRQ_STATUS] = PIM_IRQ_JOB;
    return pim_firmware_main(&m_hal, 0, m_layout.planAddress);
  }

  /// Commands since the last mark of a phase; a new phase begins with every write of PIM_REG_MARK.
  std::vector<std::vector<pim_command>> phases;
  std::vector<std::uint32_t> marks;

  void writeBank(std::uint32_t, std::uint32_t, std::uint32_t, const std::uint8_t*, std::uint32_t) override {}

  void writeController(std::uint32_t address, const std::uint8_t* data, std::uint32_t bytes) override {
    for (std::uint32_t i = 0; i < bytes; ++i) page(address + i)[(address + i) % kPageBytes] = data[i];
  }

 private:
  static constexpr std::uint32_t kRegisterBytes = 0x1000, kPageBytes = 4096;
  using Page = std::array<std::uint8_t, kPageBytes>;

  Page& page(std::uint32_t address) { return m_pages[address / kPageBytes]; }

  void read(std::uint32_t address, std::uint8_t* to, std::uint32_t bytes) {
    for (std::uint32_t i = 0; i < bytes; ++i) to[i] = page(address + i)[(address + i) % kPageBytes];
  }

  void take(std::uint32_t address) {
    pim_command command;
    read(address, reinterpret_cast<std::uint8_t*>(&command), sizeof command);
    if (!phases.empty()) phases.back().push_back(command);
  }

  void writeRegister(std::uint32_t offset, std::uint32_t value) {
    if (offset == PIM_REG_MARK) {
      marks.push_back(value);
      phases.emplace_back();
    }
    if (offset == PIM_REG_QUEUE_TAIL) {
      for (std::uint32_t n = m_registers[offset]; n != value; ++n)
        take(m_layout.plan.ring + n % m_layout.plan.ring_size * PIM_COMMAND_BYTES);
      m_registers[PIM_REG_QUEUE_DONE] = value;
    }
    if (offset == PIM_REG_PROGRAM_RUN) {
      for (std::uint32_t n = 0; n != value; ++n)
        take(m_registers[PIM_REG_PROGRAM_BASE] + n * PIM_COMMAND_BYTES);
      m_registers[PIM_REG_QUEUE_DONE] = m_registers[PIM_REG_QUEUE_TAIL] += value;
    }
    m_registers[offset] = value;
  }

  host::Layout m_layout;
  pim_hal m_hal{};
  std::map<std::uint32_t, std::uint32_t> m_registers;
  std::unordered_map<std::uint32_t, Page> m_pages;
};

}  // namespace pim::test

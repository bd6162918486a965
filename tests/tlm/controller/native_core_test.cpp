#include "tlm/controller/native_core.h"

#include <gtest/gtest.h>

#include <functional>
#include <vector>

#include "tests/support/systemc_test.h"
#include "tlm/kit/memory.h"

namespace pim::test {
namespace {

/// A core on a memory, half of which it takes for registers, and firmware that is a lambda.
class NativeCoreTest : public SystemCTest {
 protected:
  using Firmware = std::function<void(const pim_hal&)>;

  NativeCoreTest() {
    tlm::tlm_global_quantum::instance().set(sc_core::sc_time(1, sc_core::SC_US));
    m_core.bus.bind(m_memory.ports[0]);
    m_core.interrupt.bind(m_interrupt);
  }
  static ControllerCoreParameters parameters() {
    ControllerCoreParameters parameters;
    parameters.clock = 1000;
    parameters.cyclesPerAccess = 2;
    parameters.registersBase = 0x1000;
    parameters.registerBytes = 0x1000;
    parameters.planAddress = 0x40;
    return parameters;
  }
  /// Runs the firmware once, then nothing more; `environment` is the rest of the chip.
  void boot(
      Firmware firmware, std::function<void()> environment = [] {}) {
    m_firmware = std::move(firmware);
    simulate(std::move(environment));
    EXPECT_TRUE(m_finished);
  }

  Firmware m_firmware;
  bool m_finished = false;
  Memory m_memory{"memory", 0x2000, 1, Bandwidth{}};
  sc_core::sc_signal<bool, sc_core::SC_MANY_WRITERS> m_interrupt{"irq"};
  CoreWork m_work;
  NativeCore m_core{"core", parameters(),
                    [this](const pim_hal* hal, std::uint32_t registers, std::uint32_t plan) {
                      EXPECT_EQ(registers, 0x1000u);
                      EXPECT_EQ(plan, 0x40u);
                      m_firmware(*hal);
                      m_finished = true;
                      sc_core::wait(1, sc_core::SC_SEC);
                      sc_core::sc_stop();
                      sc_core::wait();
                      return 0;
                    },
                    m_work};
};

TEST_F(NativeCoreTest, ReadsAndWritesItsBus) {
  boot([](const pim_hal& hal) {
    hal.write32(hal.context, 0x100, 0xCAFE);
    EXPECT_EQ(hal.read32(hal.context, 0x100), 0xCAFEu);
    const std::uint32_t out[3] = {1, 2, 3};
    std::uint32_t in[3] = {};
    hal.write_block(hal.context, 0x200, out, sizeof out);
    hal.read_block(hal.context, 0x200, in, sizeof in);
    EXPECT_EQ(in[2], 3u);
  });
}

TEST_F(NativeCoreTest, RunsAheadOfTimeOnMemoryAndMeetsItAtRegisters) {
  boot([](const pim_hal& hal) {
    std::uint32_t block[5];
    hal.read_block(hal.context, 0, block, sizeof block);
    hal.write32(hal.context, 0, 1);
    EXPECT_EQ(now(), 0) << "decoupled";
    hal.read32(hal.context, 0x1000);
    EXPECT_EQ(now(), 6 * 2000) << "six words before the register";
    hal.write32(hal.context, 0x1FFC, 0);
    EXPECT_EQ(now(), 7 * 2000);
  });
}

TEST_F(NativeCoreTest, RunsAheadByAQuantumAtMost) {
  boot([](const pim_hal& hal) {
    for (int i = 0; i < 499; ++i) hal.write32(hal.context, 0, 1);
    EXPECT_EQ(now(), 0);
    hal.write32(hal.context, 0, 1);
    EXPECT_EQ(now(), 1'000'000);
  });
}

TEST_F(NativeCoreTest, SleepsUntilTheInterrupt) {
  boot(
      [](const pim_hal& hal) {
        hal.wait_for_interrupt(hal.context);
        EXPECT_EQ(now(), 50'000);
        hal.wait_for_interrupt(hal.context);
        EXPECT_EQ(now(), 50'000) << "at once while the line is up";
      },
      [this] {
        waitUntil(50'000);
        m_interrupt.write(true);
      });
}

TEST_F(NativeCoreTest, SeesALineThatFallsInThisInstant) {
  boot(
      [this](const pim_hal& hal) {
        hal.wait_for_interrupt(hal.context);
        m_interrupt.write(false);  // what a write to IRQ_CLEAR does
        hal.wait_for_interrupt(hal.context);
        EXPECT_EQ(now(), 90'000);
      },
      [this] {
        waitUntil(50'000);
        m_interrupt.write(true);
        waitUntil(90'000);
        m_interrupt.write(true);
      });
}

TEST_F(NativeCoreTest, StopsAtAnAddressNobodyServes) {
  boot([](const pim_hal& hal) { EXPECT_THROW(hal.read32(hal.context, 0x2000), std::logic_error); });
}

}  // namespace
}  // namespace pim::test

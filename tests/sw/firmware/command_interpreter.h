#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <random>
#include <vector>

#include "abi/pim_abi.h"
#include "abi/pim_hal.h"
#include "tests/sw/firmware/command_semantics.h"
#include "tests/sw/firmware/test_chip.h"

namespace pim::test {

/// Which of the commands that may run next does. All of them are allowed by docs/commands.md: a firmware that
/// forgets a wait is found out by some.
enum class Adversary { kOldestFirst, kNewestFirst, kRandom };

/// The Controller's registers and command processor without time: runs commands on the memories of a
/// TestChip, each die's and bank's share at its own moment, in any order that units and waits allow.
class CommandInterpreter {
 public:
  static constexpr std::uint32_t kRegisters = 0;

  CommandInterpreter(TestChip& chip, Adversary adversary, std::uint32_t seed);
  CommandInterpreter(const CommandInterpreter&) = delete;
  CommandInterpreter& operator=(const CommandInterpreter&) = delete;

  const pim_hal& hal() const { return m_hal; }
  /// What the host does: leaves the address of a job and rings.
  void ring(std::uint32_t jobAddress);

  std::function<void(std::uint32_t id)> onToken = [](std::uint32_t) {};
  std::function<void(std::uint32_t mark)> onMark = [](std::uint32_t) {};
  std::function<void(const pim_command&)> onCommand = [](const pim_command&) {};

  std::uint32_t status() const { return m_status; }
  std::uint32_t posted() const { return m_tail; }
  std::uint32_t done() const { return m_done; }
  /// Most commands that were posted and not complete at one time.
  std::uint32_t mostInFlight() const { return m_mostInFlight; }

 private:
  struct Pending {
    pim_command command;
    std::uint32_t sharesLeft;
  };
  struct Share {
    std::uint32_t sequence;
    std::uint32_t die;
    Member member;
  };

  std::uint32_t readRegister(std::uint32_t offset);
  void writeRegister(std::uint32_t offset, std::uint32_t value);
  /// Takes the next command, whose waits count from `base`.
  void take(std::uint32_t address, std::uint32_t base);
  /// Looks at what is under way after a doorbell.
  void rung();
  void enqueue(std::size_t unit, Share share);
  bool mayRun(const pim_command& command) const;
  /// Runs one share; false if none may run.
  bool step();
  void execute(const Share& share);
  void finishShare(std::uint32_t sequence);
  void retire();
  void waitForInterrupt();

  TestChip& m_chip;
  Adversary m_adversary;
  std::mt19937 m_random;
  pim_hal m_hal{};
  std::vector<std::deque<Share>> m_units;  ///< down[die], up[die], bank[slot], ALU, and one for all NOPs
  std::map<std::uint32_t, Pending> m_pending;
  std::uint32_t m_irq = 0, m_job = 0, m_status = 0;
  std::uint32_t m_ring = 0, m_ringSize = 0, m_tail = 0, m_done = 0, m_program = 0, m_programFirst = 0;
  std::uint32_t m_mostInFlight = 0;
  std::vector<std::uint32_t> m_interrupting;  ///< sequence numbers with PIM_FLAG_IRQ that are not yet done
};

}  // namespace pim::test

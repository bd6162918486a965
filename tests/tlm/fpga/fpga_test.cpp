// The SystemC machine against the plain timer: the same instructions, the same femtosecond.
#include "tlm/fpga/fpga.h"

#include <gtest/gtest.h>

#include <random>

#include "core/base/error.h"
#include "tests/support/systemc_test.h"

namespace pim::fpga {
namespace {

class FpgaMachine : public test::SystemCTest {};

TimingParameters timing() {
  TimingParameters t;
  t.clockMhz = 225;
  t.speedup = 3.2;
  t.channelBytesPerSecond = 27.49e9;
  t.efficiencySame = 0.7;
  t.efficiencyCross = 0.35;
  t.loadChannels = 8;
  t.bufferBytes = 256;
  t.mmMacs = 4096;
  t.mvMacs = 1024;
  t.eltwiseLanes = t.softmaxLanes = t.normLanes = t.siluLanes = 16;
  return t;
}

/// Instructions that wait for tokens which are there, and leave none.
std::vector<Instruction> randomProgram(std::uint64_t seed) {
  std::mt19937_64 random(seed);
  const auto below = [&](std::uint64_t n) { return static_cast<unsigned>(random() % n); };
  std::vector<Instruction> program;
  std::array<std::array<int, kUnits>, kUnits> tokens{};
  for (int i = 0; i < 3000; ++i) {
    Instruction instruction;
    instruction.unit = static_cast<Unit>(below(kUnits));
    const auto self = static_cast<std::size_t>(instruction.unit);
    instruction.route = static_cast<Route>(below(instruction.unit == Unit::Store ? 3 : 4));
    instruction.operation = static_cast<MiscOperation>(below(kMiscOperations));
    instruction.amount = instruction.unit == Unit::System ? 1 : below(100000);
    for (std::size_t other = 0; other < kUnits; ++other) {
      if (other == self) continue;
      const auto unit = static_cast<Unit>(other);
      if (tokens[other][self] > 0 && below(2) == 0) {
        instruction.waits = instruction.waits | unit;
        --tokens[other][self];
      }
      if (below(8) == 0) {
        instruction.releases = instruction.releases | unit;
        ++tokens[self][other];
      }
    }
    program.push_back(instruction);
  }
  for (std::size_t from = 0; from < kUnits; ++from) {
    for (std::size_t to = 0; to < kUnits; ++to) {
      for (; tokens[from][to] > 0; --tokens[from][to])
        program.push_back({static_cast<Unit>(to), static_cast<Unit>(from), {}, {}, {}, 1, {}});
    }
  }
  return program;
}

TEST_F(FpgaMachine, TakesTheTimeOfThePlainTimerOverRandomPrograms) {
  constexpr std::uint64_t kPrograms = 50;
  std::vector<StepUse> found;
  std::uint64_t seen = 0;
  ProgramSource source;
  source.next = [&](const InstructionSink& sink) {
    if (found.size() == kPrograms) return false;
    sink(randomProgram(found.size()));
    return true;
  };
  source.done = [&](const StepUse& use) { found.push_back(use); };
  Fpga machine("fpga", timing(), source);
  machine.observe(
      [&](std::uint64_t, const Instruction&, const Interval& ran) { seen += ran.end >= ran.begin ? 1 : 0; });
  sc_core::sc_start();
  machine.rethrow();
  ASSERT_EQ(found.size(), kPrograms);
  std::uint64_t instructions = 0;
  Femtoseconds time = 0;
  for (std::uint64_t i = 0; i < kPrograms; ++i) {
    StepTimer timer(timing());
    timer.run(randomProgram(i));
    const StepUse expected = timer.finish();
    EXPECT_EQ(found[i].time, expected.time) << i;
    EXPECT_EQ(found[i].instructionBytes, expected.instructionBytes);
    for (std::size_t unit = 0; unit < kUnits; ++unit) {
      EXPECT_EQ(found[i].units[unit].count, expected.units[unit].count);
      EXPECT_EQ(found[i].units[unit].busy, expected.units[unit].busy);
      EXPECT_EQ(found[i].units[unit].amount, expected.units[unit].amount);
    }
    instructions += expected.instructions;
    time += expected.time;
  }
  EXPECT_EQ(seen, instructions);
  // Simulated time has passed, a picosecond at most lost per program.
  EXPECT_NEAR(sc_core::sc_time_stamp().to_seconds() * 1e15, static_cast<double>(time), 1000.0 * kPrograms);
}

TEST_F(FpgaMachine, AProgramThatNeverEndsIsRefused) {
  ProgramSource source;
  source.next = [](const InstructionSink& sink) {
    const Instruction stuck{Unit::MatrixVector, Unit::Load, {}, {}, {}, 1, {}};
    sink(std::vector<Instruction>{stuck});
    return true;
  };
  source.done = [](const StepUse&) {};
  Fpga machine("fpga", timing(), source);
  sc_core::sc_start();
  EXPECT_THROW(machine.rethrow(), UserError);
}

TEST_F(FpgaMachine, TargetsRefuseWhatIsNotTheirs) {
  const InstructionTiming rates(timing());
  Hbm hbm("hbm", rates);
  CoreCommons commons(timing());
  UnitModule unit("mv", Unit::MatrixVector, commons);  // neither is elaborated
  tlm::tlm_generic_payload payload;
  sc_core::sc_time delay;
  hbm.b_transport(payload, delay);
  EXPECT_EQ(payload.get_response_status(), tlm::TLM_COMMAND_ERROR_RESPONSE);
  InstructionExtension extension;
  const Instruction load{Unit::Load, {}, {}, Route::AllChannels, {}, 4096, {}};
  extension.instruction = &load;
  payload.set_extension(&extension);
  unit.b_transport(payload, delay);
  EXPECT_EQ(payload.get_response_status(), tlm::TLM_COMMAND_ERROR_RESPONSE);
  hbm.b_transport(payload, delay);
  EXPECT_EQ(payload.get_response_status(), tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(hbm.bytes(Route::AllChannels), 4096);
  EXPECT_GT(delay, sc_core::SC_ZERO_TIME);
  payload.clear_extension(&extension);
}

}  // namespace
}  // namespace pim::fpga

// A second way to the time of a decode step: operators one after the other, each as long as its longest unit.
// Written down from the specification of the machine, not from the compiler.
#include <algorithm>
#include <cmath>

#include "tests/sw/host/fpga/flightllm.h"

namespace pim {
namespace {

using test::Machine;

class ClosedForm {
 public:
  explicit ClosedForm(const fpga::TimingParameters& t)
      : m_cycle(1 / (t.clockMhz * 1e3) / t.speedup),
        m_s1(t.channelBytesPerSecond * t.efficiencySame * t.speedup / 1e3),
        m_s8(8 * m_s1),
        m_x(t.channelBytesPerSecond * t.efficiencyCross * t.speedup / 1e3) {}

  double stepMs(double context) const {
    const double layer = 2 * norm() + 2 * linear(4096, 4096, 0.7, 96, true) + linear(4096, 4096, 1, 0, true) +
                         2 * 4096 * (context - 1) / m_s8 + scores(context) + values(context) +
                         linear(4096, 4096, 1, 32, true) + 2 * linear(11008, 4096, 1, 32, false) +
                         linear(4096, 11008, 1, 32, false);
    return 32 * layer + norm() + linear(32000, 4096, 1, 0, false);
  }

 private:
  double norm() const { return 2 * 4096 / m_s1 + 513 * m_cycle; }
  double linear(double outputs, double inputs, double density, double tail, bool bias) const {
    const double pieces = inputs == 4096 ? 2 : 6;
    const double first = std::floor(inputs / 16 / pieces) * 1024 * 8 * density / 2;
    return inputs / m_x + (bias ? 4 * outputs / m_s1 : 0) + first / m_s8 +
           std::ceil(outputs / 512) * inputs * 512 * density / 1024 * m_cycle + tail * m_cycle +
           outputs / m_s1 + m_cycle;
  }
  double scores(double context) const {
    const double calls = std::ceil(context / 512);
    const double load = 128 * std::min(context, 512.0) / m_s8, mv = 64 * m_cycle;
    return 4096 / m_x + load + (32 * calls - 1) * std::max(load, mv) + mv + context / 8 * m_cycle +
           32 * context / m_s1 + m_cycle;
  }
  double values(double context) const {
    const double load = 128 * context / m_s8, mv = context / 2 * m_cycle;
    return 32 * context / m_x + load + 31 * std::max(load, mv) + mv + 4096 / m_s1 + m_cycle;
  }
  // Milliseconds, and bytes per millisecond.
  double m_cycle, m_s1, m_s8, m_x;
};

// Where loads overtake MV in a linear operator the form does not hold: it is for the published machine and
// faster memories.
TEST(FpgaClosedForm, EveryStairOfTheDecodeAtSeveralSpeeds) {
  Machine machine;
  for (const double clock : {225.0, 180.0}) {
    machine.timing.clockMhz = clock;
    const ClosedForm form(machine.timing);
    for (std::uint32_t context = 128; context <= 2048; context += 16) {
      const double simulated = test::milliseconds(machine.decode(context).time);
      EXPECT_NEAR(simulated, form.stepMs(context), simulated * 1e-6) << context << " at " << clock << " MHz";
    }
  }
}

TEST(FpgaClosedForm, CountsOfADecodeStep) {
  const Machine machine;
  for (std::uint32_t context = 16; context <= 2048; context += 16) {
    const fpga::StepUse use = machine.decode(context);
    const std::uint64_t calls = (context + 511) / 512;
    const std::uint64_t channels = context < 128 ? 1024 * (context / 16) : 8192 * calls;
    EXPECT_EQ(use.of(fpga::Unit::Load).count, 81362 + channels) << context;
    EXPECT_EQ(use.of(fpga::Unit::MatrixVector).count, 7806 + 1024 * calls) << context;
    EXPECT_EQ(use.of(fpga::Unit::Misc).count, 4545U) << context;
    EXPECT_EQ(use.of(fpga::Unit::Store).count, 418U) << context;
    EXPECT_EQ(use.of(fpga::Unit::System).count, 418U) << context;
  }
}

}  // namespace
}  // namespace pim

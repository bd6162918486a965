// FlightLLM's published table, its published end-to-end times and what was measured on boards, against the
// machine that runs the compiler's programs instruction by instruction.
#include <fstream>
#include <sstream>
#include <vector>

#include "sw/host/fpga/instruction_memory.h"
#include "tests/sw/host/fpga/flightllm.h"

namespace pim {
namespace {

using fpga::kUnits;
using fpga::StepUse;
using fpga::Unit;
using host::fpga::AttentionMask;
using test::Machine;
using test::milliseconds;

std::vector<std::string> split(const std::string& line) {
  std::vector<std::string> words;
  std::stringstream stream(line);
  for (std::string word; std::getline(stream, word, ',');) words.push_back(word);
  return words;
}

void expectRow(const std::vector<std::string>& row, const StepUse& use) {
  constexpr double kShare = 1e-4;
  constexpr double kPrintedMs = 6e-7;  // half of the table's last digit
  const auto near = [](const std::string& published, fpga::Femtoseconds time) {
    const double ms = std::stod(published);
    EXPECT_NEAR(milliseconds(time), ms, ms * kShare + kPrintedMs);
  };
  SCOPED_TRACE(row[0] + " " + row[1]);
  for (std::size_t unit = 0; unit < kUnits; ++unit) {
    SCOPED_TRACE(fpga::unitName(static_cast<Unit>(unit)));
    EXPECT_EQ(use.units[unit].count, std::stoull(row[2 + 2 * unit]));
    near(row[3 + 2 * unit], use.units[unit].busy);
  }
  EXPECT_EQ(use.instructions, std::stoull(row[14]));
  near(row[15], use.time);
}

TEST(FlightLlmRows, CountsAndTimesOfEveryPublicRow) {
  const std::string path = test::flightllmFolder() + "rows_public.csv";
  std::ifstream file(path);
  if (!file) GTEST_SKIP() << path << " is not there";
  const Machine machine;
  std::string line;
  std::getline(file, line);
  std::size_t rows = 0;
  while (std::getline(file, line)) {
    const std::vector<std::string> row = split(line);
    ASSERT_GE(row.size(), 16U) << line;
    const auto tokens = static_cast<std::uint32_t>(std::stoul(row[1]));
    expectRow(row, row[0] == "decode" ? machine.decode(tokens) : machine.prefill(tokens));
    ++rows;
  }
  EXPECT_EQ(rows, 31U);
}

TEST(FlightLlmRows, PrefillOf512WithTheMasksWithTheTriangleAndWithoutAny) {
  const Machine machine;
  constexpr double kPublishedMs = 1181.419;
  EXPECT_NEAR(milliseconds(machine.prefill(512).time), kPublishedMs, kPublishedMs * 0.005);
  EXPECT_NEAR(milliseconds(machine.prefill(512, AttentionMask::full()).time), 1207.2, 0.05);
  const std::string path = test::flightllmFolder() + "masks_512.csv";
  if (!test::isThere(path)) GTEST_SKIP() << path << " is not there";
  const StepUse use = machine.prefill(512, AttentionMask::fromFile(path));
  EXPECT_NEAR(milliseconds(use.time), kPublishedMs, kPublishedMs * 1e-5);
  EXPECT_EQ(use.of(Unit::Load).count, 2977704U) << "the runs of kept blocks: columns are read from the left";
}

TEST(FlightLlmRows, SixDecodesEndToEnd) {
  const Machine machine;
  std::vector<double> stair(2048 / 16 + 1);  // ms of a step, by its stair
  for (std::uint32_t i = 128 / 16; i < stair.size(); ++i)
    stair[i] = milliseconds(machine.decode(16 * i).time);
  const struct {
    std::uint32_t prompt, generated;
    double ms;
  } kCases[] = {{128, 512, 4946.4}, {128, 1024, 10318.6}, {128, 1536, 16103.1},
                {512, 512, 5269.0}, {512, 1024, 10950.5}, {512, 1536, 17044.3}};
  for (const auto& c : kCases) {
    double sum = 0;
    for (std::uint32_t context = c.prompt + 1; context <= c.prompt + c.generated; ++context)
      sum += stair[host::fpga::Stairs::up(context, 16) / 16];
    EXPECT_NEAR(sum, c.ms, c.ms * 1e-4) << c.prompt << ", " << c.generated;
  }
}

TEST(FlightLlmRows, U280WithNothingFittedIsNearTwoMeasuredSteps) {
  Machine machine;
  machine.timing.speedup = 3 * 0.8;
  machine.timing.channelBytesPerSecond = 460e9 / 32;
  const double at128 = milliseconds(machine.decode(128).time), at512 = milliseconds(machine.decode(512).time);
  EXPECT_NEAR(at128, 17.506, 17.506 * 0.03);
  EXPECT_NEAR(at512, 18.990, 18.990 * 0.03);
  EXPECT_NEAR(at128, 17.664, 0.0005);  // as derived by hand from the specification
  EXPECT_NEAR(at512, 18.836, 0.0005);
  EXPECT_EQ(machine.decode(128).boundBy(), Unit::Load);
  EXPECT_NEAR((at512 - at128) / (18.990 - 17.506) - 1, -0.21, 0.005);
}

/// Of a step without the loss of 0.2, against the published one; percent.
double againstTable(const Machine& honest, std::uint32_t context) {
  return 100 * (milliseconds(honest.decode(context).time) / milliseconds(Machine().decode(context).time) - 1);
}

TEST(FlightLlmRows, FirstPrinciplesAndEachHonestSwitch) {
  Machine machine;
  machine.timing.speedup = 4;
  EXPECT_NEAR(againstTable(machine, 144), -20.0, 0.01);
  EXPECT_NEAR(againstTable(machine, 2048), -20.0, 0.01);
  machine.timing.channelBytesPerSecond = 819.2e9 / 32;
  EXPECT_NEAR(againstTable(machine, 144), -19.7, 0.05);
  EXPECT_NEAR(againstTable(machine, 2048), -19.0, 0.05);
  machine.options.cacheReload = false;
  EXPECT_NEAR(againstTable(machine, 144), -20.4, 0.05);
  EXPECT_NEAR(againstTable(machine, 2048), -26.7, 0.05);
  machine.options.outputPadding = false;
  EXPECT_NEAR(againstTable(machine, 144), -22.2, 0.05);
  EXPECT_NEAR(againstTable(machine, 2048), -33.0, 0.05);
  machine.options.loadPadding = false;
  EXPECT_NEAR(againstTable(machine, 144), -22.2, 0.05) << "hides behind MV";
  machine.options.sparseIndexBits = 4;
  EXPECT_NEAR(againstTable(machine, 144), -16.7, 0.05) << "what the index of q and k would cost";
}

TEST(FlightLlmRows, FullMiscHidesBehindMm) {
  Machine machine;
  const StepUse published = machine.prefill(128);
  machine.options.fullMisc = true;
  const StepUse full = machine.prefill(128);
  EXPECT_NEAR(milliseconds(published.of(Unit::Misc).busy), 9.3, 0.05);
  EXPECT_NEAR(milliseconds(full.of(Unit::Misc).busy), 27.6, 0.05);
  EXPECT_NEAR(static_cast<double>(full.time) / static_cast<double>(published.time), 1.0002, 5e-5);
}

TEST(FlightLlmMemory, OneProgramAndAllLengths) {
  const ModelShape shape = test::llama2_7b();
  const host::fpga::CompilerOptions options = test::asPublished();
  const host::fpga::Compiler compiler(shape, options);
  EXPECT_EQ(compiler.decodeBytes(128), 2710020U);
  EXPECT_EQ(compiler.decodeBytes(1024), 2955780U);
  EXPECT_EQ(compiler.decodeBytes(2048), 3447300U);
  EXPECT_EQ(Machine().decode(1024).instructionBytes, 2955780U) << "counted while it runs";
  EXPECT_EQ(compiler.prefillBytes(128, AttentionMask::causal()), 34068520U);
  const auto memory = host::fpga::programMemory(shape, options, AttentionMask::causal(), 2048, {128, 16});
  EXPECT_NEAR(static_cast<double>(memory.decodeAll), 0.0063e12, 0.00005e12);
  EXPECT_NEAR(static_cast<double>(memory.decodeStairs), 0.393e9, 0.0005e9);
  // With a causal mask alone. FlightLLM's masks make prefills smaller.
  EXPECT_NEAR(static_cast<double>(memory.all()), 0.6078e12, 0.00005e12);
  EXPECT_NEAR(static_cast<double>(memory.stairs()), 5.285e9, 0.0005e9);
}

// masks_2048.csv is not part of the public data: who has the artefact writes it from there
// (docs/flightllm.md).
TEST(FlightLlmMemory, AllLengthsWithThePublishedMasks) {
  const std::string path = test::flightllmFolder() + "masks_2048.csv";
  if (!test::isThere(path)) GTEST_SKIP() << path << " is not there";
  const auto memory = host::fpga::programMemory(test::llama2_7b(), test::asPublished(),
                                                AttentionMask::fromFile(path), 2048, {128, 16});
  EXPECT_NEAR(static_cast<double>(memory.prefillAll), 0.5845e12, 0.00005e12);
  EXPECT_NEAR(static_cast<double>(memory.all()), 0.5908e12, 0.00005e12);
  EXPECT_NEAR(static_cast<double>(memory.stairs()), 5.154e9, 0.0005e9);
  EXPECT_NEAR(memory.ratio(), 114.6, 0.05);
  EXPECT_NEAR(4 * memory.ratio(), 458, 0.5);
}

}  // namespace
}  // namespace pim

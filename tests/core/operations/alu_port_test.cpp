#include "core/operations/alu_port.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "abi/pim_layout.h"
#include "core/operations/alu_operation.h"
#include "core/operations/alu_results.h"
#include "core/operations/alu_times.h"

// Cycles counted by hand; that they are the RTL's for any shape is for tests/sim/cosim/alu_bench_test.cpp.
namespace pim {
namespace {

/// Tells the port of the streams.
class ToldMemory : public AluMemory {
 public:
  explicit ToldMemory(AluPort& port) : m_port(port) {}
  void read(std::uint32_t address, void*, std::uint32_t bytes) override { m_port.read(address, bytes); }
  void write(std::uint32_t address, const void*, std::uint32_t bytes) override {
    m_port.write(address, bytes);
  }

 private:
  AluPort& m_port;
};

std::int64_t cyclesOf(const pim_command& command, double gbPerS = 0) {
  MemoryRates rates;
  rates[ControllerMemoryKind::kCram].bandwidth = Bandwidth::fromGbPerS(gbPerS);
  AluPort port(command, {}, Clock(1000), rates);
  ToldMemory memory(port);
  AluOperation().run(command, memory, false);
  return port.cycles();
}

pim_command commandOf(std::uint8_t opcode, std::uint32_t rows, std::uint32_t count) {
  pim_command command{};
  command.opcode = opcode;
  command.body.alu.rows = rows;
  command.body.alu.count = count;
  return command;
}

pim_command quant(std::uint32_t rows, std::uint32_t count) {
  pim_command command = commandOf(PIM_OP_QUANT, rows, count);
  pim_alu& alu = command.body.alu;
  alu.part_count = alu.tile_count = count;
  alu.group = 32;
  alu.activation_bits = 16;
  return command;
}

TEST(AluPort, StreamsARequestAndABeatACycle) {
  // The command; two operands of 128 bytes; the pipeline; a result.
  EXPECT_EQ(cyclesOf(commandOf(PIM_OP_ADD, 1, 32)), 1 + 2 * 2 + 8 + 2);
  EXPECT_EQ(cyclesOf(commandOf(PIM_OP_ADD, 1, 320)), 1 + 2 * 11 + 8 + 11);
  EXPECT_EQ(cyclesOf(commandOf(PIM_OP_ADD, 3, 320)), 1 + 3 * (2 * 11 + 8 + 11));
}

TEST(AluPort, WaitsForTheMemory) {
  // 1280 bytes take 128 ns each way; the last of them move in the cycle that tells of the end.
  EXPECT_EQ(cyclesOf(commandOf(PIM_OP_ADD, 1, 320), 10), 1 + 2 * (1 + 128) + 8 + 1 + 127);
}

TEST(AluPort, WaitsForTheMemoryThatAStreamIsIn) {
  MemoryRates rates;  // CRAM keeps pace
  rates[ControllerMemoryKind::kCmem].bandwidth = Bandwidth::fromGbPerS(10);
  rates[ControllerMemoryKind::kCmem].base = 0x4000;
  rates[ControllerMemoryKind::kCmem].bytes = 0x1000;
  pim_command command = commandOf(PIM_OP_ADD, 1, 320);
  command.body.alu.src2 = 0x4000;
  AluPort port(command, {}, Clock(1000), rates);
  ToldMemory memory(port);
  AluOperation().run(command, memory, false);
  EXPECT_EQ(port.cycles(), 1 + 11 + (1 + 128) + 8 + 11);
}

TEST(AluPort, LetsRecordsLeaveAtHalfABeatAndTheirTailsByteByte) {
  // 64 bytes of 16-bit codes a cycle, then four shifts, the base exponent, and three bytes up to a word. What
  // leaves within the pipeline's eight cycles does so for nothing: the first two chunks.
  EXPECT_EQ(cyclesOf(quant(1, 128)), 1 + (1 + 4) + 8 + (4 - 2) + 8 + 1);
  EXPECT_EQ(cyclesOf(quant(8, 128)), 1 + 8 * (cyclesOf(quant(1, 128)) - 1));
}

pim_command addAndNorm(std::uint32_t rows, std::uint32_t count) {
  pim_command command = quant(rows, count);
  command.opcode = PIM_OP_ADD_RMSNORM;
  return command;
}

TEST(AluPort, LetsASumLeaveWhileTheUnitComputesItsNorm) {
  // Gain, residual and result; the pipeline; the sum. Root and quotient take 88 cycles from the pipeline's
  // begin on. Then the pass, whose pipeline hides the first two chunks of codes, and the tail.
  const std::int64_t tail = 8;
  EXPECT_EQ(cyclesOf(addAndNorm(1, 128)), 1 + 3 * 5 + 88 + (8 + 2) + 1 + (4 - 2) + tail);
  // A sum of 128 beats takes longer than both. The codes of a beat leave in two cycles.
  const std::int64_t row = 2 * (1 + 128) + 8 + (1 + 128) + (8 + 64);
  EXPECT_EQ(cyclesOf(addAndNorm(1, 4096)), 1 + (1 + 128) + row + 1 + 2 * 64 - 2 + 132);
  EXPECT_EQ(cyclesOf(addAndNorm(3, 4096)), 1 + (1 + 128) + 3 * (row + 1 + 2 * 64 - 2 + 132));
}

/// Heads of 8 elements: 16 bytes of codes, the meta byte and three up to a word.
pim_command values(std::uint32_t heads) {
  pim_command command = commandOf(PIM_OP_KV_V, 1, 0);
  pim_alu& alu = command.body.alu;
  alu.blocks = heads;
  alu.head_dim = 8;
  alu.kv_bits = 16;
  alu.dst_block_stride = 20;
  return command;
}

TEST(AluPort, LetsEachHeadBeginAChunk) {
  // Four come in one beat, but enter one a cycle; in 32 cycles of the pipeline all are ready to leave in one.
  EXPECT_EQ(cyclesOf(values(4)), 1 + (1 + 1 + 4) + 4 * 8 + 2);
}

TEST(AluPort, LetsOnlyTwoBeatsBeReadyBefore) {
  // Six heads and the codes of the seventh are more than a beat, so nothing is added to them until one has
  // left. The other beat is there nine cycles later: four tail bytes, codes, and four tail bytes.
  EXPECT_EQ(cyclesOf(values(8)), 1 + (1 + 1 + 8) + 8 * 8 + (1 + 1 + 9));
}

TEST(AluPort, LetsFourBitCodesLeaveWhateverTheLanes) {
  // 12 elements are 6 bytes of codes, also where a few lanes fill no whole byte in a cycle.
  pim_command command = values(3);
  command.body.alu.head_dim = 12;
  command.body.alu.kv_bits = 4;
  std::int64_t before = std::numeric_limits<std::int64_t>::max();
  const MemoryRates rates;
  for (std::uint32_t lanes = 1; lanes <= 40; ++lanes) {
    AluPort port(command, {lanes, true}, Clock(1000), rates);
    ToldMemory memory(port);
    AluOperation().run(command, memory, false);
    EXPECT_LE(port.cycles(), before) << lanes;
    before = port.cycles();
    AluResults results(command, 0, std::max(lanes / 2, 1u));
    std::uint32_t bytes = 0;
    while (!results.empty()) bytes += results.take();
    EXPECT_EQ(bytes, 3 * pim_kv_record_bytes(12, 4)) << lanes;
  }
}

TEST(AluTimes, KnowAShapeWhereverItsOperandsAreAndWhateverIsInThem) {
  AluTimes times{MemoryRates{}};
  pim_command command = commandOf(PIM_OP_RMSNORM, 1, 288);
  EXPECT_EQ(times.of(command), 0);
  times.of(command) = 300;
  command.body.alu.src = 0x1000;
  EXPECT_EQ(times.of(command), 0) << "an operand more";
  times.of(command) = 301;
  command.body.alu.src = 0x2000;
  command.body.alu.constant = 7;
  EXPECT_EQ(times.of(command), 301);
}

TEST(AluTimes, TellApartWhichMemoryAnOperandIsIn) {
  MemoryRates rates;
  rates[ControllerMemoryKind::kCmem].base = 0x4000;
  rates[ControllerMemoryKind::kCmem].bytes = 0x1000;
  AluTimes times(rates);
  pim_command command = commandOf(PIM_OP_ADD, 1, 32);
  command.body.alu.src = command.body.alu.dst = 0x100;
  times.of(command) = 5;
  command.body.alu.dst = 0x4100;
  EXPECT_EQ(times.of(command), 0);
}

TEST(AluTimes, TellApartWhichMemoryAGainIsIn) {
  MemoryRates rates;
  rates[ControllerMemoryKind::kCmem].base = 0x4000;
  rates[ControllerMemoryKind::kCmem].bytes = 0x1000;
  AluTimes times(rates);
  pim_command command = addAndNorm(1, 128);
  command.body.alu.src3 = 0x100;
  times.of(command) = 5;
  command.body.alu.src3 = 0x200;
  EXPECT_EQ(times.of(command), 5);
  command.body.alu.src3 = 0x4100;
  EXPECT_EQ(times.of(command), 0);
  // Random bits are no address.
  command.opcode = PIM_OP_SAMPLE;
  times.of(command) = 6;
  command.body.alu.src3 = 0x100;
  EXPECT_EQ(times.of(command), 6);
}

TEST(AluTimes, TellOtherShapesApart) {
  AluTimes times{MemoryRates{}};
  const pim_command known = commandOf(PIM_OP_ALU_SOFTMAX, 2, 0);
  times.of(known) = 1;
  pim_command command = known;
  command.body.alu.position = 1;
  EXPECT_EQ(times.of(command), 0);
  command = known;
  command.column_parts = 2;
  EXPECT_EQ(times.of(command), 0);
  command = known;
  command.opcode = PIM_OP_ROPE_K;
  times.of(command) = 2;
  command.body.alu.position = 5;
  EXPECT_EQ(times.of(command), 2) << "a rotation takes the same time wherever it is";
}

}  // namespace
}  // namespace pim

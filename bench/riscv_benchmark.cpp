#include <benchmark/benchmark.h>

#include "tests/core/riscv/bare_machine.h"
#include "tests/core/riscv/encode.h"

namespace {

using namespace pim::riscv;
using namespace pim::riscv::test;

constexpr std::uint32_t kBase = 0x80000000, kBytes = 0x10000;

/// Sums, shifts and stores the words of a buffer, as firmware's loops do: 12 instructions of a pass, with a
/// call.
std::vector<Word> loop() {
  const Word pointer = 10, end = 11, sum = 12, value = 13, t = 14, link = 1;
  return {
      auipc(pointer, 0x1000),                // 0x00
      lui(end, 0x4000),                      // 0x04
      typeR(0, pointer, end, 0, end, 0x33),  // 0x08  end = pointer + 16 KiB
      lw(value, 0, pointer),                 // 0x0c  loop
      typeJ(0x1C, link),                     // 0x10  call 0x2c
      typeR(0, sum, value, 0, sum, 0x33),    // 0x14
      sw(sum, 0, pointer),                   // 0x18
      addi(pointer, pointer, 4),             // 0x1c
      typeB(-0x14, end, pointer, 6),         // 0x20  bltu
      typeJ(-0x24, 0),                       // 0x24  all over again
      0,                                     // 0x28
      typeI(3, value, 5, t, 0x13),           // 0x2c  srli
      typeR(0, t, value, 4, value, 0x33),    // 0x30  xor
      typeI(0x7F, value, 7, t, 0x13),        // 0x34  andi
      typeB(8, 0, t, 0),                     // 0x38  beq
      addi(value, value, 1),                 // 0x3c
      jalr(0, 0, link),                      // 0x40
  };
}

void interpret(benchmark::State& state) {
  BareMachine machine(kBase, kBytes);
  machine.writeWords(kBase, loop());
  machine.hart.reset(kBase);
  for (auto _ : state) machine.hart.run(machine.hart.cycles() + 1'000'000);
  state.counters["instructions/s"] =
      benchmark::Counter(static_cast<double>(machine.hart.instructions()), benchmark::Counter::kIsRate);
}
BENCHMARK(interpret)->Unit(benchmark::kMillisecond);

}  // namespace

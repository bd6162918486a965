// Runs a program for a bare RV32 core that reports as those of riscv-tests do: run_program FILE.elf TOHOST,
// the address of the word to which it writes 1 when it passes and 2 n + 1 when its test n fails. Exit status
// 0, 1, or 2.
#include <cstdio>
#include <cstdlib>

#include "core/base/error.h"
#include "tests/core/riscv/bare_machine.h"

int main(int argc, char** argv) {
  using namespace pim::riscv;
  if (argc != 3) {
    std::fputs("run_program: expected FILE.elf TOHOST\n", stderr);
    return 2;
  }
  try {
    const ElfImage image = readElf(argv[1]);
    const auto toHost = static_cast<std::uint32_t>(std::strtoul(argv[2], nullptr, 16));
    test::BareMachine machine(0x80000000, 1 << 20);
    if (!machine.load(image))
      throw pim::UserError(std::string(argv[1]) + ": expected segments in the first MiB from 0x80000000 on");
    for (int i = 0; i < 10000 && machine.word(toHost) == 0; ++i) {
      if (machine.hart.run(machine.hart.cycles() + 1000) == Stop::Lost) break;
    }
    const std::uint32_t result = machine.word(toHost);
    if (result == 1) return 0;
    if (result != 0) {
      std::printf("test %u failed\n", result >> 1);
    } else {
      std::printf("no result; pc 0x%08x, %s at 0x%08x\n", machine.hart.pc(),
                  describe(machine.hart.lost()).c_str(), machine.hart.lost().pc);
    }
    return 1;
  } catch (const pim::UserError& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 2;
  }
}

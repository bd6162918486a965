#include "tests/sim/commands/adder_on_chip.h"

#include <random>
#include <string>

#include "tests/sim/commands/pimtlm.h"

namespace pim::cli {

std::uint32_t sumsRightOnChip(std::uint32_t sums) {
  // Only raw draws of the generator: they are the same with every standard library.
  std::mt19937 random(7);
  const auto operand = [&random] {
    const unsigned limits[] = {10000, 10000, 1000, 100};
    const unsigned limit = limits[random() % 4];
    return static_cast<unsigned>(random()) % limit;
  };
  std::uint32_t right = 0;
  for (std::uint32_t i = 0; i < sums; ++i) {
    const unsigned a = operand();
    const unsigned b = operand();
    // A small chip: the bits are the same on any, and it is quickly built.
    const auto json = pimtlmJson({"generate", "--weights", PIMTLM_ADDER, "--prompt",
                                  std::to_string(a) + "+" + std::to_string(b) + "=", "--generate", "6",
                                  "--set", "chip.dies=1", "--set", "chip.banks_per_die=4"});
    right += json["answer"] == std::to_string(a + b);
  }
  return right;
}

}  // namespace pim::cli

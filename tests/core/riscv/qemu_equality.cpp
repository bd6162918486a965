#include "tests/core/riscv/qemu_equality.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "tests/core/riscv/bare_machine.h"
#include "tests/core/riscv/elf_writer.h"
#include "tests/core/riscv/random_programs.h"
#include "tests/support/temporary_folder.h"

namespace pim::riscv::test {
namespace {

std::string runOnQemu(const Batch& batch) {
  const pim::test::TemporaryFolder folder;
  const std::string program =
      folder.write("program.elf", elfFile(kProgramBase, {{kProgramBase, batch.image, 0}}));
  std::filesystem::permissions(program, std::filesystem::perms::owner_all);
  const std::string command = fmt::format("qemu-riscv32 '{}' > '{}'", program, folder.path("results"));
  EXPECT_EQ(std::system(command.c_str()), 0) << command;
  return folder.read("results");
}

std::string runOnHart(const Batch& batch) {
  BareMachine machine(kProgramBase, static_cast<std::uint32_t>(batch.image.size()));
  machine.write(kProgramBase, batch.image);
  machine.hart.reset(kProgramBase);
  EXPECT_EQ(machine.hart.run(1'000'000'000), Stop::Lost);
  EXPECT_EQ(describe(machine.hart.lost()), "environment call");
  return machine.read(batch.resultsAt, batch.programs * kResultBytes);
}

std::string differences(const std::string& expected, const std::string& got) {
  std::string text;
  for (std::size_t at = 0; at < kResultBytes; at += 4) {
    std::uint32_t a = 0, b = 0;
    std::memcpy(&a, expected.data() + at, 4);
    std::memcpy(&b, got.data() + at, 4);
    if (a == b) continue;
    text +=
        at < kRegisterBytes ? fmt::format(" x{}", at / 4) : fmt::format(" memory+{}", at - kRegisterBytes);
    text += fmt::format(": {:08x} in qemu, {:08x} here;", a, b);
  }
  return text;
}

}  // namespace

void expectEqualToQemu(std::uint64_t seed, std::uint32_t batches, std::uint32_t programsOfBatch) {
  if (std::system("qemu-riscv32 --version > /dev/null 2>&1") != 0) {
    GTEST_SKIP() << "qemu-riscv32 is not installed (Debian: qemu-user)";
  }
  for (std::uint32_t i = 0; i < batches; ++i) {
    const Batch batch = randomBatch(seed + i, programsOfBatch);
    const std::string qemu = runOnQemu(batch), hart = runOnHart(batch);
    ASSERT_EQ(qemu.size(), hart.size());
    for (std::uint32_t p = 0; p < batch.programs; ++p) {
      const std::string expected = qemu.substr(p * kResultBytes, kResultBytes),
                        got = hart.substr(p * kResultBytes, kResultBytes);
      ASSERT_TRUE(expected == got) << "seed " << seed + i << ", program " << p << ":"
                                   << differences(expected, got);
    }
  }
}

}  // namespace pim::riscv::test

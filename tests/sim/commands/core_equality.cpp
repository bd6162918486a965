#include "tests/sim/commands/core_equality.h"

#include <gtest/gtest.h>

#include "tests/support/temporary_folder.h"

namespace pim::cli {
namespace {

const Words kRv32{"--set", "controller.core=rv32"};

}  // namespace

void expectSameTextOnBothCores(const Words& words) {
  const test::TemporaryFolder folder;
  const Words all = Words{"generate", "--logits", folder.path("logits")} + words;
  const auto native = pimtlmJson(all), rv32 = pimtlmJson(all + kRv32);
  EXPECT_EQ(rv32["text"], native["text"]);
  EXPECT_EQ(rv32["logits_sha256"], native["logits_sha256"]);
}

}  // namespace pim::cli

#include "tests/sim/commands/core_equality.h"

#include <gtest/gtest.h>

#include <iostream>

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

bool expectSameTimeOnBothCores(const std::string& preset, const std::string& model, unsigned context) {
  const Words all{
      "run",        "--preset", preset,       "--model", model, "--prompt", std::to_string(context),
      "--generate", "5",        "--no-advice"};
  if (pimtlm(all).status == 2) return false;
  const auto native = pimtlmJson(all), rv32 = pimtlmJson(all + kRv32);
  const auto ratio = [&](const char* part, const char* key) {
    return native[part][key].get<double>() / rv32[part][key].get<double>();
  };
  const double firmware = ratio("firmware", "busy"), token = ratio("decode", "seconds_per_token");
  std::cout << preset << ' ' << model << ' ' << context << ": firmware " << 100 * (firmware - 1)
            << " %, token " << 100 * (token - 1) << " %\n";
  EXPECT_NEAR(firmware, 1, 0.02) << preset << ' ' << model << ' ' << context;
  EXPECT_NEAR(token, 1, 0.002) << preset << ' ' << model << ' ' << context;
  return true;
}

}  // namespace pim::cli

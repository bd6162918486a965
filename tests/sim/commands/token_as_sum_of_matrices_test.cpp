#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "tests/sim/commands/pimtlm.h"

// Two ways to the time that a token's matrices take in the banks: a whole token, in which attention and
// refresh leave every bank in a state of its own, and each matrix alone on a chip fresh from reset.

namespace pim::cli {
namespace {

/// Tiles of one token, as a matrix alone has them: larger ones leave a vector less of BRAM and take more
/// commands.
Words with(Words words, const Words& settings) {
  words.insert(words.end(), {"--set", "mapping.token_tile=1"});
  for (const std::string& setting : settings) words.insert(words.end(), {"--set", setting});
  return words;
}

double bankSeconds(int rows, int columns, const Words& settings) {
  return pimtlmJson(with({"gemv", "--rows", std::to_string(rows), "--cols", std::to_string(columns)},
                         settings))["gemv"]["bank_seconds"];
}

/// The matrices of a LLaMA-7B token, one by one.
double matrices(const Words& settings) {
  const auto has = [&](const char* setting) {
    return std::find(settings.begin(), settings.end(), setting) != settings.end();
  };
  const double qkv = has("mapping.fuse_qkv=off") ? 3 * bankSeconds(4096, 4096, settings)
                                                 : bankSeconds(3 * 4096, 4096, settings);
  const double gateUp = has("mapping.fuse_gate_up=off") ? 2 * bankSeconds(11008, 4096, settings)
                                                        : bankSeconds(2 * 11008, 4096, settings);
  const double layer = qkv + bankSeconds(4096, 4096, settings) + gateUp + bankSeconds(4096, 11008, settings);
  return 32 * layer + bankSeconds(32000, 4096, settings);
}

nlohmann::json decode(const Words& settings) {
  return pimtlmJson(with({"run", "--model", "llama-7b", "--prompt", "1", "--generate", "2"}, settings));
}

/// Of the chip with a core that takes no time, since the firmware hides a part of what banks wait; the mean
/// of several tokens, which meet refreshes differently.
double tokenSeconds(const Words& settings) {
  Words words{"run",      "--model", "llama-7b",
              "--prompt", "1",       "--generate",
              "9",        "--set",   "controller.firmware_clock_ns=0.001"};
  for (const std::string& setting : settings) words.insert(words.end(), {"--set", setting});
  return pimtlmJson(words)["decode"]["seconds_per_token"];
}

const Words kNeverBinding{"dram.t_rrd_ns=0.5", "dram.t_faw_ns=2"};

Words limited(const char* limit, Words others = {}) {
  others.push_back(std::string("dram.activation_limit=") + limit);
  return others;
}

class TokenAsSumOfMatrices : public testing::TestWithParam<Words> {};

TEST_P(TokenAsSumOfMatrices, TakesTheBanksAsLong) {
  const double whole = decode(GetParam())["components"]["bank_weights"]["busy"];
  const double sum = matrices(GetParam());
  EXPECT_NEAR(whole, sum, 0.04 * sum);  // most within 1 %; short commands meet refresh differently
}

INSTANTIATE_TEST_SUITE_P(
    WithAnActivationLimit, TokenAsSumOfMatrices,
    testing::Values(limited("off"), limited("staggered"), limited("enforced"),
                    limited("staggered", kNeverBinding), limited("enforced", kNeverBinding),
                    limited("staggered", {"dram.t_faw_ns=60"}), limited("enforced", {"dram.t_faw_ns=60"}),
                    limited("staggered", {"dram.row_buffers=2"}), limited("enforced", {"dram.row_buffers=2"}),
                    limited("staggered", {"dram.refresh=per_bank"}),
                    limited("enforced", {"dram.refresh=per_bank"}),
                    limited("staggered", {"dram.refresh=off"}), limited("enforced", {"dram.refresh=off"}),
                    limited("staggered", {"schedule.overlap=off"}),
                    limited("staggered", {"simulation.exact_banks=on"}),
                    limited("enforced", {"chip.banks_per_die=32", "bank.bmem_mib=16"}),
                    limited("staggered", {"chip.banks_per_die=32", "bank.bmem_mib=16"})));

INSTANTIATE_TEST_SUITE_P(
    Otherwise, TokenAsSumOfMatrices,
    testing::Values(
        Words{"dram.refresh=off"}, Words{"dram.refresh=per_bank"}, Words{"dram.refresh_postpone_max=0"},
        Words{"dram.row_buffers=2"}, Words{"dram.model=ideal"}, Words{"dram.t_ccd_ns=2"},
        Words{"dram.t_rp_ns=40", "dram.t_rc_ns=67"}, Words{"dram.t_rcd_mac_ns=10"},
        Words{"dram.t_refi_ns=3900"}, Words{"dram.page_bytes=1024"}, Words{"dram.page_bytes=4096"},
        Words{"bank.mac_clock_ns=2"}, Words{"bank.mac_clock_ns=4"}, Words{"bank.mac_lanes=32"},
        Words{"bank.mac_lanes=256"}, Words{"bank.vector_buffer_bytes=2048"},
        Words{"bank.vector_buffer_bytes=8192"}, Words{"bank.command_overhead=off"}, Words{"chip.dies=16"},
        Words{"chip.dies=64", "bank.bmem_mib=8"}, Words{"chip.banks_per_die=32"}, Words{"weights.group=32"},
        Words{"weights.group=64"}, Words{"weights.zero_bits=4"}, Words{"weights.scale_bits=0"},
        Words{"weights.bits=16", "weights.scale_bits=0", "bank.bmem_mib=128"}, Words{"activation.bits=8"},
        Words{"mapping.weights=2d"}, Words{"mapping.fuse_qkv=off", "mapping.fuse_gate_up=off"},
        Words{"schedule.overlap=off"}, Words{"link.bandwidth_gb_per_s=8"},
        Words{"simulation.exact_banks=on"}));

TEST(ActivationLimit, CostsTheTurnOfTheLastBankWhereTheLimitsLeaveRoomForAllBanks) {
  const double off = tokenSeconds({});
  // 15 tRRD of 6.5 ns wherever all banks begin together, 6.5 times a layer: docs/timing.md.
  const double turns = 32 * 6.5 * 15 * 6.5e-9;
  EXPECT_NEAR(tokenSeconds(limited("staggered")) - off, turns, 0.1 * turns);
  const double closer = tokenSeconds(limited("staggered", {"dram.t_rrd_ns=5.5", "dram.t_faw_ns=21"}));
  EXPECT_GT(closer, off);
  EXPECT_LE(closer, 1.01 * off);
}

TEST(ActivationLimit, CostsNothingWhereItCannotBind) {
  const double off = tokenSeconds({});
  const double staggered = tokenSeconds(limited("staggered", kNeverBinding));
  EXPECT_GE(staggered, off);
  EXPECT_LE(staggered, 1.001 * off);
}

}  // namespace
}  // namespace pim::cli

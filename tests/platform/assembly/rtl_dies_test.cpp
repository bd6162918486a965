#include <fmt/format.h>
#include <gtest/gtest.h>

#include "core/base/address_map.h"
#include "platform/assembly/chip.h"
#include "tests/platform/assembly/chip_run.h"
#include "tests/support/foreign_initiator.h"
#include "tests/support/systemc_test.h"

namespace pim::test {
namespace {

ChipRun smallRun(const platform::Overrides& overrides) {
  ChipRun run;
  run.shape = tinyShape();
  run.prompt = {1, 32, 63};
  run.generate = 2;
  run.overrides = smallChip() + overrides;
  return run;
}

ChipOutcome outcomeOf(const platform::Overrides& overrides) {
  return runChip(smallRun(overrides));
}

/// The same tokens and logits, at the same times.
void expectSameWork(const platform::Overrides& overrides) {
  const std::string what = fmt::format("{}", fmt::join(overrides, " "));
  const ChipOutcome model = outcomeOf(overrides);
  const ChipOutcome check = outcomeOf(overrides + platform::Overrides{"rtl.dies=check"});
  const ChipOutcome rtl = outcomeOf(overrides + platform::Overrides{"rtl.dies=rtl"});
  ASSERT_EQ(model.error, "") << what;
  ASSERT_EQ(check.error, "") << what;
  for (const ChipOutcome* other : {&check, &rtl}) {
    EXPECT_EQ(model.logits, other->logits) << what;
    EXPECT_EQ(firstDifference(model, *other), "") << what;
  }
}

TEST(RtlDies, AgreeWithTheModelInEveryAccess) {
  expectSameWork({});
}

TEST(RtlDies, AgreeWithPartialSumsWordsFetchedFromBanksAndHalfDuplex) {
  expectSameWork(weightMapping("2d") + platform::Overrides{"link.duplex=half", "mapping.embedding=banks"});
}

TEST(RtlDies, AgreeWithBanksInRtlBehindThem) {
  expectSameWork({"rtl.banks=check", "chip.banks_per_die=2"});
}

/// A chip with RTL for its dies, and a stranger on its bus.
class RtlDieOnTheBus : public SystemCTest, public ::testing::WithParamInterface<const char*> {};

TEST_P(RtlDieOnTheBus, AnAccessThatIsNeitherReadNorWriteMovesNothing) {
  const platform::Config config =
      platform::loadPreset("aim8", smallChip() + platform::Overrides{std::string("rtl.dies=") + GetParam()});
  platform::ChipOptions options;
  options.functional = true;
  options.firmware = [](const pim_hal* hal, std::uint32_t, std::uint32_t) {
    hal->wait_for_interrupt(hal->context);
    return 0;
  };
  platform::Chip chip("chip", config, options);
  ForeignInitiator initiator("initiator");
  initiator.socket.bind(chip.controller().hostSocket());
  simulate([&] {
    for (const std::uint64_t address : {DieAddress::kDieRam, DieAddress::bank(0, BankAddress::kBram)}) {
      std::uint32_t word = 0xA5A5'A5A5;
      const auto answer = initiator.transport(tlm::TLM_IGNORE_COMMAND, config.memoryMap.dieBase + address,
                                              &word, sizeof word);
      EXPECT_EQ(answer.status, tlm::TLM_COMMAND_ERROR_RESPONSE) << std::hex << address;
      EXPECT_EQ(word, 0xA5A5'A5A5u);
    }
  });
}

INSTANTIATE_TEST_SUITE_P(, RtlDieOnTheBus, ::testing::Values("tlm", "rtl", "check"),
                         [](const auto& of) { return std::string(of.param); });

TEST(RtlDies, AreRefusedWhereTheRtlCannotBeTheDie) {
  const auto errorWith = [](const platform::Overrides& overrides) {
    return outcomeOf(platform::Overrides{"rtl.dies=check"} + overrides).error;
  };
  EXPECT_EQ(errorWith({"chip.banks_per_die=17"}),
            "chip.banks_per_die: expected at most 16, as in RTL (required by rtl.dies)");
  EXPECT_EQ(errorWith({"die.ram_kib=32"}), "die.ram_kib: expected 64, as in RTL (required by rtl.dies)");
  EXPECT_EQ(errorWith({"die.ram_bandwidth_gb_per_s=100"}),
            "die.ram_bandwidth_gb_per_s: expected twice link.bandwidth_gb_per_s, as in RTL (required by "
            "rtl.dies)");
  EXPECT_EQ(errorWith({"die.hop_ns=3"}),
            "die.hop_ns: expected the time of 64 bytes on the link, as in RTL (required by rtl.dies)");
  EXPECT_EQ(errorWith({"link.clocked=off"}), "link.clocked: expected on, as in RTL (required by rtl.dies)");
  EXPECT_EQ(errorWith({"dram.activation_limit=enforced"}),
            "dram.activation_limit: expected off (required by rtl.dies)");
  ChipRun timing = smallRun({"rtl.dies=rtl"});
  timing.functional = false;
  EXPECT_EQ(runChip(timing).error, "rtl.dies: expected tlm in a run without data");
}

}  // namespace
}  // namespace pim::test

#include "platform/assembly/rtl_blocks.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "core/base/error.h"
#include "platform/assembly/chip_parameters.h"
#include "platform/config/loader.h"

namespace pim::platform {
namespace {

/// An architect's factory: says what it was asked for and makes nothing.
template <typename Block, typename Parameters>
class Recording : public RtlFactory<Block, Parameters> {
 public:
  explicit Recording(std::vector<RtlPlace>& places, std::string unsupported = "")
      : m_places(places), m_unsupported(std::move(unsupported)) {}
  std::string unsupportedReason(const Parameters&) const override { return m_unsupported; }
  std::unique_ptr<Block> make(const Parameters&, const RtlPlace& place) const override {
    m_places.push_back(place);
    return nullptr;
  }

 private:
  std::vector<RtlPlace>& m_places;
  std::string m_unsupported;
};

class RtlBlocksTest : public ::testing::Test {
 protected:
  /// Asks for all RTL of a chip of 2 dies of 4 banks; the error, if any.
  std::string ask(const Overrides& overrides) {
    Overrides all{"chip.dies=2", "chip.banks_per_die=4"};
    all.insert(all.end(), overrides.begin(), overrides.end());
    const Config config = loadPreset("aim8", all);
    try {
      const RtlBlocks rtl(config, m_options);
      rtl.alus(controllerParameters(config, true, 0));
      for (std::uint32_t die = 0; die < 2; ++die) {
        rtl.die(dieParameters(config, true, die));
        const MakeBankInterposer make = rtl.banks(die);
        for (std::uint32_t bank = 0; make && bank < 4; ++bank) make(bankParameters(config, true), bank);
      }
    } catch (const UserError& error) {
      return error.what();
    }
    return "";
  }

  std::vector<std::string> blocks() const {
    std::vector<std::string> names;
    for (const RtlPlace& place : m_places) names.push_back(place.block);
    return names;
  }

  std::vector<RtlPlace> m_places;
  ChipOptions m_options = [this] {
    ChipOptions options;
    options.functional = true;
    options.mismatchDirectory = "out";
    options.rtl = {std::make_shared<Recording<BankInterposer, RtlBankParameters>>(m_places),
                   std::make_shared<Recording<DieEngine, RtlDieParameters>>(m_places),
                   std::make_shared<Recording<AluEngine, RtlAluParameters>>(m_places)};
    return options;
  }();
};

TEST_F(RtlBlocksTest, ModelsAloneAskNobody) {
  m_options.rtl = {};
  EXPECT_EQ(ask({}), "");
}

TEST_F(RtlBlocksTest, AskTheFactoriesOfTheChip) {
  EXPECT_EQ(ask({"rtl.alus=rtl", "rtl.dies=check", "rtl.banks=check", "rtl.bank_select=die1.bank2"}), "");
  EXPECT_EQ(blocks(), (std::vector<std::string>{"alu", "die0", "die1", "die1.bank2"}));
  EXPECT_FALSE(m_places[0].compare);
  EXPECT_TRUE(m_places[1].compare);
  EXPECT_EQ(m_places[3].waveFile, "out/mismatch.die1.bank2.vcd");
  m_places.clear();
  EXPECT_EQ(ask({"rtl.banks=rtl"}), "");
  EXPECT_EQ(m_places.size(), 8u) << "every bank";
}

TEST_F(RtlBlocksTest, SayInOneLineWhichRtlIsNotLinked) {
  m_options.rtl = {};
  for (const std::string key : {"rtl.banks", "rtl.dies", "rtl.alus"}) {
    for (const char* fidelity : {"=rtl", "=check"})
      EXPECT_EQ(ask({key + fidelity}), key + ": expected tlm; rtl and check need a build with Verilator");
  }
}

TEST_F(RtlBlocksTest, SayInOneLineWhatTheRtlCannotBe) {
  m_options.rtl.die =
      std::make_shared<Recording<DieEngine, RtlDieParameters>>(m_places, "die.ram_kib: expected 64");
  EXPECT_EQ(ask({"rtl.dies=check"}), "die.ram_kib: expected 64 (required by rtl.dies)");
  m_options.functional = false;
  EXPECT_EQ(ask({"rtl.banks=rtl"}), "rtl.banks: expected tlm in a run without data");
}

}  // namespace
}  // namespace pim::platform

#include "platform/config/change.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/base/error.h"
#include "platform/config/loader.h"
#include "platform/config/schema.h"

namespace pim::platform {
namespace {

std::vector<std::string> textsOf(const Config& config, const std::string& key) {
  std::vector<std::string> texts;
  for (const Change& change : singleChanges(config)) {
    if (change.key == key) texts.push_back(change.text());
  }
  return texts;
}

using Texts = std::vector<std::string>;

TEST(Changes, TurnANumberByTheFactorTowardsTheBetter) {
  const Config config = loadPreset("aim8");
  EXPECT_EQ(textsOf(config, "link.exchange_latency_ns"), Texts{"link.exchange_latency_ns=20"});
  EXPECT_EQ(textsOf(config, "bank.mac_lanes"), Texts{"bank.mac_lanes=128"});
  EXPECT_EQ(textsOf(config, "mapping.token_tile"), (Texts{"mapping.token_tile=4", "mapping.token_tile=16"}));
}

TEST(Changes, TakeTheNeighbourInAListAndEveryNameInTheDirection) {
  EXPECT_EQ(textsOf(loadPreset("aim8"), "dram.row_buffers"), Texts{"dram.row_buffers=2"});
  EXPECT_EQ(textsOf(loadPreset("aim8", {"dram.row_buffers=2"}), "dram.row_buffers"), Texts{});
  EXPECT_EQ(textsOf(loadPreset("aim8", {"dram.activation_limit=staggered"}), "dram.activation_limit"),
            (Texts{"dram.activation_limit=off", "dram.activation_limit=enforced"}));
  EXPECT_EQ(textsOf(loadPreset("aim8"), "mapping.embedding"),
            (Texts{"mapping.embedding=controller", "mapping.embedding=banks"}));
  EXPECT_EQ(textsOf(loadPreset("aim8", {"schedule.overlap=off"}), "schedule.overlap"),
            Texts{"schedule.overlap=on"});
}

TEST(Changes, EndAtTheRange) {
  EXPECT_EQ(textsOf(loadPreset("aim8", {"chip.dies=64"}), "chip.dies"), Texts{});
  EXPECT_EQ(textsOf(loadPreset("aim8", {"chip.dies=48"}), "chip.dies"), Texts{"chip.dies=64"});
  EXPECT_EQ(textsOf(loadPreset("aim8", {"link.exchange_latency_ns=0"}), "link.exchange_latency_ns"), Texts{});
  EXPECT_EQ(textsOf(loadPreset("aim8", {"controller.firmware_cycles_per_access=1"}),
                    "controller.firmware_cycles_per_access"),
            Texts{"controller.firmware_cycles_per_access=0"});
}

TEST(Changes, LeaveOutWhatTheRulesBetweenKeysRefuse) {
  // 2 x 64 banks are beyond a bank mask; column parts other than 1 need the 2-D mapping.
  EXPECT_EQ(textsOf(loadPreset("aim8", {"chip.banks_per_die=32"}), "chip.banks_per_die"), Texts{});
  EXPECT_EQ(textsOf(loadPreset("aim8", {"mapping.column_parts=1"}), "mapping.column_parts"),
            Texts{"mapping.column_parts=0"});
}

TEST(Changes, OfEveryPresetAreAcceptedAndChangeOneKey) {
  for (const std::string& preset : presetNames()) {
    const Config config = loadPreset(preset);
    const std::vector<Change> changes = singleChanges(config);
    EXPECT_FALSE(changes.empty()) << preset;
    for (const Change& change : changes) {
      SCOPED_TRACE(preset + ": " + change.text());
      Config before = config, after = changed(config, change);
      const Schema a = configSchema(before), b = configSchema(after);
      for (std::size_t i = 0; i < a.size(); ++i) {
        EXPECT_EQ(b[i].text(), a[i].key == change.key ? change.value : a[i].text()) << a[i].key;
      }
    }
  }
}

TEST(Changes, NeverTouchFormatsCapacitiesOrTheSimulationItself) {
  for (const Change& change : singleChanges(loadPreset("aim8"))) {
    const std::string section = change.key.substr(0, change.key.find('.'));
    for (const char* const other :
         {"weights", "activation", "kv", "memory_map", "energy", "simulation", "rtl"})
      EXPECT_NE(section, other) << change.key;
    EXPECT_EQ(change.cost == Lever::Cost::kSchedule,
              section == "mapping" || section == "schedule" || section == "alu")
        << change.key;
  }
}

TEST(Changes, ThatAreRefusedAreOneLine) {
  const Config config = loadPreset("aim8");
  EXPECT_THROW(changed(config, {"chip.dies", "65"}), UserError);
  EXPECT_THROW(changed(config, {"chip.dice", "8"}), UserError);
  EXPECT_THROW(changed(config, {"mapping.column_parts", "4"}), UserError);
}

}  // namespace
}  // namespace pim::platform

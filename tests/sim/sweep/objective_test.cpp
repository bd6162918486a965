// Which points are worth a look.
#include "sim/sweep/objective.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "core/base/error.h"

namespace pim::sim {
namespace {

TEST(Objective, KnowsItsWay) {
  EXPECT_TRUE(parseObjective("decode.tokens_per_second").maximise);
  EXPECT_FALSE(parseObjective("energy.joules_per_token").maximise);
  EXPECT_TRUE(parseObjective("energy.joules_per_token:max").maximise);
  EXPECT_EQ(toText(parseObjective("a.b:min")), "a.b:min");
  EXPECT_THROW(parseObjective("a:more"), UserError);
  EXPECT_THROW(parseObjective(":min"), UserError);
}

/// By the definition, point against point.
std::vector<std::size_t> byDefinition(const std::vector<Objective>& objectives,
                                      const std::vector<std::vector<double>>& values) {
  std::vector<std::size_t> front;
  for (std::size_t i = 0; i < values.size(); ++i) {
    bool best = !std::isnan(values[i][0]) && !std::isnan(values[i][1]);
    for (std::size_t j = 0; best && j < values.size(); ++j) {
      bool noWorse = true, better = false;
      for (std::size_t k = 0; k < objectives.size(); ++k) {
        if (!(values[j][k] == values[i][k] || objectives[k].better(values[j][k], values[i][k])))
          noWorse = false;
        if (objectives[k].better(values[j][k], values[i][k])) better = true;
      }
      if (noWorse && (better || j < i)) best = false;
    }
    if (best) front.push_back(i);
  }
  return front;
}

TEST(ParetoFront, IsWhatItsDefinitionSays) {
  const std::vector<Objective> objectives = defaultObjectives();
  std::mt19937 random(5);
  for (int round = 0; round < 50; ++round) {
    std::vector<std::vector<double>> values;
    for (int i = 0; i < 60; ++i) {
      values.push_back({static_cast<double>(random() % 20), static_cast<double>(random() % 20)});
      if (random() % 10 == 0) values.back()[1] = std::numeric_limits<double>::quiet_NaN();
    }
    EXPECT_EQ(paretoFront(objectives, values), byDefinition(objectives, values));
  }
}

}  // namespace
}  // namespace pim::sim

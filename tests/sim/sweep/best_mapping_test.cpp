// The best mapping against every mapping.
#include "sim/sweep/best_mapping.h"

#include <gtest/gtest.h>

#include <map>

#include "sim/sweep/evaluator.h"
#include "sim/sweep/variables.h"
#include "tests/sim/sweep/mapping_equality.h"
#include "tests/sim/sweep/two_layers.h"

namespace pim::sim {
namespace {

TEST(BestMapping, OfADecodeStepIsTheBestOfAll) {
  expectBestMappings(1, 1, Stages::kDecode);
}

// Points of one signature are simulated once, so that they have to take the same time: also where a longer
// tile moves something from CRAM to CMEM.
TEST(MappingSignature, IsTheSameOnlyForTheSameTime) {
  std::vector<Point> points;
  for (const char* cram : {"8", "48", "96", "160", "256"})
    for (const char* tile : {"1", "8", "32"})
      for (const char* tiles : {"1", "2"})
        points.push_back(changed(twoLayersOfLlama7b(), {{"controller.cram_kib", cram},
                                                        {"mapping.token_tile", tile},
                                                        {"schedule.tiles_in_flight", tiles},
                                                        {"decode", "64"}}));
  const std::vector<PointResult> results = simulatePoints(points, 2);
  std::map<std::string, double> seconds;
  for (std::size_t i = 0; i < points.size(); ++i) {
    ASSERT_TRUE(results[i].ok()) << results[i].error;
    const std::string signature = std::to_string(i / 6) + mappingSignature(points[i]);
    const double own = results[i].number("decode.seconds");
    EXPECT_EQ(seconds.emplace(signature, own).first->second, own) << "point " << i;
  }
  EXPECT_LT(seconds.size(), points.size());
}

// Where the search gives up a mapping, it has certainly lost.
TEST(BestMapping, APrefillIsRefusedOnlyIfItTakesLongerThanItsLimit) {
  Point point = twoLayersOfLlama7b();
  point.job = PointJob::prefill(20);
  const double seconds = simulatePoints({point}, 1).front().number("prefill.seconds");
  Point late = changed(point, {{"controller.firmware_clock_ns", "200"}});  // starts late
  const double lateSeconds = simulatePoints({late}, 1).front().number("prefill.seconds");
  point.prefillLimitSeconds = seconds;
  late.prefillLimitSeconds = lateSeconds;
  EXPECT_EQ(simulatePoints({point}, 1).front().number("prefill.seconds"), seconds);
  EXPECT_EQ(simulatePoints({late}, 1).front().number("prefill.seconds"), lateSeconds);
  point.prefillLimitSeconds = 0.999 * seconds;
  const PointResult slower = simulatePoints({point}, 1).front();
  EXPECT_EQ(slower.status, PointResult::Status::kRefused);
  EXPECT_NE(slower.error.find("slower than the limit"), std::string::npos) << slower.error;
}

TEST(BestMapping, OfAPrefillIsTheBestOfAll) {
  expectBestMappings(4, 2, Stages::kDecodeAndPrefill, {64});
}

}  // namespace
}  // namespace pim::sim

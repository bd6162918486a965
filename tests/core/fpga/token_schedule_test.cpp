#include "core/fpga/token_schedule.h"

#include <gtest/gtest.h>

#include "core/base/error.h"

namespace pim::fpga {
namespace {

Instruction of(Unit unit, UnitSet waits = {}, UnitSet releases = {}) {
  return {unit, waits, releases, {}, {}, 0};
}

TEST(TokenSchedule, UnitsOverlapUntilTheyWait) {
  TokenSchedule schedule;
  EXPECT_EQ(schedule.run(of(Unit::Load, {}, Unit::MatrixVector), 10).end, 10);
  const Interval second = schedule.run(of(Unit::Load, {}, Unit::MatrixVector), 10);
  EXPECT_EQ(second.begin, 10);
  EXPECT_EQ(schedule.run(of(Unit::MatrixVector, Unit::Load), 100).begin, 10) << "the oldest token";
  EXPECT_EQ(schedule.run(of(Unit::MatrixVector, Unit::Load), 100).begin, 110) << "in order";
  EXPECT_EQ(schedule.run(of(Unit::Store), 1).begin, 0) << "waits for nobody";
  EXPECT_EQ(schedule.end(), 210);
  EXPECT_EQ(schedule.pending(), 0U);
}

TEST(TokenSchedule, WaitsForTheLastOfSeveralUnits) {
  TokenSchedule schedule;
  schedule.run(of(Unit::Load, {}, Unit::Misc), 5);
  schedule.run(of(Unit::MatrixVector, {}, Unit::Misc | Unit::Store), 7);
  EXPECT_EQ(schedule.run(of(Unit::Misc, Unit::Load | Unit::MatrixVector), 1).begin, 7);
  EXPECT_EQ(schedule.pending(), 1U);
}

TEST(TokenSchedule, AProgramThatWouldNeverEndIsRefused) {
  TokenSchedule schedule;
  schedule.run(of(Unit::Load, {}, Unit::MatrixVector), 5);
  EXPECT_THROW(schedule.run(of(Unit::MatrixVector, Unit::Misc), 1), UserError);
}

}  // namespace
}  // namespace pim::fpga

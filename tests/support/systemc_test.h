#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <systemc>

#include "core/base/time.h"

namespace pim::test {

/// Base of tests that elaborate SystemC modules. A test has a simulation context of its own, so that a whole
/// binary runs in one process too; warnings and errors that SystemC or a module reports fail the test, fatal
/// ones throw.
class SystemCTest : public ::testing::Test {
 public:
  SystemCTest();
  ~SystemCTest() override;

 protected:
  /// Runs `body` as a thread of the simulation from time 0 until no event is left.
  void simulate(std::function<void()> body);

  static Picoseconds now();
  /// Waits, within simulate(), until a point in time that has not passed.
  static void waitUntil(Picoseconds time);

 private:
  sc_core::sc_simcontext* m_previous;
  sc_core::sc_simcontext* m_previousDefault;
  sc_core::sc_simcontext m_context;
};

}  // namespace pim::test

#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <systemc>

#include "core/base/time.h"

namespace pim::test {

/// Base of tests that elaborate SystemC modules. Each test has its own simulation context, so that a whole
/// binary can also run in one process. Warnings and errors reported through SystemC fail the test; fatal
/// reports throw.
class SystemCTest : public ::testing::Test {
 public:
  SystemCTest();
  ~SystemCTest() override;

 protected:
  /// Runs `body` as a thread of the simulation from time 0 until no event is left.
  void simulate(std::function<void()> body);

  static Picoseconds now();
  /// Waits within simulate() until `time`, which must not have passed.
  static void waitUntil(Picoseconds time);

 private:
  sc_core::sc_simcontext* m_previous;
  sc_core::sc_simcontext* m_previousDefault;
  sc_core::sc_simcontext m_context;
};

}  // namespace pim::test

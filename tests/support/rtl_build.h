#pragma once

#include <gtest/gtest.h>

#include "tlm/rtl/rtl_factories.h"

/// Skips a test that needs RTL where the project was built without Verilator.
#define SKIP_WITHOUT_RTL() \
  if (pim::linkedRtl().bank == nullptr) GTEST_SKIP() << "built without Verilator"

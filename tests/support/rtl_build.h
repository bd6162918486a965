#pragma once

#include <gtest/gtest.h>

/// Skips a test that needs RTL if the project was built without Verilator.
#ifdef PIMTLM_WITHOUT_RTL
#define SKIP_WITHOUT_RTL() GTEST_SKIP() << "built without Verilator"
#else
#define SKIP_WITHOUT_RTL() static_assert(true, "")
#endif

#pragma once

#include <gtest/gtest.h>

/// Ends a test that needs RTL where the project was built without Verilator.
#ifdef PIMTLM_WITHOUT_RTL
#define SKIP_WITHOUT_RTL() GTEST_SKIP() << "built without Verilator"
#else
#define SKIP_WITHOUT_RTL() static_assert(true, "")
#endif

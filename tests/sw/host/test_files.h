#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "tests/support/temporary_folder.h"

namespace pim::host::test {

/// The folder of real models that may lie beside the project.
inline std::string sharedModels() {
  const char* shared = std::getenv("PIMTLM_SHARED");
  return std::string(shared != nullptr ? shared : PIMTLM_SHARED_DEFAULT) + "/models";
}

#define SKIP_WITHOUT_SHARED_MODELS()                                      \
  if (!std::filesystem::exists(::pim::host::test::sharedModels())) {      \
    GTEST_SKIP() << "no models in " << ::pim::host::test::sharedModels(); \
  }                                                                       \
  static_assert(true, "")

using pim::test::TemporaryFolder;

inline std::vector<uint8_t> readAll(const std::string& path) {
  return pim::test::readAll<std::vector<uint8_t>>(path);
}

/// The line of the UserError that `action` throws; "" when it throws none.
template <typename Action>
std::string userError(const Action& action) {
  try {
    action();
  } catch (const UserError& error) {
    EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos) << "more than one line";
    return error.what();
  }
  return "";
}

}  // namespace pim::host::test

#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "tlm/core/error.h"

namespace pim::host::test {

/// The folder of real models that may lie beside the project.
inline std::string sharedModels() {
  const char* shared = std::getenv("PIMTLM_SHARED");
  return std::string(shared != nullptr ? shared : PIMTLM_DEFAULT_SHARED) + "/models";
}

#define SKIP_WITHOUT_SHARED_MODELS()                                      \
  if (!std::filesystem::exists(::pim::host::test::sharedModels())) {      \
    GTEST_SKIP() << "no models in " << ::pim::host::test::sharedModels(); \
  }                                                                       \
  static_assert(true, "")

/// A folder of its own for every test, gone afterwards.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "pimtlm-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
    m_path = pattern;
  }
  ~TemporaryFolder() { std::filesystem::remove_all(m_path); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  std::string path(const std::string& name) const { return m_path + "/" + name; }
  std::string write(const std::string& name, const std::vector<uint8_t>& bytes) const {
    std::ofstream out(path(name), std::ios::binary);
    out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    return path(name);
  }
  std::string write(const std::string& name, const std::string& text) const {
    return write(name, std::vector<uint8_t>(text.begin(), text.end()));
  }

 private:
  std::string m_path;
};

inline std::vector<uint8_t> readAll(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
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

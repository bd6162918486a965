#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "core/base/part_file.h"

namespace pim::cosim {

/// Writes the results of a bench for programs: --json FILE. Create it before the bench runs, so that a file
/// that cannot be written is reported at once.
class BenchRecord {
 public:
  /// `path` may be empty: then no file is written.
  explicit BenchRecord(const std::string& path)
      : m_file(path.empty() ? nullptr : std::make_unique<PartFile>("--json", path)) {}

  void write(const nlohmann::ordered_json& result) {
    if (m_file == nullptr) return;
    m_file->write(result.dump(2) + "\n");
    m_file->commit();
  }

 private:
  std::unique_ptr<PartFile> m_file;
};

}  // namespace pim::cosim

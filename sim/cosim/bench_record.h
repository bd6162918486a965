#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "core/base/part_file.h"

namespace pim::cosim {

/// What a bench did, for programs: --json FILE. Made before the bench runs, so that an unwritable place is
/// known at once.
class BenchRecord {
 public:
  /// `path` may be empty: then nothing is written.
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

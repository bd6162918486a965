#include "sim/sweep/sweep_directory.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/crc.hpp>
#include <filesystem>
#include <fstream>

#include "core/base/error.h"
#include "platform/config/document.h"
#include "sim/cli/version_text.h"
#include "sim/sweep/checksum.h"
#include "sim/sweep/durable_file.h"

namespace pim::sim {
namespace {

namespace fs = std::filesystem;

constexpr const char* kPlanFile = "sweep.yaml";
constexpr const char* kTableFile = "points.csv";
constexpr const char* kPointsFolder = "points";

void makeDirectory(const std::string& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error)
    throw UserError(
        fmt::format("--out {}: expected a directory that can be made: {}", path, error.message()));
}

}  // namespace

SweepDirectory SweepDirectory::create(const std::string& path, const SweepPlan& plan, bool keep) {
  makeDirectory(path);
  if (fs::exists(path + '/' + kPlanFile))
    throw UserError(fmt::format("--out {}: expected --resume, since a sweep was begun there", path));
  // A process that was killed while it wrote the plan leaves a part of it.
  std::error_code error;
  fs::remove(path + '/' + kPlanFile + ".part", error);
  if (keep) fs::remove(path + '/' + kPointsFolder, error);
  if (!fs::is_empty(path, error) || error)
    throw UserError(fmt::format("--out {}: expected a new or empty directory", path));
  SweepDirectory directory(path, plan, keep);
  if (keep) makeDirectory(directory.path(kPointsFolder));
  // Written last: this file makes the directory that of a sweep.
  directory.write(kPlanFile, toYaml(plan));
  return directory;
}

SweepDirectory SweepDirectory::open(const std::string& path) {
  const std::string planFile = path + '/' + kPlanFile;
  if (!fs::exists(planFile))
    throw UserError(fmt::format("--out {}: expected the directory of a sweep, found no {}", path, kPlanFile));
  SweepPlan plan;
  readPlan(platform::readTextFile(planFile), planFile, plan);
  return SweepDirectory(path, std::move(plan), fs::is_directory(path + '/' + kPointsFolder));
}

bool SweepDirectory::isComplete() const {
  const std::string table = path(kTableFile);
  std::ifstream file(table, std::ios::binary);
  if (!file) return false;
  boost::crc_32_type crc;
  std::string block(1 << 16, '\0');
  while (file.read(block.data(), static_cast<std::streamsize>(block.size())), file.gcount() > 0)
    crc.process_bytes(block.data(), static_cast<std::size_t>(file.gcount()));
  if (m_plan.complete != completeSum(crc.checksum()))
    throw UserError(
        fmt::format("{}: expected the table that the sweep of {} wrote, found another or a damaged one",
                    table, kPlanFile));
  return true;
}

std::string SweepDirectory::planSum() const {
  return fmt::format("{} {:08x}", versionText(), checksum(toYaml(m_plan)));
}

std::string SweepDirectory::completeSum(std::uint32_t tableChecksum) const {
  return fmt::format("{:08x}", checksum(fmt::format("{:08x} {}", tableChecksum, toYaml(m_plan))));
}

void SweepDirectory::markComplete(std::uint32_t tableChecksum) const {
  write(kPlanFile, toYaml(m_plan) + fmt::format("complete: '{}'\n", completeSum(tableChecksum)));
}

std::string SweepDirectory::taskJournal(std::uint64_t task) const {
  return path(fmt::format("tasks/{}.journal", task));
}

std::vector<std::string> SweepDirectory::journals() const {
  std::vector<std::string> journals{journal()};
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(path("tasks"), error))
    if (entry.path().extension() == ".journal") journals.push_back(entry.path().string());
  std::sort(journals.begin() + 1, journals.end());
  return journals;
}

void SweepDirectory::write(const std::string& name, const std::string& text) const {
  DurableFile file(path(name));
  file.write(text);
  file.commit();
}

void SweepDirectory::forgetJournals() const {
  std::error_code ignored;
  fs::remove(journal(), ignored);
  fs::remove_all(path("tasks"), ignored);
}

}  // namespace pim::sim

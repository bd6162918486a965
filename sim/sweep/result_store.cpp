#include "sim/sweep/result_store.h"

#include <fmt/format.h>

#include <filesystem>
#include <limits>

#include "core/base/error.h"
#include "sim/run/host_usage.h"

namespace pim::sim {

namespace {

/// The number of a journal's first line, which names the plan.
constexpr std::uint64_t kPlanLine = std::numeric_limits<std::uint64_t>::max();

}  // namespace

ResultStore::ResultStore(const std::string& own, const std::vector<std::string>& others, std::uint64_t points,
                         const std::string& planSum)
    : m_at(points), m_synced(hostClock()) {
  if (!own.empty()) {
    m_journals.push_back(std::make_unique<Journal>(own));
    if (m_journals.front()->numbers().empty()) m_journals.front()->append(kPlanLine, planSum);
  }
  for (const std::string& other : others) {
    if (other != own && std::filesystem::exists(other))
      m_journals.push_back(std::make_unique<Journal>(other, Journal::Mode::kRead));
  }
  for (std::size_t journal = 0; journal < m_journals.size(); ++journal) index(journal, planSum);
}

void ResultStore::index(std::size_t journal, const std::string& planSum) {
  const std::vector<std::uint64_t>& numbers = m_journals[journal]->numbers();
  if (!numbers.empty() && (numbers[0] != kPlanLine || m_journals[journal]->text(0) != planSum))
    throw UserError(fmt::format(
        "{}: expected points of the sweep.yaml beside it, by this version of pimtlm, found others",
        m_journals[journal]->path()));
  for (std::size_t place = 1; place < numbers.size(); ++place) {
    if (numbers[place] >= m_at.size())
      throw UserError(fmt::format("{}: line {}: expected a point below {}, found {}",
                                  m_journals[journal]->path(), place + 1, m_at.size(), numbers[place]));
    At& at = m_at[numbers[place]];
    if (at.journal >= 0) continue;
    at = {static_cast<std::int32_t>(journal), static_cast<std::uint32_t>(place)};
    ++m_done;
  }
}

PointResult ResultStore::result(std::uint64_t point) const {
  const At& at = m_at[point];
  const Journal& journal = *m_journals[static_cast<std::size_t>(at.journal)];
  try {
    return fromLine(journal.text(at.place));
  } catch (const nlohmann::json::exception&) {
    throw UserError(
        fmt::format("{}: line {}: expected a line written by pimtlm", journal.path(), at.place + 1));
  }
}

void ResultStore::append(std::uint64_t point, const PointResult& result) {
  Journal& own = *m_journals.front();
  own.append(point, toLine(result));
  m_at[point] = {0, static_cast<std::uint32_t>(own.numbers().size() - 1)};
  ++m_done;
  constexpr double kSyncSeconds = 2;  // results of this time may be lost if the power fails
  if (const double now = hostClock(); now - m_synced > kSyncSeconds) {
    own.sync();
    m_synced = now;
  }
}

}  // namespace pim::sim

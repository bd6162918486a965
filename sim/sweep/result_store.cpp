#include "sim/sweep/result_store.h"

#include <fmt/format.h>

#include <filesystem>

#include "core/base/error.h"
#include "sim/run/host_usage.h"

namespace pim::sim {

ResultStore::ResultStore(const std::string& own, const std::vector<std::string>& others, std::uint64_t points)
    : m_at(points), m_synced(hostClock()) {
  if (!own.empty()) m_journals.push_back(std::make_unique<Journal>(own));
  for (const std::string& other : others) {
    if (other != own && std::filesystem::exists(other))
      m_journals.push_back(std::make_unique<Journal>(other, Journal::Mode::kRead));
  }
  for (std::size_t journal = 0; journal < m_journals.size(); ++journal) index(journal);
}

void ResultStore::index(std::size_t journal) {
  const std::vector<std::uint64_t>& numbers = m_journals[journal]->numbers();
  for (std::size_t place = 0; place < numbers.size(); ++place) {
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

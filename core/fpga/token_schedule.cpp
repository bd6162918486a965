#include "core/fpga/token_schedule.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/error.h"

namespace pim::fpga {

Interval TokenSchedule::run(const Instruction& instruction, Femtoseconds duration) {
  const auto unit = static_cast<std::size_t>(instruction.unit);
  Femtoseconds begin = m_free[unit];
  if (!instruction.waits.empty()) {
    for (std::size_t from = 0; from < kUnits; ++from) {
      if (!instruction.waits.has(static_cast<Unit>(from))) continue;
      Tokens& tokens = m_tokens[from][unit];
      if (tokens.taken == tokens.given.size()) refuse(instruction, static_cast<Unit>(from));
      begin = std::max(begin, tokens.given[tokens.taken++]);
      if (tokens.taken == tokens.given.size()) {
        tokens.given.clear();
        tokens.taken = 0;
      }
    }
  }
  const Femtoseconds end = begin + duration;
  if (!instruction.releases.empty()) {
    for (std::size_t to = 0; to < kUnits; ++to) {
      if (instruction.releases.has(static_cast<Unit>(to))) m_tokens[unit][to].given.push_back(end);
    }
  }
  m_free[unit] = end;
  return {begin, end};
}

Femtoseconds TokenSchedule::end() const {
  return *std::max_element(m_free.begin(), m_free.end());
}

std::size_t TokenSchedule::pending() const {
  std::size_t count = 0;
  for (const auto& from : m_tokens) {
    for (const Tokens& tokens : from) count += tokens.given.size() - tokens.taken;
  }
  return count;
}

void TokenSchedule::reset() {
  m_free = {};
  for (auto& from : m_tokens) {
    for (Tokens& tokens : from) tokens = {};
  }
}

void TokenSchedule::refuse(const Instruction& instruction, Unit from) {
  throw UserError(fmt::format("{} waits for a token of {} that no earlier instruction gives",
                              unitName(instruction.unit), unitName(from)));
}

}  // namespace pim::fpga

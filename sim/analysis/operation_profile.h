#pragma once

#include <cstdint>
#include <map>
#include <tuple>

#include "core/observe/activity.h"

namespace pim::sim {

/// The kinds of units that serve commands.
enum class Unit : std::uint8_t { Bank, Link, Alu };
const char* unitName(Unit unit);

/// Totals of the commands of one kind.
struct OperationSums {
  std::uint64_t commands = 0;
  Picoseconds busy = 0;  ///< summed over commands
  std::uint64_t bankBytes = 0;
  std::uint64_t linkBytes = 0;
  std::uint64_t controllerBytes = 0;
  std::uint64_t macOperations = 0;
};

/// Adds up commands by phase (enum pim_mark), step (enum pim_step) and unit, for the roofline.
class OperationProfile : public ActivityObserver {
 public:
  using Key = std::tuple<std::uint32_t, std::uint8_t, Unit>;

  const std::map<Key, OperationSums>& sums() const { return m_sums; }

  void onMark(std::uint32_t kind, std::uint32_t, Picoseconds) override { m_phase = kind; }
  void onCommand(const pim_command& command, std::uint32_t sequence, const CommandRecord& record,
                 const Counters& counters) override;

 private:
  std::uint32_t m_phase = 0;
  OperationSums m_before;  // of the whole chip, after the previous command
  std::map<Key, OperationSums> m_sums;
};

}  // namespace pim::sim

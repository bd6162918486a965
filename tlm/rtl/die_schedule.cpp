#include "tlm/rtl/die_schedule.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <deque>
#include <map>
#include <stdexcept>

#include "tlm/rtl/die_model.h"

namespace pim {
namespace {

DieScheduleRecording* recording = nullptr;

}  // namespace

/// Banks that respond as in the recorded run. Each receives accesses of a kind in the order in which they
/// begin.
class DieSchedule::Banks : public DieBanks {
 public:
  void expect(const std::vector<DieBankAccess>& asked) {
    for (const DieBankAccess& access : asked) queue(access.kind, access.bank).push_back(&access);
  }

  BusError write(std::uint32_t bank, std::uint32_t offset, const std::vector<std::uint8_t>& bytes,
                 const std::vector<std::uint8_t>&) override {
    return given(DieBankAccess::Kind::Write, bank, offset, bytes);
  }
  BusError read(std::uint32_t bank, std::uint32_t offset, std::vector<std::uint8_t>& bytes) override {
    const DieBankAccess* asked = next(DieBankAccess::Kind::Read, bank, offset);
    if (asked == nullptr || asked->bytes.size() != bytes.size()) return BusError::Generic;
    bytes = asked->bytes;
    return asked->error;
  }
  BusError open(std::uint32_t bank, std::uint32_t offset, std::vector<std::uint8_t>& bytes,
                std::int64_t& cycles) override {
    cycles = 0;  // the request is presented when the bank is ready
    return read(bank, offset, bytes);
  }
  BusError command(std::uint32_t bank, std::uint32_t offset,
                   const std::vector<std::uint8_t>& bytes) override {
    return given(DieBankAccess::Kind::Command, bank, offset, bytes);
  }

  std::uint64_t wrong = 0;

 private:
  using Queue = std::deque<const DieBankAccess*>;

  Queue& queue(DieBankAccess::Kind kind, std::uint32_t bank) {
    return m_queues[static_cast<std::size_t>(kind) * DieModel::kBanks + bank];
  }
  const DieBankAccess* next(DieBankAccess::Kind kind, std::uint32_t bank, std::uint32_t offset) {
    Queue& left = queue(kind, bank);
    const DieBankAccess* asked = left.empty() ? nullptr : left.front();
    if (asked != nullptr) left.pop_front();
    if (asked == nullptr || asked->offset != offset) ++wrong;
    return asked;
  }
  BusError given(DieBankAccess::Kind kind, std::uint32_t bank, std::uint32_t offset,
                 const std::vector<std::uint8_t>& bytes) {
    const DieBankAccess* asked = next(kind, bank, offset);
    if (asked == nullptr) return BusError::Generic;
    if (asked->bytes != bytes) ++wrong;
    return asked->error;
  }

  std::array<Queue, 3 * DieModel::kBanks> m_queues;
};

DieSchedule::Seen& DieSchedule::Seen::operator+=(const Seen& other) {
  accesses += other.accesses;
  overlapping += other.overlapping;
  later += other.later;
  earlier += other.earlier;
  cyclesLater += other.cyclesLater;
  worst = std::max(worst, other.worst);
  wrong += other.wrong;
  return *this;
}

DieSchedule::Seen DieSchedule::replay() const {
  constexpr std::int64_t kRest = 64;  // idle cycles of a die that are not simulated one by one
  std::vector<const Entry*> order;
  for (const Entry& entry : m_entries) order.push_back(&entry);
  std::stable_sort(order.begin(), order.end(),
                   [](const Entry* a, const Entry* b) { return a->begin < b->begin; });

  Seen seen;
  Banks banks;
  DieModel die(m_banks, m_halfDuplex, banks);
  std::map<std::uint64_t, std::int64_t> due;  // accesses in flight: latest time of arrival
  std::int64_t skipped = 0;
  std::size_t next = 0;
  while (next < order.size() || !due.empty() || die.presenting()) {
    const std::int64_t now = die.cycle() + skipped;
    if (next < order.size() && due.empty() && order[next]->begin > now + kRest)
      skipped += order[next]->begin - now - kRest;
    if (next < order.size() && !die.presenting() && order[next]->begin <= die.cycle() + skipped) {
      const Entry& entry = *order[next];
      if (!due.empty()) ++seen.overlapping;
      banks.expect(entry.asked);
      due.emplace(next, entry.done);
      const DieAccess& access = entry.access;
      die.present({next++, access.write, access.address, access.bytes, access.data, access.strobes});
    }
    die.step();
    for (; !die.completions().empty(); die.completions().pop_front()) {
      const DieModel::Completion& completion = die.completions().front();
      const std::int64_t late = completion.done + skipped - due.at(completion.id);
      due.erase(completion.id);
      ++seen.accesses;
      if (late > 0) ++seen.later;
      if (late < 0) ++seen.earlier;
      seen.cyclesLater += late;
      seen.worst = std::max(seen.worst, std::abs(late));
    }
  }
  seen.wrong = banks.wrong;
  return seen;
}

DieScheduleRecording::DieScheduleRecording() {
  if (recording != nullptr) throw std::logic_error("DieScheduleRecording: one at a time");
  recording = this;
}

DieScheduleRecording::~DieScheduleRecording() {
  recording = nullptr;
}

std::shared_ptr<DieSchedule> DieScheduleRecording::schedule(std::uint32_t banks, bool halfDuplex) {
  if (recording == nullptr) return nullptr;
  recording->m_schedules.push_back(std::make_shared<DieSchedule>(banks, halfDuplex));
  return recording->m_schedules.back();
}

DieSchedule::Seen DieScheduleRecording::replay() const {
  DieSchedule::Seen sum;
  for (const auto& schedule : m_schedules) sum += schedule->replay();
  return sum;
}

}  // namespace pim

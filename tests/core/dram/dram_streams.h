#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include "core/dram/bank_timing.h"
#include "core/dram/dram_command.h"

namespace pim::test {

class Recorder : public DramObserver {
 public:
  void command(const DramCommand& command) override { m_commands.push_back(command); }
  const std::vector<DramCommand>& commands() const { return m_commands; }

 private:
  std::vector<DramCommand> m_commands;
};

struct TimedRequest {
  DramCycles gap;  ///< between the end of the request before and the arrival of this one; may be negative
  StreamRequest request;
};

/// Random settings that cover every policy, and random requests that make each of them matter.
class RandomStreams {
 public:
  explicit RandomStreams(std::uint64_t seed) : m_random(seed) {}

  DramSettings settings() {
    DramSettings s;
    DramTimingNs& ns = s.ns;
    s.refresh = pick({DramRefresh::AllBank, DramRefresh::AllBank, DramRefresh::PerBank, DramRefresh::Off});
    s.refreshPostponeMax = number(0, 8);
    s.organisation.rowBuffers = static_cast<std::uint32_t>(number(1, 2));
    s.organisation.bankBytes = 1 << 20;
    s.activationLimit =
        pick({DramActivationLimit::Off, DramActivationLimit::Enforced, DramActivationLimit::Staggered});
    if (number(0, 2) == 0) return s;  // the preset's timing
    ns.tRcdRead = half(2, 60);
    ns.tRcdMac = half(2, 80);
    ns.tRcdWrite = half(2, 60);
    ns.tRp = half(2, 60);
    ns.tRtp = half(0, 30);
    ns.tRas = ns.tRcdRead + ns.tRtp + half(0, 60);
    ns.tRc = ns.tRas + ns.tRp + half(0, 20);
    ns.tCcd = half(1, 6);
    ns.tWr = half(0, 60);
    ns.tRrd = half(1, 30);
    ns.tFaw = ns.tRrd + half(0, 120);
    ns.tRfc = half(1, 400);
    ns.tRfcPb = half(1, 200);
    ns.tRefi = 1200 + half(0, 1000);
    s.organisation.pageBytes = pick({64u, 256u, 1024u, 2048u});
    return s;
  }

  StreamRequest request(const DramTiming& timing, std::uint32_t bank) {
    StreamRequest r;
    r.kind = pick({StreamRequest::Kind::Read, StreamRequest::Kind::Mac, StreamRequest::Kind::Write});
    r.bank = bank;
    const std::uint64_t total = timing.organisation.bankBytes / timing.organisation.columnBytes;
    const auto perRow = static_cast<std::uint64_t>(timing.columnsPerRow());
    // Mostly few rows near the beginning, so that rows are met open; now and then a long stream.
    const std::uint64_t first = static_cast<std::uint64_t>(number(0, static_cast<std::int64_t>(4 * perRow)));
    const std::uint64_t rows = number(0, 5) == 0 ? 60 : 4;
    r.byteOffset = first * timing.organisation.columnBytes;
    r.columns = static_cast<std::uint64_t>(
        number(0, static_cast<std::int64_t>(std::min(rows * perRow, total - first))));
    r.columnInterval = pick({0l, 0l, 1l, 4l, 9l, 40l, 333l});
    if (r.columnInterval == 333) r.columns = std::min<std::uint64_t>(r.columns, 300);
    return r;
  }

  /// Back to back, early, or after idling for anything from a cycle to many refreshes.
  DramCycles gap() {
    return pick(
        {DramCycles{0}, DramCycles{0}, number(-500, 0), number(1, 100), number(1, 5000), number(1, 100'000)});
  }

  std::int64_t number(std::int64_t least, std::int64_t most) {
    return std::uniform_int_distribution<std::int64_t>(least, most)(m_random);
  }

 private:
  double half(std::int64_t leastHalves, std::int64_t mostHalves) {
    return static_cast<double>(number(leastHalves, mostHalves)) / 2;
  }
  template <class T>
  T pick(std::initializer_list<T> choices) {
    return choices.begin()[number(0, static_cast<std::int64_t>(choices.size()) - 1)];
  }

  std::mt19937_64 m_random;
};

}  // namespace pim::test

#include "sim/cosim/die_bench.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <random>
#include <utility>

#include "sim/cosim/die_accesses.h"
#include "sim/cosim/die_bench_banks.h"
#include "tlm/die/die.h"
#include "tlm/kit/port_words.h"
#include "tlm/kit/transaction.h"
#include "tlm/rtl/die_model.h"
#include "tlm/rtl/rtl_mismatch.h"

namespace pim::cosim {
namespace {

DieParameters dieParameters(const DieBenchOptions& options) {
  DieParameters parameters;
  parameters.banks = options.banks;
  parameters.timing.link = Bandwidth::fromGbPerS(DieModel::kLinkBytes);
  parameters.timing.ram = Bandwidth::fromGbPerS(options.narrowRam ? 16 : DieModel::kRamPortBytes);
  parameters.timing.fullDuplex = !options.halfDuplex;
  parameters.timing.hop = (options.narrowRam ? 3 : DieModel::kHop) * kDieCycle;
  parameters.timing.beatBytes = DieModel::kLinkBytes;
  parameters.ramBytes = options.narrowRam ? 2048 : DieModel::kRamBytes;
  parameters.exact = true;
  return parameters;
}

/// The two dies with their banks, and the accesses to both.
class DieBench : public sc_core::sc_module {
 public:
  DieBench(const sc_core::sc_module_name& name, const DieBenchOptions& options)
      : sc_module(name),
        m_options(options),
        m_parameters(pim::cosim::dieParameters(options)),
        m_source(m_parameters, options.seed),
        m_link("link"),
        m_other("other"),
        m_banks("banks_behind_rtl", options.banks) {
    std::vector<LockstepBank*> members;
    for (std::uint32_t b = 0; b < options.banks; ++b) {
      m_tlmBanks.push_back(std::make_unique<Bank>(fmt::format("bank{}", b).c_str(), m_shared.of(b), b));
      members.push_back(m_tlmBanks.back().get());
    }
    m_statistics.bankBusy = BankBusy(1, options.banks);
    m_tlm = std::make_unique<DieInterconnect>("die", m_parameters, members, m_shared.of(0), m_statistics);
    for (std::uint32_t b = 0; b < options.banks; ++b) m_tlm->banks.bind(m_tlmBanks[b]->socket());
    m_link.bind(m_tlm->link[DieInterconnect::ProcessorPort]);
    m_other.bind(m_tlm->link[DieInterconnect::BusPort]);
    m_rtl =
        std::make_unique<DieModel>(options.banks, options.halfDuplex, m_banks,
                                   options.narrowRam ? DieModel::Shape::NarrowRam : DieModel::Shape::Standard,
                                   RtlStalls{options.stallPercent, options.seed});
    if (options.record != nullptr) m_rtl->record(*options.record);
  }

  DieBenchResult run() {
    try {
      play();
    } catch (const RtlMismatch& mismatch) {
      m_result.mismatch = fmt::format("{} (seed {})", mismatch.what(), m_options.seed);
    }
    m_result.cycles = m_rtl->cycle();
    m_result.edges = m_rtl->edges();
    return m_result;
  }

 private:
  struct Expected {
    DieBenchAccess access;
    BusError error = BusError::None;
    std::int64_t begin = -1;  // of data transfers only
    std::int64_t done = 0;
    std::vector<std::uint8_t> data;
  };
  static constexpr std::uint8_t kUntouched = 0xEE;
  static constexpr std::int64_t kPatience = 100'000;  // edges: more than any access takes, with stalls

  void play() {
    std::uint64_t issued = 0;
    while (issued < m_options.transfers || !m_expected.empty() || m_rtl->presenting()) {
      if (issued < m_options.transfers && offer()) ++issued;
      step();
      if (m_rtl->edges() - m_progress > kPatience)
        mismatch(nameOf(m_access), "answer", "one", "none", m_rtl->cycle());
    }
    compareContents();
  }

  /// Presents the next access if it is due; returns whether it did.
  bool offer() {
    if (m_rtl->presenting() || m_rtl->cycle() < m_next) return false;
    if (!m_drawn) {
      m_access = m_source.draw();
      m_drawn = true;
    }
    // In the model, an access takes effect when it is called. Accesses that use the same devices must
    // therefore not overlap.
    std::uint32_t inUse = 0;
    for (const auto& [id, expected] : m_expected) inUse |= expected.access.devices;
    if ((inUse & m_access.devices) != 0) return false;
    m_drawn = false;
    m_access.request.id = ++m_id;
    expect(m_access);
    m_rtl->present(m_access.request);
    switch (m_source.below(4)) {
      case 0:
        m_next = m_rtl->cycle() + static_cast<std::int64_t>(m_source.below(40));
        break;
      case 1:
        m_next = m_rtl->cycle() + static_cast<std::int64_t>(m_source.below(3));
        break;
      default:
        break;
    }
    return true;
  }

  /// Sends the access to the TLM die and records the expected results.
  void expect(const DieBenchAccess& drawn) {
    Expected& expected = m_expected[m_id];
    expected.access = drawn;
    const DieBenchAccess& access = expected.access;
    const DieModel::Request& request = access.request;
    const std::int64_t now = m_rtl->cycle();
    const std::uint32_t bytes = access.parts * request.bytes;
    std::vector<std::uint8_t> buffer(std::max<std::size_t>(bytes, 4), kUntouched);
    auto& payload = request.write ? m_transaction.write(request.address, request.data.data(), bytes)
                                  : m_transaction.read(request.address, buffer.data(), bytes);
    if (request.write && !request.strobes.empty()) setStrobes(payload, request.strobes, m_enables);
    sc_core::sc_time delay = toScTime(now * kDieCycle);
    auto& socket = m_source.below(2) == 0 ? m_link : m_other;
    m_transaction.command.answer.serviceStart = -kDieCycle;
    socket->b_transport(payload, delay);
    setStrobes(payload, {}, m_enables);

    expected.error = errorOf(payload);
    expected.done = toPicoseconds(delay) / kDieCycle;
    const bool beside = access.isBell || access.isRegister;
    if (!beside) expected.begin = m_transaction.command.answer.serviceStart / kDieCycle;
    if (!request.write) expected.data.assign(buffer.begin(), buffer.begin() + bytes);
  }

  void step() {
    const std::int64_t cycle = m_rtl->cycle();
    m_banks.now = cycle;
    try {
      m_rtl->step();
    } catch (const RtlAssertion& assertion) {
      const Mismatch what = mismatchOf(assertion, m_rtl->cycle());
      mismatch(nameOf(m_access), what.field, what.expected, what.actual, what.cycle);
    }
    while (!m_rtl->completions().empty()) {
      m_progress = m_rtl->edges();
      check(m_rtl->completions().front());
      m_rtl->completions().pop_front();
    }
  }

  void check(const DieModel::Completion& actual) {
    const auto found = m_expected.find(actual.id);
    if (found == m_expected.end())
      mismatch(fmt::format("access {}", actual.id), "completion", "none", "one", actual.done);
    const Expected& expected = found->second;
    const DieBenchAccess& access = expected.access;
    const std::string what = nameOf(access);
    if (actual.error != expected.error)
      mismatch(what, "error", static_cast<int>(expected.error), static_cast<int>(actual.error), actual.done);
    // A write to cells takes time in the bank, which does not count for the die.
    const bool inBank = expected.begin >= 0 && !actual.refused && access.devices != kRamBit;
    const std::int64_t done =
        actual.done + (inBank && access.request.write ? std::exchange(m_banks.writing, 0) : 0);
    if (done != expected.done) mismatch(what, "done", expected.done, done, actual.done);
    if (!actual.refused && expected.begin >= 0 && actual.begin != expected.begin)
      mismatch(what, "begin", expected.begin, actual.begin, actual.done);
    for (std::uint32_t b = 0; b < m_options.banks && !actual.refused; ++b) {
      if ((access.devices >> b & 1) != 0 && !m_tlmBanks[b]->sameTiming(m_banks.bank(b)))
        mismatch(what, fmt::format("time of bank {}", b), m_tlmBanks[b]->busyUntil(),
                 m_banks.bank(b).busyUntil(), actual.done);
    }
    if (expected.error == BusError::None || access.parts > 1) compareData(what, expected, actual);
    count(actual, access);
    m_expected.erase(found);
  }

  void compareData(const std::string& what, const Expected& expected, const DieModel::Completion& actual) {
    if (expected.data.empty() || actual.refused) return;
    std::vector<std::uint8_t> data = actual.data;
    for (std::size_t i = 0; i < actual.strobes.size(); ++i) {
      if (actual.strobes[i] == 0) data[i] = kUntouched;
    }
    if (data.size() != expected.data.size())
      mismatch(what, "bytes", expected.data.size(), data.size(), actual.done);
    for (std::size_t i = 0; i < data.size(); ++i) {
      if (data[i] != expected.data[i])
        mismatch(what, fmt::format("byte {}", i), expected.data[i], data[i], actual.done);
    }
  }

  void count(const DieModel::Completion& actual, const DieBenchAccess& access) {
    if (actual.refused) {
      ++m_result.refused;
    } else {
      if (actual.error != BusError::None) ++m_result.failed;
      ++(access.isBell ? m_result.doorbells : access.isRegister ? m_result.registers : m_result.data);
      if (!access.isBell && !access.isRegister)
        m_result.bytes += std::uint64_t{access.parts} * access.request.bytes;
    }
  }

  void compareContents() {
    for (std::uint32_t b = 0; b < m_options.banks; ++b) {
      const std::uint32_t bram = m_shared.of(b).parameters.bramBytes;
      for (std::uint32_t i = 0; i < bram; i += 4) compareWord(b, BankAddress::kBram + i);
      for (std::uint32_t i = 0; i < kDieBenchBmem; i += 4) compareWord(b, BankAddress::kBmem + i);
    }
  }
  void compareWord(std::uint32_t bank, std::uint64_t offset) {
    std::uint32_t expected = 0;
    m_link->transport_dbg(m_transaction.read(DieAddress::bank(bank, offset), &expected, 4));
    const std::uint32_t actual = m_banks.word(bank, offset);
    if (actual != expected)
      mismatch("after the last access", fmt::format("bank {} offset {:#x}", bank, offset), expected, actual,
               m_rtl->cycle());
  }

  static std::string nameOf(const DieBenchAccess& access) {
    return fmt::format("access {}, {} of {} x {} bytes at {:#x}", access.request.id,
                       access.request.write ? "write" : "read", access.parts, access.request.bytes,
                       access.request.address);
  }

  template <typename Value, typename Actual>
  [[noreturn]] void mismatch(const std::string& access, const std::string& field, Value expected,
                             Actual actual, std::int64_t cycle) {
    const bool traced = !m_options.wave.empty() && m_rtl->writeWaveform(m_options.wave);
    throw RtlMismatch({"die", access, field, fmt::format("{}", expected), fmt::format("{}", actual), cycle},
                      traced ? m_options.wave : "");
  }

  DieBenchOptions m_options;
  DieParameters m_parameters;
  DieAccessSource m_source;
  Statistics m_statistics;
  DieBenchCommons m_shared{m_statistics.counters};
  std::vector<std::unique_ptr<Bank>> m_tlmBanks;
  std::unique_ptr<DieInterconnect> m_tlm;
  tlm_utils::simple_initiator_socket<DieBench> m_link, m_other;
  Transaction m_transaction;
  std::vector<std::uint8_t> m_enables;
  BanksBehindRtl m_banks;
  std::unique_ptr<DieModel> m_rtl;

  DieBenchAccess m_access;
  bool m_drawn = false;
  std::int64_t m_next = 0;
  std::uint64_t m_id = 0;
  std::int64_t m_progress = 0;
  std::map<std::uint64_t, Expected> m_expected;
  DieBenchResult m_result;
};

}  // namespace

DieBenchResult runDieBench(const DieBenchOptions& options) {
  DieBench bench("die_bench", options);
  sc_core::sc_start(sc_core::SC_ZERO_TIME);
  return bench.run();
}

}  // namespace pim::cosim

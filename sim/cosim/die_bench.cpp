#include "sim/cosim/die_bench.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <random>
#include <utility>

#include "tlm/die/die.h"
#include "tlm/kit/port_words.h"
#include "tlm/kit/transaction.h"
#include "tlm/rtl/die_model.h"
#include "tlm/rtl/rtl_mismatch.h"

namespace pim::cosim {
namespace {

constexpr Picoseconds kCycle = 1000;
constexpr std::uint32_t kBram = 8 * 1024;
constexpr std::uint32_t kShortBram = 2 * 1024;  // of one bank, so that some accesses fail in it only
constexpr std::uint32_t kBmem = 1 << 20;
// Devices an access touches, beside a bit per bank.
constexpr std::uint32_t kRamBit = 1u << 31;
constexpr std::uint32_t kAll = ~0u;

BankParameters bankParameters(std::uint32_t bramBytes) {
  DramSettings dram;
  dram.ns.tCk = 1;
  dram.organisation.bankBytes = kBmem;
  BankParameters parameters;
  parameters.dram = BankTiming(resolveDramTiming(dram));
  parameters.compute.clock = Clock(parameters.dram.timing().tCkPs);
  parameters.bramBytes = bramBytes;
  parameters.functional = true;
  return parameters;
}

/// What the banks of the bench share: one of them has less BRAM.
struct SharedByBanks {
  explicit SharedByBanks(Counters& counters)
      : usual(bankParameters(kBram), counters), shortBram(bankParameters(kShortBram), counters) {}
  BankCommons usual, shortBram;
  BankCommons& of(std::uint32_t bank) { return bank == 1 ? shortBram : usual; }
};

DieParameters dieParameters(const DieBenchOptions& options) {
  DieParameters parameters;
  parameters.banks = options.banks;
  parameters.timing.link = Bandwidth::fromGbPerS(DieModel::kLinkBytes);
  parameters.timing.ram = Bandwidth::fromGbPerS(options.narrowRam ? 16 : DieModel::kRamPortBytes);
  parameters.timing.fullDuplex = !options.halfDuplex;
  parameters.timing.hop = (options.narrowRam ? 3 : DieModel::kHop) * kCycle;
  parameters.timing.beatBytes = DieModel::kLinkBytes;
  parameters.ramBytes = options.narrowRam ? 2048 : DieModel::kRamBytes;
  parameters.exact = true;
  return parameters;
}

/// The banks behind the RTL: they are TLM banks as well, so that only the die differs.
class BanksBehindRtl : public sc_core::sc_module, public DieModel::Banks {
 public:
  BanksBehindRtl(const sc_core::sc_module_name& name, std::uint32_t count)
      : sc_module(name), m_ports("port", count) {
    for (std::uint32_t b = 0; b < count; ++b) {
      m_banks.push_back(std::make_unique<Bank>(fmt::format("bank{}", b).c_str(), m_shared.of(b), b));
      m_ports[b].bind(m_banks.back()->socket());
    }
  }

  std::int64_t now = 0;  ///< cycle
  /// Cycles that the last write spent in the bank itself.
  std::int64_t writing = 0;

  BusError write(std::uint32_t bank, std::uint32_t offset, const std::vector<std::uint8_t>& bytes,
                 const std::vector<std::uint8_t>& strobes) override {
    auto& payload = m_access.write(offset, bytes.data(), static_cast<std::uint32_t>(bytes.size()));
    setStrobes(payload, strobes, m_enables);
    const BusError error = access(bank, payload, writing);
    setStrobes(payload, {}, m_enables);
    return error;
  }

  BusError read(std::uint32_t bank, std::uint32_t offset, std::vector<std::uint8_t>& bytes) override {
    std::int64_t none = 0;  // BRAM keeps pace
    return access(bank, m_access.read(offset, bytes.data(), static_cast<std::uint32_t>(bytes.size())), none);
  }

  BusError open(std::uint32_t bank, std::uint32_t offset, std::vector<std::uint8_t>& bytes,
                std::int64_t& cycles) override {
    return access(bank, m_access.read(offset, bytes.data(), static_cast<std::uint32_t>(bytes.size())),
                  cycles);
  }

  BusError command(std::uint32_t bank, std::uint32_t offset,
                   const std::vector<std::uint8_t>& bytes) override {
    std::int64_t none = 0;  // a doorbell returns at once
    return access(bank, m_access.write(offset, bytes.data(), static_cast<std::uint32_t>(bytes.size())), none);
  }

  const Bank& bank(std::uint32_t index) const { return *m_banks[index]; }
  std::uint32_t word(std::uint32_t bank, std::uint64_t offset) {
    std::uint32_t value = 0;
    m_ports[bank]->transport_dbg(m_access.read(offset, &value, 4));
    return value;
  }

 private:
  /// `cycles`: the time it takes in the bank.
  BusError access(std::uint32_t bank, tlm::tlm_generic_payload& payload, std::int64_t& cycles) {
    sc_core::sc_time delay = toScTime(now * kCycle);
    m_ports[bank]->b_transport(payload, delay);
    cycles = toPicoseconds(delay) / kCycle - now;
    return errorOf(payload);
  }

  Counters m_counters;
  SharedByBanks m_shared{m_counters};
  std::vector<std::unique_ptr<Bank>> m_banks;
  sc_core::sc_vector<tlm_utils::simple_initiator_socket_tagged<BanksBehindRtl>> m_ports;
  Transaction m_access;
  std::vector<std::uint8_t> m_enables;
};

/// One access and what it touches.
struct Access {
  DieModel::Request request;
  std::uint32_t parts = 1;    // gather: banks
  std::uint32_t devices = 0;  // whose data, time or refusals it uses
  bool isRegister = false;
  bool isBell = false;
};

/// Draws accesses: mostly good ones, and some of every kind of bad one.
class AccessSource {
 public:
  AccessSource(const DieParameters& die, std::uint64_t seed) : m_die(die), m_random(seed) {}

  std::uint64_t below(std::uint64_t n) { return m_random() % n; }

  Access draw() {
    Access access;
    switch (below(12)) {
      case 0:
      case 1:
      case 2:
        broadcast(access);
        break;
      case 3:
      case 4:
        gather(access);
        break;
      case 5:
        bankByAddress(access, true);
        break;
      case 6:
        bankByAddress(access, false);
        break;
      case 7:
        dieRam(access, below(2) == 0);
        break;
      case 8:
        registerAccess(access);
        break;
      case 9:
        wrong(access);
        break;
      default:
        doorbell(access);
    }
    return access;
  }

 private:
  std::uint32_t allBanks() const { return (1u << m_die.banks) - 1; }
  std::uint32_t mask() {
    if (below(30) == 0) return 0;
    if (below(30) == 0) return static_cast<std::uint32_t>(m_random()) | 1u << m_die.banks;
    return static_cast<std::uint32_t>(1 + below(allBanks()));
  }
  std::uint32_t length() {
    switch (below(8)) {
      case 0:
        return static_cast<std::uint32_t>(1 + below(32));
      case 1:
        return static_cast<std::uint32_t>(64 * (1 + below(16)));
      default:
        return static_cast<std::uint32_t>(1 + below(400));
    }
  }
  /// Within BRAM, or over the end of the short one or of all.
  std::uint32_t bramOffset(std::uint32_t bytes) {
    const std::uint32_t size = below(4) == 0 ? kShortBram : kBram;
    const std::uint64_t slack = below(10) == 0 ? 64 : 0;
    const std::uint64_t room = size + slack > bytes ? size + slack - bytes : 1;
    return static_cast<std::uint32_t>(BankAddress::kBram + below(room));
  }
  void fill(Access& access) {
    if (!access.request.write) return;
    access.request.data.resize(access.request.bytes);
    for (auto& byte : access.request.data) byte = static_cast<std::uint8_t>(m_random());
  }
  void disableSomeBytes(Access& access) {
    if (below(6) != 0) return;
    for (std::uint32_t i = 0; i < access.request.bytes; ++i)
      access.request.strobes.push_back(static_cast<std::uint8_t>(below(2)));
  }

  void broadcast(Access& access) {
    access.request.write = true;
    access.request.bytes = below(60) == 0 ? m_die.ramBytes + static_cast<std::uint32_t>(below(2)) : length();
    const std::uint32_t banks = mask();
    access.request.address = DieAddress::broadcast(banks, bramOffset(access.request.bytes));
    access.devices = banks & allBanks();
    fill(access);
    disableSomeBytes(access);
  }
  void gather(Access& access) {
    const std::uint32_t banks = mask();
    access.parts = static_cast<std::uint32_t>(__builtin_popcount(banks));
    access.request.bytes = below(60) == 0 ? m_die.ramBytes + static_cast<std::uint32_t>(below(2)) : length();
    access.request.address = DieAddress::gather(banks, bramOffset(access.request.bytes));
    access.devices = banks & allBanks();
  }
  void bankByAddress(Access& access, bool write) {
    const auto bank = static_cast<unsigned>(below(m_die.banks + (below(20) == 0 ? 1 : 0)));
    access.request.write = write;
    access.request.bytes = length();
    std::uint64_t offset = bramOffset(access.request.bytes);
    if (below(2) == 0) offset = BankAddress::kBmem + below(kBmem - access.request.bytes + 32);
    if (!write && below(6) == 0) {
      offset = BankAddress::kStatus + 4 * below(2);
      access.request.bytes = 4;
    }
    access.request.address = DieAddress::bank(bank, offset);
    access.devices = (1u << bank) & allBanks();
    fill(access);
    if (write) disableSomeBytes(access);
  }
  void dieRam(Access& access, bool write) {
    access.request.write = write;
    access.request.bytes = length();
    access.request.address =
        DieAddress::kDieRam + below(m_die.ramBytes + 8 - std::min(access.request.bytes, m_die.ramBytes));
    if (below(16) == 0) access.request.address = DieAddress::kRegisterBytes + below(DieAddress::kDieRam);
    access.devices = kRamBit;
    fill(access);
    if (write) disableSomeBytes(access);
  }
  void registerAccess(Access& access) {
    access.isRegister = true;
    access.request.write = below(4) == 0;
    access.request.bytes = below(8) == 0 ? static_cast<std::uint32_t>(1 + below(8)) : 4;
    access.request.address = below(5) == 0 ? below(DieAddress::kRegisterBytes) : 4 * below(4);
    if (!access.request.write && access.request.address == DieAddress::kFaultMask) access.devices = kAll;
    fill(access);
  }
  void wrong(Access& access) {
    access.request.bytes = static_cast<std::uint32_t>(below(3) == 0 ? 0 : 4);
    const auto banks = static_cast<std::uint32_t>(1 + below(allBanks()));
    const auto offset = static_cast<std::uint32_t>(BankAddress::kBram);
    access.request.write = below(2) == 0;
    switch (below(4)) {
      case 0:
        access.request.address = DieAddress::broadcast(banks, offset);
        break;
      case 1:
        access.request.address = DieAddress::gather(banks, offset);
        access.parts = static_cast<std::uint32_t>(__builtin_popcount(banks));
        break;
      case 2:
        access.request.address = (3 + below(5)) << DieAddress::kWindowShift | offset;
        break;
      default:
        access.request.address = (m_die.banks + 1 + below(1u << 20)) << DieAddress::kBankShift | offset;
    }
    access.devices = banks;
    fill(access);
  }
  void doorbell(Access& access) {
    pim_command command{};
    command.opcode = PIM_OP_MAC;
    command.groups = command.banks_per_group = 1;
    if (below(3) == 0) command.flags = PIM_FLAG_IRQ;  // for the Controller's queue: the die looks at no flag
    pim_mac& mac = command.body.mac;
    mac.rows = mac.out_rows = static_cast<std::uint32_t>(1 + below(3));
    mac.k = mac.group = 64;
    mac.vectors = 1;
    mac.bram_out = static_cast<std::uint32_t>(4 * below(below(2) == 0 ? kShortBram / 4 : kBram / 4 + 8));
    mac.weight_bits = 4;
    mac.scale_bits = 16;
    mac.activation_bits = 16;
    if (below(30) == 0) command.opcode = PIM_OP_NOP;

    access.isBell = access.request.write = true;
    access.request.bytes = PIM_COMMAND_BYTES;
    if (below(30) == 0) access.request.bytes = static_cast<std::uint32_t>(1 + below(200));
    const std::uint32_t offset = below(30) == 0 ? static_cast<std::uint32_t>(4 * below(1024)) : 0;
    std::uint32_t banks = mask();
    access.request.address = DieAddress::broadcast(banks, offset);
    if (below(4) == 0) {
      const auto bank = static_cast<unsigned>(below(m_die.banks));
      banks = 1u << bank;
      access.request.address = DieAddress::bank(bank, offset);
    }
    access.devices = banks & allBanks();
    fill(access);
    std::memcpy(access.request.data.data(), &command,
                std::min<std::size_t>(access.request.bytes, sizeof command));
  }

  const DieParameters& m_die;
  std::mt19937_64 m_random;
};

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
    m_tlm = std::make_unique<DieInterconnect>("die", m_parameters, members, m_shared.usual, m_statistics);
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
    Access access;
    BusError error = BusError::None;
    std::int64_t begin = -1;  // data only
    std::int64_t done = 0;
    std::vector<std::uint8_t> data;
  };
  static constexpr std::uint8_t kUntouched = 0xEE;
  static constexpr std::int64_t kPatience = 100'000;  // edges: longer than any access takes, stalls and all

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

  /// Presents the next access when it is its time; false if none was.
  bool offer() {
    if (m_rtl->presenting() || m_rtl->cycle() < m_next) return false;
    if (!m_drawn) {
      m_access = m_source.draw();
      m_drawn = true;
    }
    // In the model an access has its effect when it is called: those that touch the same devices must not
    // overlap.
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

  /// What the TLM die makes of it.
  void expect(const Access& drawn) {
    Expected& expected = m_expected[m_id];
    expected.access = drawn;
    const Access& access = expected.access;
    const DieModel::Request& request = access.request;
    const std::int64_t now = m_rtl->cycle();
    const std::uint32_t bytes = access.parts * request.bytes;
    std::vector<std::uint8_t> buffer(std::max<std::size_t>(bytes, 4), kUntouched);
    auto& payload = request.write ? m_transaction.write(request.address, request.data.data(), bytes)
                                  : m_transaction.read(request.address, buffer.data(), bytes);
    if (request.write && !request.strobes.empty()) setStrobes(payload, request.strobes, m_enables);
    sc_core::sc_time delay = toScTime(now * kCycle);
    auto& socket = m_source.below(2) == 0 ? m_link : m_other;
    m_transaction.command.answer.serviceStart = -kCycle;
    socket->b_transport(payload, delay);
    setStrobes(payload, {}, m_enables);

    expected.error = errorOf(payload);
    expected.done = toPicoseconds(delay) / kCycle;
    const bool beside = access.isBell || access.isRegister;
    if (!beside) expected.begin = m_transaction.command.answer.serviceStart / kCycle;
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
    const Access& access = expected.access;
    const std::string what = nameOf(access);
    if (actual.error != expected.error)
      mismatch(what, "error", static_cast<int>(expected.error), static_cast<int>(actual.error), actual.done);
    // Writing cells takes a bank its own time, which is not the die's.
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

  void count(const DieModel::Completion& actual, const Access& access) {
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
      for (std::uint32_t i = 0; i < kBmem; i += 4) compareWord(b, BankAddress::kBmem + i);
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

  static std::string nameOf(const Access& access) {
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
  AccessSource m_source;
  Statistics m_statistics;
  SharedByBanks m_shared{m_statistics.counters};
  std::vector<std::unique_ptr<Bank>> m_tlmBanks;
  std::unique_ptr<DieInterconnect> m_tlm;
  tlm_utils::simple_initiator_socket<DieBench> m_link, m_other;
  Transaction m_transaction;
  std::vector<std::uint8_t> m_enables;
  BanksBehindRtl m_banks;
  std::unique_ptr<DieModel> m_rtl;

  Access m_access;
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

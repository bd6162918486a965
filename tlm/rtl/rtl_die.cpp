#include "tlm/rtl/rtl_die.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace pim {
namespace {

const char* nameOf(DieBankAccess::Kind kind) {
  switch (kind) {
    case DieBankAccess::Kind::Read:
      return "read";
    case DieBankAccess::Kind::Write:
      return "write";
    default:
      return "command";
  }
}

const char* nameOf(BusError error) {
  switch (error) {
    case BusError::None:
      return "none";
    case BusError::Address:
      return "address";
    case BusError::Command:
      return "command";
    case BusError::Burst:
      return "burst";
    case BusError::ByteEnable:
      return "byte enable";
    default:
      return "generic";
  }
}

std::string describe(const DieAccess& access) {
  return fmt::format("{} of {} x {} bytes at {:#x}", access.write ? "write" : "read", access.parts,
                     access.bytes, access.address);
}

/// Returns whether a byte is valid according to its strobe.
bool counts(const std::vector<std::uint8_t>& strobes, std::size_t i) {
  return strobes.empty() || strobes[i] != 0;
}

/// A field that differs, with both values.
struct Difference {
  std::string field, expected, actual;
};

/// Returns the first difference of two lists of bytes with strobes; nothing if they are equal.
std::optional<Difference> differenceOf(const std::vector<std::uint8_t>& expected,
                                       const std::vector<std::uint8_t>& expectedStrobes,
                                       const std::vector<std::uint8_t>& actual,
                                       const std::vector<std::uint8_t>& actualStrobes) {
  if (expected.size() != actual.size())
    return Difference{"bytes", fmt::format("{}", expected.size()), fmt::format("{}", actual.size())};
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const bool expectedCounts = counts(expectedStrobes, i), actualCounts = counts(actualStrobes, i);
    if (expectedCounts != actualCounts)
      return Difference{fmt::format("strobe of byte {}", i), fmt::format("{:d}", expectedCounts),
                        fmt::format("{:d}", actualCounts)};
    if (expectedCounts && expected[i] != actual[i])
      return Difference{fmt::format("byte {}", i), fmt::format("{:#04x}", expected[i]),
                        fmt::format("{:#04x}", actual[i])};
  }
  return std::nullopt;
}

}  // namespace

std::string unsupportedReason(const DieTiming::Parameters& timing, std::uint32_t banks,
                              std::uint32_t ramBytes) {
  const Picoseconds cycle = timing.link.timeFor(DieModel::kLinkBytes);
  if (banks > DieModel::kBanks)
    return fmt::format("chip.banks_per_die: expected at most {}, as in RTL", DieModel::kBanks);
  if (ramBytes != DieModel::kRamBytes)
    return fmt::format("die.ram_kib: expected {}, as in RTL", DieModel::kRamBytes / 1024);
  if (timing.beatBytes != DieModel::kLinkBytes) return "link.clocked: expected on, as in RTL";
  if (cycle == 0 || timing.ram.timeFor(DieModel::kRamPortBytes) != cycle)
    return "die.ram_bandwidth_gb_per_s: expected twice link.bandwidth_gb_per_s, as in RTL";
  if (timing.hop != DieModel::kHop * cycle)
    return fmt::format("die.hop_ns: expected the time of {} bytes on the link, as in RTL",
                       DieModel::kHop * DieModel::kLinkBytes);
  return {};
}

/// The banks of the current access, and its requests to them.
class RtlDie::Ports : public DieBanks {
 public:
  DieBanks* banks = nullptr;
  std::vector<DieBankAccess>* asked = nullptr;  ///< records the accesses; null: no record

  BusError write(std::uint32_t bank, std::uint32_t offset, const std::vector<std::uint8_t>& bytes,
                 const std::vector<std::uint8_t>& strobes) override {
    const BusError error = banks->write(bank, offset, bytes, strobes);
    keep({DieBankAccess::Kind::Write, bank, offset, bytes, strobes, error});
    return error;
  }
  BusError read(std::uint32_t bank, std::uint32_t offset, std::vector<std::uint8_t>& bytes) override {
    const BusError error = banks->read(bank, offset, bytes);
    keep({DieBankAccess::Kind::Read, bank, offset, bytes, {}, error});
    return error;
  }
  BusError open(std::uint32_t bank, std::uint32_t offset, std::vector<std::uint8_t>& bytes,
                std::int64_t& cycles) override {
    const BusError error = banks->open(bank, offset, bytes, cycles);
    keep({DieBankAccess::Kind::Read, bank, offset, bytes, {}, error});
    return error;
  }
  BusError command(std::uint32_t bank, std::uint32_t offset,
                   const std::vector<std::uint8_t>& bytes) override {
    const BusError error = banks->command(bank, offset, bytes);
    keep({DieBankAccess::Kind::Command, bank, offset, bytes, {}, error});
    return error;
  }

 private:
  void keep(DieBankAccess access) {
    if (asked != nullptr) asked->push_back(std::move(access));
  }
};

/// Banks that respond as they did to the model, and check that the RTL sends the same requests.
class RtlDie::Replay : public DieBanks {
 public:
  Replay(RtlDie& die, const std::vector<DieBankAccess>& asked)
      : m_die(die), m_asked(asked), m_met(asked.size()) {}

  BusError write(std::uint32_t bank, std::uint32_t offset, const std::vector<std::uint8_t>& bytes,
                 const std::vector<std::uint8_t>& strobes) override {
    return given(DieBankAccess::Kind::Write, bank, offset, bytes, strobes);
  }
  BusError read(std::uint32_t bank, std::uint32_t offset, std::vector<std::uint8_t>& bytes) override {
    const DieBankAccess& asked = next(DieBankAccess::Kind::Read, bank, offset, bytes.size());
    bytes = asked.bytes;
    return asked.error;
  }
  BusError open(std::uint32_t bank, std::uint32_t offset, std::vector<std::uint8_t>& bytes,
                std::int64_t& cycles) override {
    cycles = 0;
    return read(bank, offset, bytes);
  }
  BusError command(std::uint32_t bank, std::uint32_t offset,
                   const std::vector<std::uint8_t>& bytes) override {
    return given(DieBankAccess::Kind::Command, bank, offset, bytes, {});
  }

  void requireAll() const {
    const auto missed = std::find(m_met.begin(), m_met.end(), false);
    if (missed == m_met.end()) return;
    const DieBankAccess& asked = m_asked[static_cast<std::size_t>(missed - m_met.begin())];
    m_die.fail(fmt::format("{} of bank {}", nameOf(asked.kind), asked.bank),
               fmt::format("at offset {:#x}", asked.offset), "none");
  }

 private:
  const DieBankAccess& next(DieBankAccess::Kind kind, std::uint32_t bank, std::uint64_t offset,
                            std::size_t bytes) {
    const auto found = std::find_if(m_asked.begin(), m_asked.end(),
                                    [bank](const DieBankAccess& asked) { return asked.bank == bank; });
    const auto actual = fmt::format("{} of {} bytes at offset {:#x}", nameOf(kind), bytes, offset);
    const std::string field = fmt::format("access to bank {}", bank);
    if (found == m_asked.end()) m_die.fail(field, "none", actual);
    const auto expected = fmt::format("{} of {} bytes at offset {:#x}", nameOf(found->kind),
                                      found->bytes.size(), found->offset);
    const auto index = static_cast<std::size_t>(found - m_asked.begin());
    if (m_met[index]) m_die.fail(field, "no other", actual);
    m_met[index] = true;
    if (actual != expected) m_die.fail(field, expected, actual);
    return *found;
  }

  BusError given(DieBankAccess::Kind kind, std::uint32_t bank, std::uint64_t offset,
                 const std::vector<std::uint8_t>& bytes, const std::vector<std::uint8_t>& strobes) {
    const DieBankAccess& asked = next(kind, bank, offset, bytes.size());
    if (const auto difference = differenceOf(asked.bytes, asked.strobes, bytes, strobes)) {
      m_die.fail(fmt::format("{} of bank {}, {}", nameOf(kind), bank, difference->field),
                 difference->expected, difference->actual);
    }
    return asked.error;
  }

  RtlDie& m_die;
  const std::vector<DieBankAccess>& m_asked;
  std::vector<bool> m_met;
};

RtlDie::RtlDie(std::string name, std::uint32_t banks, bool halfDuplex, RtlStalls stalls, std::string waveFile)
    : m_name(std::move(name)),
      m_waveFile(std::move(waveFile)),
      m_ports(std::make_unique<Ports>()),
      m_model(banks, halfDuplex, *m_ports, DieModel::Shape::Standard, stalls),
      m_schedule(DieScheduleRecording::schedule(banks, halfDuplex)) {
  if (m_schedule != nullptr) m_ports->asked = &m_entry.asked;
}

RtlDie::~RtlDie() = default;

DieAnswer RtlDie::run(const DieAccess& access, DieBanks& banks) {
  constexpr std::int64_t kPatience = 10'000'000;  // edges; the longest gather takes several thousand
  m_ports->banks = &banks;
  if (m_schedule != nullptr) m_entry = {access, {}, 0, 0};
  m_access = describe(access);
  ++m_accesses;
  m_begin = m_model.cycle();
  const std::int64_t edges = m_model.edges();
  m_model.present({0, access.write, access.address, access.bytes, access.data, access.strobes});
  while (m_model.completions().empty()) {
    if (m_model.presenting()) m_begin = m_model.cycle();
    step();
    if (m_model.edges() - edges > kPatience) fail("answer", "one", "none");
  }
  DieModel::Completion completion = std::move(m_model.completions().front());
  m_model.completions().pop_front();
  const std::int64_t cycles = completion.refused ? 0 : completion.done - completion.begin;
  return {completion.error, cycles, std::move(completion.data), std::move(completion.strobes)};
}

void RtlDie::compare(const DieAccess& access, const DieAnswer& expected,
                     const std::vector<DieBankAccess>& asked) {
  m_compares = true;
  Replay replay(*this, asked);
  const DieAnswer actual = run(access, replay);
  replay.requireAll();
  if (actual.error != expected.error) fail("error", nameOf(expected.error), nameOf(actual.error));
  if (actual.cycles != expected.cycles)
    fail("cycles", fmt::format("{}", expected.cycles), fmt::format("{}", actual.cycles));
  if (expected.data.empty()) return;
  if (const auto difference = differenceOf(expected.data, expected.strobes, actual.data, actual.strobes))
    fail("answer, " + difference->field, difference->expected, difference->actual);
}

void RtlDie::place(std::int64_t begin, std::int64_t done) {
  if (m_schedule == nullptr) return;
  m_entry.begin = begin;
  m_entry.done = done;
  m_schedule->add(std::move(m_entry));
}

RtlWork RtlDie::work() const {
  RtlWork work;
  work.block = m_name;
  work.compared = m_compares;
  work.accesses = m_accesses;
  work.cycles = m_model.cycle();
  return work;
}

void RtlDie::step() {
  try {
    m_model.step();
  } catch (const RtlAssertion& assertion) {
    const Mismatch what = mismatchOf(assertion, 0);
    fail(what.field, what.expected, what.actual);
  }
}

void RtlDie::fail(const std::string& field, const std::string& expected, const std::string& actual) {
  const Mismatch mismatch{
      m_name, fmt::format("access {}, {}", m_accesses, m_access), field, expected, actual, m_model.cycle()};
  const bool traced = !m_waveFile.empty() && m_model.writeWaveform(m_waveFile);
  throw RtlMismatch(mismatch, traced ? m_waveFile : "");
}

}  // namespace pim

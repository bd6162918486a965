#include "tlm/die/engine_path.h"

#include <algorithm>
#include <cstddef>
#include <stdexcept>
#include <utility>

#include "core/base/address_map.h"
#include "tlm/kit/port_words.h"
#include "tlm/kit/transaction.h"

namespace pim {
namespace {

bool isDevice(std::uint64_t address) {
  return DieAddress::windowOf(address) == DieAddress::Devices;
}

bool isOwnRegister(std::uint64_t address) {
  return isDevice(address) && address < DieAddress::kRegisterBytes;
}

/// Returns the offset within a bank, or within the die for its own devices.
std::uint64_t offsetOf(std::uint64_t address) {
  return isDevice(address) ? address & 0xFFFF'FFFF : DieAddress::bankOffsetOf(address);
}

bool isOwn(std::uint64_t address) {
  return isDevice(address) && address >> DieAddress::kBankShift == 0;
}

bool isDoorbell(const DieAccess& access) {
  return access.write && !isOwn(access.address) && offsetOf(access.address) < BankAddress::kRegisterBytes;
}

}  // namespace

/// The banks behind the ports of the RTL during one access.
class EnginePath::Banks : public DieBanks {
 public:
  /// `delay`: of the access. The time in a bank before the transfer is added to it.
  Banks(EnginePath& path, const DieAccess& access, sc_core::sc_time& delay, const CommandRequest& request)
      : m_path(path), m_access(access), m_delay(delay), m_request(request) {
    CommandRequest& own = m_unit.command.request;
    own = request;
    own.dies = request.diesFrom(path.m_parameters.die);
  }

  BusError write(std::uint32_t bank, std::uint32_t offset, const std::vector<std::uint8_t>& bytes,
                 const std::vector<std::uint8_t>& strobes) override {
    arrive(m_path.m_engine.elapsed());
    auto& payload = m_unit.write(offset, bytes.data(), static_cast<std::uint32_t>(bytes.size()));
    std::vector<std::uint8_t> enables;
    setStrobes(payload, strobes, enables);
    const BusError error = reach(bank, payload, m_arrival);
    setStrobes(payload, {}, enables);
    return error;
  }

  BusError read(std::uint32_t bank, std::uint32_t offset, std::vector<std::uint8_t>& bytes) override {
    return reach(bank, m_unit.read(offset, bytes.data(), static_cast<std::uint32_t>(bytes.size())), m_delay);
  }

  BusError open(std::uint32_t bank, std::uint32_t offset, std::vector<std::uint8_t>& bytes,
                std::int64_t& cycles) override {
    cycles = 0;  // the engine does not need the time of the bank
    const BusError error = read(bank, offset, bytes);
    m_delay = std::max(m_delay, m_latest);
    return error;
  }

  BusError command(std::uint32_t bank, std::uint32_t offset,
                   const std::vector<std::uint8_t>& bytes) override {
    arrive(m_path.m_engine.elapsed());
    const BusError error =
        reach(bank, m_unit.write(offset, bytes.data(), static_cast<std::uint32_t>(bytes.size())), m_arrival);
    if (error != BusError::None) return error;
    const CommandAnswer& done = m_unit.command.answer;
    m_longest = std::max(m_longest, done.done - done.serviceStart);
    m_lastDone = std::max(m_lastDone, done.done);
    m_path.m_banks.countWork(m_unit.command.request.dies, BankSet(BankIndex(bank)), done);
    return error;
  }

  /// Sets the time at which a write or doorbell reaches its target, after this many cycles of the engine.
  void arrive(std::int64_t cycles) {
    if (m_arrived) return;
    m_arrived = true;
    m_arrival = m_delay;
    DieLink& link = m_path.m_link;
    std::int64_t expected = link.hopCycles();
    if (isDoorbell(m_access) || isOwnRegister(m_access.address)) {
      link.beside(m_arrival);
    } else {
      m_began = link.transfer(LinkDirection::Down, 1, m_access.bytes, m_arrival, m_request);
      expected = link.idleCycles(1, m_access.bytes);
    }
    m_arrival += toScTime((cycles - expected) * link.cycle());
    m_latest = std::max(m_latest, m_arrival);
  }

  sc_core::sc_time latest() const { return m_latest; }
  Picoseconds began() const { return m_began; }  ///< start of a write's transfer
  /// Times of the commands of all banks together.
  CommandAnswer commands() const { return {m_lastDone - m_longest, m_lastDone}; }

 private:
  BusError reach(std::uint32_t bank, tlm::tlm_generic_payload& payload, sc_core::sc_time delay) {
    m_unit.command.request.banks = BankSet(BankIndex(bank));
    m_path.m_banks.at(BankIndex(bank)).b_transport(payload, delay);
    m_latest = std::max(m_latest, delay);
    return errorOf(payload);
  }

  EnginePath& m_path;
  const DieAccess& m_access;
  sc_core::sc_time& m_delay;
  const CommandRequest& m_request;
  bool m_arrived = false;
  sc_core::sc_time m_arrival;
  sc_core::sc_time m_latest;  // when the last bank had finished
  Picoseconds m_began = 0;
  Picoseconds m_longest = 0;
  Picoseconds m_lastDone = 0;
  Transaction m_unit;
};

EnginePath::EnginePath(DieEngine& engine, const DieParameters& parameters, ActivityObserver* activity,
                       BankArray& banks, DieLink& link, Model model, RamAccess ram)
    : m_engine(engine),
      m_parameters(parameters),
      m_activity(activity),
      m_banks(banks),
      m_link(link),
      m_model(std::move(model)),
      m_ram(std::move(ram)) {}

std::optional<DieAccess> EnginePath::onLink(const Payload& payload) {
  if (!payload.is_read() && !payload.is_write()) return std::nullopt;
  DieAccess access;
  access.address = payload.get_address();
  access.write = payload.is_write();
  const std::uint32_t total = payload.get_data_length();
  if (DieAddress::windowOf(access.address) == DieAddress::Gather) {
    access.parts = std::max(1u, BankSet::fromMask(DieAddress::maskOf(access.address)).count());
  }
  access.bytes = total / access.parts;
  if (access.bytes * access.parts != total || payload.get_streaming_width() < total) return std::nullopt;
  // The link has strobes only for transfers to memories.
  if (payload.get_byte_enable_ptr() != nullptr &&
      (!access.write || isDoorbell(access) || isOwnRegister(access.address))) {
    return std::nullopt;
  }
  if (access.write) access.data.assign(payload.get_data_ptr(), payload.get_data_ptr() + total);
  access.strobes = strobesOf(payload);
  return access;
}

bool EnginePath::serve(Payload& payload, sc_core::sc_time& delay, const CommandRequest& request,
                       CommandAnswer& answer) {
  const auto access = onLink(payload);
  if (!access) return false;
  m_link.forget();
  if (m_parameters.compare) {
    serveAndCompare(*access, payload, delay, request, answer);
  } else {
    carry(*access, payload, delay, request, answer);
  }
  return true;
}

void EnginePath::carry(const DieAccess& access, Payload& payload, sc_core::sc_time& delay,
                       const CommandRequest& request, CommandAnswer& answer) {
  Banks reached(*this, access, delay, request);
  const DieAnswer engine = m_engine.run(access, reached);
  payload.set_response_status(statusOf(engine.error));
  if (engine.cycles == 0) return;
  if (!isDevice(access.address) && !isDoorbell(access)) {
    const BankSet addressed = BankSet::fromMask(DieAddress::maskOf(access.address));
    m_banks.countBram(addressed.count(), offsetOf(access.address), access.bytes, request);
  }

  const std::size_t bytes = std::min<std::size_t>(engine.data.size(), payload.get_data_length());
  for (std::size_t i = 0; !access.write && i < bytes; ++i) {
    if (engine.strobes.empty() || engine.strobes[i] != 0) payload.get_data_ptr()[i] = engine.data[i];
  }
  if (isOwnRegister(access.address)) {
    m_link.beside(delay);
  } else if (isDoorbell(access)) {
    delay = reached.latest();
    answer = reached.commands();
  } else if (access.write) {
    reached.arrive(engine.cycles);  // a write to DieRAM does not call the banks
    delay = reached.latest();
    if (isOwn(access.address)) mirrorToDieRam(payload);
    answer = {reached.began(), absoluteTime(delay)};
    m_link.tellData(LinkDirection::Down, payload, request);
  } else {
    const Picoseconds began = m_link.transfer(LinkDirection::Up, access.parts, access.bytes, delay, request);
    const std::int64_t idle = m_link.idleCycles(access.parts, access.bytes);
    delay += toScTime((engine.cycles - idle) * m_link.cycle());
    answer = {began, absoluteTime(delay)};
    m_link.tellData(LinkDirection::Up, payload, request);
  }
  place();
}

void EnginePath::serveAndCompare(const DieAccess& access, Payload& payload, sc_core::sc_time& delay,
                                 const CommandRequest& request, CommandAnswer& answer) {
  const Picoseconds ready = absoluteTime(delay);
  m_asked.clear();
  m_banks.watch(this);
  m_model(payload, delay, request, answer);
  m_banks.watch(nullptr);
  const DieAnswer expected = expectedOf(access, payload);
  compare(ready, [&](DieEngine& engine) { engine.compare(access, expected, m_asked); });
  if (expected.cycles != 0) place();
}

DieAnswer EnginePath::expectedOf(const DieAccess& access, const Payload& payload) const {
  DieAnswer expected;
  expected.error = errorOf(payload);
  const std::optional<DieTiming::Transfer>& transfer = m_link.last();
  if (isOwnRegister(access.address) || (isDoorbell(access) && !m_asked.empty())) {
    expected.cycles = m_link.hopCycles();
  } else if (transfer) {
    // The engine's time does not include a wait for the DieRAM port.
    expected.cycles = transfer->ramBegin == transfer->begin
                          ? (transfer->arrival - transfer->begin) / m_link.cycle()
                          : m_link.idleCycles(access.parts, access.bytes);
  }
  const bool partly = access.parts > 1 && transfer.has_value();
  if (!access.write && (expected.error == BusError::None || partly)) {
    expected.data.assign(payload.get_data_ptr(), payload.get_data_ptr() + payload.get_data_length());
    for (const DieBankAccess& bank : m_asked)
      expected.strobes.insert(expected.strobes.end(), bank.bytes.size(), bank.error == BusError::None);
  }
  return expected;
}

void EnginePath::place() {
  m_engine.place(m_link.begun() / m_link.cycle(), m_link.arrival() / m_link.cycle());
}

void EnginePath::compare(Picoseconds at, const std::function<void(DieEngine&)>& with) {
  try {
    with(m_engine);
  } catch (const std::logic_error&) {
    if (m_activity != nullptr) m_activity->onMismatch(at);
    throw;
  }
}

void EnginePath::onBankAccess(BankIndex bank, const Payload& payload) {
  DieBankAccess asked;
  asked.bank = bank.value();
  asked.offset = payload.get_address();
  const bool isCommand = payload.is_write() && asked.offset < BankAddress::kRegisterBytes;
  asked.kind = isCommand            ? DieBankAccess::Kind::Command
               : payload.is_write() ? DieBankAccess::Kind::Write
                                    : DieBankAccess::Kind::Read;
  asked.bytes.assign(payload.get_data_ptr(), payload.get_data_ptr() + payload.get_data_length());
  asked.strobes = strobesOf(payload);
  asked.error = errorOf(payload);
  m_asked.push_back(std::move(asked));
}

void EnginePath::mirrorToDieRam(Payload& payload) {
  const std::uint64_t address = payload.get_address();
  sc_core::sc_time none;
  payload.set_address(address - DieAddress::kDieRam);
  m_ram(payload, none);
  payload.set_address(address);
}

}  // namespace pim

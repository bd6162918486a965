// DieInterconnect with the RTL of a die in its place, or beside it.
#include <algorithm>
#include <cstddef>
#include <cstring>
#include <stdexcept>

#include "tlm/die/die_interconnect.h"
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

/// Within a bank, or within the die for its own devices.
std::uint64_t offsetOf(std::uint64_t address) {
  return isDevice(address) ? address & 0xFFFF'FFFF : DieAddress::bankOffsetOf(address);
}

bool isOwn(std::uint64_t address) {
  return isDevice(address) && address >> DieAddress::kBankShift == 0;
}

bool isDoorbell(const DieAccess& access) {
  return access.write && !isOwn(access.address) && offsetOf(access.address) < BankAddress::kRegisterBytes;
}

bool asksForInterrupt(const DieAccess& access) {
  return access.data.size() == PIM_COMMAND_BYTES &&
         (access.data[offsetof(pim_command, flags)] & PIM_FLAG_IRQ) != 0;
}

}  // namespace

/// The banks as the RTL's ports meet them during one access.
class DieInterconnect::BanksOfEngine : public DieBanks {
 public:
  /// `delay`: of the access; what passes in a bank before the transfer is added to it.
  BanksOfEngine(DieInterconnect& die, const DieAccess& access, sc_core::sc_time& delay,
                CommandExtension& command)
      : m_die(die), m_access(access), m_delay(delay), m_command(command) {
    m_unit.command = command;
    m_unit.command.members = die.diesOf(command);
    if (!isDevice(access.address)) {
      const std::uint32_t mask = DieAddress::maskOf(access.address);
      m_unit.command.activeBanks = mask == 0 ? 1 : static_cast<unsigned>(32 - __builtin_clz(mask));
    }
  }

  BusError write(std::uint32_t bank, std::uint32_t offset, const std::vector<std::uint8_t>& bytes,
                 const std::vector<std::uint8_t>& strobes) override {
    arrive(m_die.m_parameters.engine->elapsed());
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
    cycles = 0;  // the engine need not see the bank's time pass
    const BusError error = read(bank, offset, bytes);
    m_delay = std::max(m_delay, m_latest);
    return error;
  }

  BusError command(std::uint32_t bank, std::uint32_t offset,
                   const std::vector<std::uint8_t>& bytes) override {
    arrive(m_die.m_parameters.engine->elapsed());
    const BusError error =
        reach(bank, m_unit.write(offset, bytes.data(), static_cast<std::uint32_t>(bytes.size())), m_arrival);
    if (error != BusError::None) return error;
    const CommandExtension& of = m_unit.command;
    m_longest = std::max(m_longest, of.done - of.serviceStart);
    m_lastDone = std::max(m_lastDone, of.done);
    m_die.m_running.emplace(of.done, bank);
    m_die.countBankTime({std::uint64_t{1} << bank, of.done - of.serviceStart}, m_die.diesOf(of));
    m_die.tellBankWork(std::uint64_t{1} << bank, of);
    return error;
  }

  /// Writes and doorbells reach their target, after this many cycles of the engine; what they have to wait
  /// for is known to DieTiming.
  void arrive(std::int64_t cycles) {
    if (m_arrived) return;
    m_arrived = true;
    m_arrival = m_delay;
    std::int64_t expected = m_die.m_parameters.timing.hop / m_die.linkCycle();
    if (isDoorbell(m_access) || isOwnRegister(m_access.address)) {
      m_die.travelBeside(m_arrival);
    } else {
      m_die.transfer(LinkDirection::Down, 1, m_access.bytes, m_arrival, m_command);
      expected = m_die.idleCycles(LinkDirection::Down, 1, m_access.bytes);
    }
    m_arrival += toScTime((cycles - expected) * m_die.linkCycle());
    m_latest = std::max(m_latest, m_arrival);
  }

  sc_core::sc_time latest() const { return m_latest; }
  Picoseconds longest() const { return m_longest; }  ///< command of them all
  Picoseconds lastDone() const { return m_lastDone; }

 private:
  BusError reach(std::uint32_t bank, tlm::tlm_generic_payload& payload, sc_core::sc_time delay) {
    m_unit.command.bankMembers = std::uint64_t{1} << bank;
    m_die.bankAt(bank).b_transport(payload, delay);
    m_latest = std::max(m_latest, delay);
    return errorOf(payload);
  }

  DieInterconnect& m_die;
  const DieAccess& m_access;
  sc_core::sc_time& m_delay;
  CommandExtension& m_command;
  bool m_arrived = false;
  sc_core::sc_time m_arrival;
  sc_core::sc_time m_latest;  // that any bank was through
  Picoseconds m_longest = 0;
  Picoseconds m_lastDone = 0;
  Transaction m_unit;
};

std::optional<DieAccess> DieInterconnect::onLink(const tlm::tlm_generic_payload& payload) const {
  if (!payload.is_read() && !payload.is_write()) return std::nullopt;
  DieAccess access;
  access.address = payload.get_address();
  access.write = payload.is_write();
  const std::uint32_t total = payload.get_data_length();
  if (DieAddress::windowOf(access.address) == DieAddress::Gather) {
    const std::uint32_t mask = DieAddress::maskOf(access.address);
    access.parts = std::max(1u, static_cast<unsigned>(__builtin_popcount(mask)));
  }
  access.bytes = total / access.parts;
  if (access.bytes * access.parts != total || payload.get_streaming_width() < total) return std::nullopt;
  // The link has strobes for what it carries to memories only.
  if (payload.get_byte_enable_ptr() != nullptr &&
      (!access.write || isDoorbell(access) || isOwnRegister(access.address))) {
    return std::nullopt;
  }
  if (access.write) access.data.assign(payload.get_data_ptr(), payload.get_data_ptr() + total);
  access.strobes = strobesOf(payload);
  return access;
}

void DieInterconnect::serveByEngine(const DieAccess& access, tlm::tlm_generic_payload& payload,
                                    sc_core::sc_time& delay, CommandExtension& command) {
  DieEngine& engine = *m_parameters.engine;
  completeCommandsBefore(toPicoseconds(sc_core::sc_time_stamp()));
  m_transfer.reset();
  BanksOfEngine reached(*this, access, delay, command);
  const DieAnswer answer = engine.run(access, reached);
  payload.set_response_status(statusOf(answer.error));
  if (answer.cycles == 0) return;

  const std::size_t bytes = std::min<std::size_t>(answer.data.size(), payload.get_data_length());
  for (std::size_t i = 0; !access.write && i < bytes; ++i) {
    if (answer.strobes.empty() || answer.strobes[i] != 0) payload.get_data_ptr()[i] = answer.data[i];
  }
  if (isOwnRegister(access.address)) {
    travelBeside(delay);
    m_interrupt.changeAt(toPicoseconds(sc_core::sc_time_stamp()), engine.interrupt());
  } else if (isDoorbell(access)) {
    delay = reached.latest();
    command.serviceStart = reached.lastDone() - reached.longest();
    command.done = reached.lastDone();
    if (answer.error == BusError::None && asksForInterrupt(access)) m_interrupt.changeAt(command.done, true);
  } else {
    if (access.write) {
      reached.arrive(answer.cycles);  // of DieRAM, which has not told
      delay = reached.latest();
      if (isOwn(access.address)) mirrorToDieRam(payload);
    } else {
      transfer(LinkDirection::Up, access.parts, access.bytes, delay, command);
      delay +=
          toScTime((answer.cycles - idleCycles(LinkDirection::Up, access.parts, access.bytes)) * linkCycle());
    }
    command.done = absoluteTime(delay);
    tellData(access.write ? LinkDirection::Down : LinkDirection::Up, payload, command);
  }
  placeInEngine();
}

void DieInterconnect::serveAndCompare(const DieAccess& access, tlm::tlm_generic_payload& payload,
                                      sc_core::sc_time& delay, CommandExtension& command) {
  completeCommandsBefore(toPicoseconds(sc_core::sc_time_stamp()));
  std::vector<DieBankAccess> asked;
  m_asked = &asked;
  m_transfer.reset();
  const Picoseconds ready = absoluteTime(delay);
  serve(payload, delay, command);
  m_asked = nullptr;

  DieAnswer expected;
  expected.error = errorOf(payload);
  if (isOwnRegister(access.address) || (isDoorbell(access) && !asked.empty())) {
    expected.cycles = m_parameters.timing.hop / linkCycle();
  } else if (m_transfer) {
    // What it waited for the port is not the engine's to know.
    const Picoseconds waited = m_transfer->ramBegin - m_transfer->begin;
    const LinkDirection direction = access.write ? LinkDirection::Down : LinkDirection::Up;
    expected.cycles = waited == 0 ? (m_transfer->arrival - m_transfer->begin) / linkCycle()
                                  : idleCycles(direction, access.parts, access.bytes);
  }
  const bool partly = access.parts > 1 && m_transfer.has_value();
  if (!access.write && (expected.error == BusError::None || partly)) {
    expected.data.assign(payload.get_data_ptr(), payload.get_data_ptr() + payload.get_data_length());
    for (const DieBankAccess& bank : asked)
      expected.strobes.insert(expected.strobes.end(), bank.bytes.size(), bank.error == BusError::None);
  }
  compareEngine(ready, [&](DieEngine& engine) { engine.compare(access, expected, asked); });
  if (expected.cycles != 0) placeInEngine();
}

void DieInterconnect::placeInEngine() {
  const Picoseconds begin = m_transfer ? m_transfer->begin : m_arrival - m_parameters.timing.hop;
  m_parameters.engine->place(begin / linkCycle(), m_arrival / linkCycle());
}

void DieInterconnect::compareEngine(Picoseconds at, const std::function<void(DieEngine&)>& compare) {
  try {
    compare(*m_parameters.engine);
  } catch (const std::logic_error&) {
    if (m_parameters.activity != nullptr) m_parameters.activity->onMismatch(at);
    throw;
  }
}

void DieInterconnect::remember(std::size_t bank, const tlm::tlm_generic_payload& payload,
                               const CommandExtension* command) {
  DieBankAccess asked;
  asked.bank = static_cast<std::uint32_t>(bank);
  asked.offset = payload.get_address();
  const bool isCommand = payload.is_write() && asked.offset < BankAddress::kRegisterBytes;
  asked.kind = isCommand            ? DieBankAccess::Kind::Command
               : payload.is_write() ? DieBankAccess::Kind::Write
                                    : DieBankAccess::Kind::Read;
  asked.bytes.assign(payload.get_data_ptr(), payload.get_data_ptr() + payload.get_data_length());
  asked.strobes = strobesOf(payload);
  asked.error = errorOf(payload);
  if (isCommand && command != nullptr && asked.error == BusError::None)
    m_running.emplace(command->done, asked.bank);
  m_asked->push_back(std::move(asked));
}

std::int64_t DieInterconnect::idleCycles(LinkDirection direction, std::uint64_t parts,
                                         std::uint64_t partBytes) const {
  return DieTiming(m_parameters.timing).transfer(direction, parts, partBytes, 0).arrival / linkCycle();
}

void DieInterconnect::mirrorToDieRam(tlm::tlm_generic_payload& payload) {
  const std::uint64_t address = payload.get_address();
  sc_core::sc_time none;
  payload.set_address(address - DieAddress::kDieRam);
  m_ramPort->b_transport(payload, none);
  payload.set_address(address);
}

void DieInterconnect::completeCommandsBefore(Picoseconds time) {
  while (!m_running.empty() && m_running.begin()->first < time) {
    m_parameters.engine->completeCommands(1u << m_running.begin()->second);
    m_running.erase(m_running.begin());
  }
}

}  // namespace pim

#include "tlm/controller/command_processor.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <limits>

#include "abi/pim_layout.h"
#include "core/base/address_map.h"
#include "core/base/chip_limits.h"
#include "core/operations/alu_operation.h"
#include "tlm/kit/access.h"
#include "tlm/kit/fatal.h"
#include "tlm/kit/time_limit.h"

namespace pim {
namespace {

constexpr BankSet kAllBanks = BankSet::range(0, kMostBanksPerDie);

/// Returns whether a die has no lock-step state. If so, every die is simulated separately.
bool anyWithoutLockstep(const std::vector<LockstepMember*>& dies) {
  return std::find(dies.begin(), dies.end(), nullptr) != dies.end();
}

}  // namespace

CommandProcessor::CommandProcessor(const sc_core::sc_module_name& name,
                                   const CommandProcessorParameters& parameters,
                                   const std::vector<LockstepMember*>& dies, MemoryPorts& ports,
                                   Statistics& statistics, CriticalPath& criticalPath,
                                   ActivityObserver* activity)
    : sc_module(name),
      registers("registers"),
      programs("programs"),
      memory("memory"),
      alus("alus"),
      links("link", parameters.dies),
      completed("completed"),
      m_parameters(parameters),
      m_classes(dies, parameters.exact || anyWithoutLockstep(dies)),
      m_link(parameters.link),
      m_ports(ports),
      m_statistics(statistics),
      m_criticalPath(criticalPath),
      m_activity(activity),
      m_history(kHistory),
      m_buffer(std::size_t{parameters.bramBytes} * parameters.banksPerDie) {
  registers.register_b_transport(this, &CommandProcessor::accessQueue);
  programs.register_b_transport(this, &CommandProcessor::accessProgram);
}

// ---- registers
// --------------------------------------------------------------------------------------------------

void CommandProcessor::accessQueue(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  if (acceptRegisterAccess(payload, kQueueBytes))
    accessRegister(kQueueBase + payload.get_address(), payload, delay);
}

void CommandProcessor::accessProgram(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  if (acceptRegisterAccess(payload, kProgramBytes))
    accessRegister(kProgramBase + payload.get_address(), payload, delay);
}

void CommandProcessor::accessRegister(std::uint64_t reg, tlm::tlm_generic_payload& payload,
                                      const sc_core::sc_time& delay) {
  const Picoseconds now = absoluteTime(delay);
  std::uint32_t value = 0;
  bool served = false;
  if (payload.is_read()) {
    served = readRegister(reg, value, now);
    std::memcpy(payload.get_data_ptr(), &value, sizeof value);
  } else {
    std::memcpy(&value, payload.get_data_ptr(), sizeof value);
    served = writeRegister(reg, value, now);
  }
  payload.set_response_status(served ? tlm::TLM_OK_RESPONSE : tlm::TLM_COMMAND_ERROR_RESPONSE);
}

bool CommandProcessor::readRegister(std::uint64_t reg, std::uint32_t& value, Picoseconds now) {
  switch (reg) {
    case PIM_REG_QUEUE_TAIL:
      value = m_posted;
      return true;
    case PIM_REG_QUEUE_BASE:
      value = m_ringBase;
      return true;
    case PIM_REG_QUEUE_SIZE:
      value = m_ringSize;
      return true;
    case PIM_REG_QUEUE_DONE:
      value = completedBy(now);
      return true;
    case PIM_REG_PROGRAM_BASE:
      value = m_programBase;
      return true;
    case PIM_REG_PROGRAM_FIRST:
      value = m_programFirst;
      return true;
    default:
      return false;
  }
}

std::uint32_t CommandProcessor::completedBy(Picoseconds now) {
  while (m_completed != m_posted && m_history[(m_completed + 1) % kHistory].inOrder <= now) ++m_completed;
  return m_completed;
}

bool CommandProcessor::writeRegister(std::uint64_t reg, std::uint32_t value, Picoseconds now) {
  switch (reg) {
    case PIM_REG_QUEUE_TAIL:
      // With a ring that was not set up, or a tail beyond its end, the processor would fetch invalid
      // descriptors.
      if (value - m_posted > m_ringSize || value - completedBy(now) > m_ringSize) return false;
      post(value, now);
      return true;
    case PIM_REG_QUEUE_BASE:
      m_ringBase = value;
      return true;
    case PIM_REG_QUEUE_SIZE:
      m_ringSize = value;
      return true;
    case PIM_REG_PROGRAM_BASE:
      m_programBase = value;
      return true;
    case PIM_REG_PROGRAM_FIRST:
      m_programFirst = value;
      return true;
    case PIM_REG_PROGRAM_RUN:
      if (value == 0 || m_posted - completedBy(now) + std::uint64_t{value} > kMostInFlight) return false;
      runProgram(value, now);
      return true;
    default:
      return false;
  }
}

// ---- commands
// ---------------------------------------------------------------------------------------------------

void CommandProcessor::post(std::uint32_t tail, Picoseconds now) {
  if (m_activity != nullptr) m_activity->onDoorbell(tail - m_posted, now);
  m_ports.forgetBefore(now);
  while (m_posted != tail)
    take(m_ringBase + m_posted % m_ringSize * std::uint32_t{PIM_COMMAND_BYTES}, 0, now);
}

void CommandProcessor::runProgram(std::uint32_t commands, Picoseconds now) {
  if (m_activity != nullptr) m_activity->onDoorbell(commands, now);
  m_ports.forgetBefore(now);
  const std::uint32_t base = m_posted + 1 - m_programFirst;
  for (std::uint32_t i = 0; i < commands; ++i)
    take(m_programBase + i * std::uint32_t{PIM_COMMAND_BYTES}, base, now);
}

void CommandProcessor::take(std::uint32_t address, std::uint32_t base, Picoseconds now) {
  const std::uint32_t sequence = ++m_posted;
  pim_command command;
  const Picoseconds fetched = fetch(address, command, now);

  CommandRecord record;
  record.sequence = sequence;
  record.posted = record.released = now;
  for (unsigned i = 0; i < command.waits && i < PIM_MAX_WAITS; ++i) {
    if (command.wait_for[i] == PIM_NO_SEQUENCE) continue;
    const std::uint32_t awaited = base + command.wait_for[i];
    if (sequence - awaited >= kHistory) continue;
    const Picoseconds done = m_history[awaited % kHistory].done;
    if (done <= record.released) continue;
    record.released = done;
    record.awaited = awaited;
  }
  record.ready = std::max(record.released, fetched);
  m_unit.command.request.sequence = sequence;
  m_unit.command.request.stream =
      command.stream < PIM_STREAM_COUNT ? command.stream : std::uint8_t{PIM_STREAM_WEIGHTS};
  m_unit.command.request.timingOnly = !m_parameters.functional;
  if (m_activity != nullptr) m_activity->onDispatch(command, sequence);
  dispatch(command, record);
  requireInTime(record.done);

  Completion& completion = m_history[sequence % kHistory];
  completion.done = record.done;
  completion.inOrder = std::max(record.done, m_history[(sequence - 1) % kHistory].inOrder);
  if ((command.flags & PIM_FLAG_IRQ) != 0) {
    completed.notify(toScTime(std::max(completion.inOrder, now)) - sc_core::sc_time_stamp());
  }
  ++m_statistics.counters.commands;
  if (m_activity != nullptr) m_activity->onCommand(command, sequence, record, m_statistics.counters);
}

Picoseconds CommandProcessor::fetch(std::uint32_t address, pim_command& command, Picoseconds now) {
  sc_core::sc_time hidden = sc_core::SC_ZERO_TIME;  // the port says when
  memory->b_transport(m_dma.read(address, &command, sizeof command), hidden);
  requireOk(m_dma, *this);
  // Descriptors are fetched one after another, from the doorbell on; most arrive while earlier commands run.
  const MemoryRates& rates = m_ports.rates();
  m_fetched = m_ports.move(rates.kindOf(address), sizeof command, std::max(now, m_fetched)).end;
  return m_fetched + rates.latencyAt(address);
}

void CommandProcessor::dispatch(const pim_command& command, CommandRecord& record) {
  record.start = std::numeric_limits<Picoseconds>::max();
  record.memory = controllerComponent(m_unit.command.request.stream);
  switch (command.opcode) {
    case PIM_OP_NOP:
      break;
    case PIM_OP_SEND:
    case PIM_OP_GATHER:
    case PIM_OP_FETCH: {
      requireCopyFits(command);
      record.latency = m_parameters.exchangeLatency;
      record.component = linkComponent(m_unit.command.request.stream);
      ++m_statistics.counters.messages[m_unit.command.request.stream];
      if (command.opcode == PIM_OP_SEND) runSend(command, record);
      if (command.opcode == PIM_OP_GATHER) runGather(command, record);
      if (command.opcode == PIM_OP_FETCH) runFetch(command, record);
      break;
    }
    default:
      if (isAluOpcode(command.opcode)) {
        record.component = controllerComponent(m_unit.command.request.stream);
        runAluCommand(command, record);
      } else {
        record.component = bankComponent(m_unit.command.request.stream);
        runBankCommand(command, record);
      }
  }
  if (record.done == 0) {  // no die was addressed
    record.latency = 0;
    record.start = record.done = record.ready;
  }
  if (record.left == 0) record.left = record.done;
  record.units = unitsOf(command);
  m_criticalPath.record(record);
  record.forEachSpan([this](Component component, Picoseconds from, Picoseconds to) {
    m_statistics.counters.busy[static_cast<std::size_t>(component)] += to - from;
  });
}

Units CommandProcessor::unitsOf(const pim_command& command) {
  Units units;
  if (command.opcode == PIM_OP_NOP) return units;
  if (isAluOpcode(command.opcode)) {
    units.kind = Units::Kind::kAlus;
  } else if (command.opcode == PIM_OP_FETCH) {
    units.kind = Units::Kind::kLinksUp;
    units.dies = std::uint64_t{1} << command.body.copy.slot % m_parameters.dies;
  } else {
    const bool up = command.opcode == PIM_OP_GATHER, down = command.opcode == PIM_OP_SEND;
    units.kind = up ? Units::Kind::kLinksUp : down ? Units::Kind::kLinksDown : Units::Kind::kBanks;
    for (const Addressed& some : addressedBanks(command)) {
      units.dies |= some.dies.mask();
      units.banks |= some.banks.mask32();
    }
  }
  units.halfDuplex = !m_parameters.link.fullDuplex;
  return units;
}

void CommandProcessor::requireCopyFits(const pim_command& command) {
  const pim_copy& copy = command.body.copy;
  const bool fetch = command.opcode == PIM_OP_FETCH;
  const std::uint64_t bytes = fetch ? copy.row_bytes : std::uint64_t{copy.rows} * copy.row_bytes;
  if (bytes <= m_parameters.bramBytes && (fetch || command.banks_per_group != 0)) return;
  const std::string text =
      fmt::format("command {} copies {} bytes to each bank of groups of {}", m_unit.command.request.sequence,
                  bytes, unsigned{command.banks_per_group});
  fatal(name(), text);
}

void CommandProcessor::runAluCommand(const pim_command& command, CommandRecord& record) {
  sc_core::sc_time delay = toScTime(record.ready) - sc_core::sc_time_stamp();
  alus->b_transport(m_unit.write(0, &command, sizeof command), delay);
  requireOk(m_unit, *this);
  record.start = m_unit.command.answer.serviceStart;
  record.done = m_unit.command.answer.done;
}

void CommandProcessor::runBankCommand(const pim_command& command, CommandRecord& record) {
  Picoseconds longest = 0;  // dies may start at different times: the duration is that of the slowest
  forEachDie(addressedBanks(command), kAllBanks, [&](DieIndex die, BankSet to) {
    auto& payload =
        m_unit.write(DieAddress::broadcast(to.mask32(), BankAddress::kRegisters), &command, sizeof command);
    access(die, payload, record.ready, record);
    longest = std::max(longest, m_unit.command.answer.done - m_unit.command.answer.serviceStart);
  });
  if (longest != 0) record.start = record.done - longest;
}

void CommandProcessor::runSend(const pim_command& command, CommandRecord& record) {
  const pim_copy& copy = command.body.copy;
  const std::uint32_t dies = m_parameters.dies;
  const std::uint32_t banks = command.banks_per_group;
  const std::vector<Addressed>& addressed = addressedBanks(command);
  m_linkTime = 0;
  m_fed = false;
  if ((command.flags & PIM_FLAG_BROADCAST) != 0) return runBroadcast(command, record);
  // One slice per group, or one per bank: transfer i of a die is for its i-th group or bank.
  const bool perBank = (command.flags & PIM_FLAG_PER_BANK) != 0;
  const std::uint32_t width = perBank ? 1 : banks;
  for (std::uint32_t first = 0; first < m_parameters.banksPerDie; first += width) {
    const BankSet piece = BankSet::range(first, width);
    const std::uint32_t slices = diesOf(addressed, piece).count();
    if (slices == 0) continue;
    const Picoseconds from = feed(copy, slices, 1, record);  // for all links alike
    forEachDie(addressed, piece, [&](DieIndex die, BankSet to) {
      const std::uint32_t group = (first - command.first_bank) / banks * dies + die.value();
      const std::uint32_t slice = perBank ? group * banks + first % banks : group;
      readSlice(copy, slice);
      sendSlice(copy, die, to, from, record);
    });
  }
  countFeeding(record);
}

void CommandProcessor::runBroadcast(const pim_command& command, CommandRecord& record) {
  const pim_copy& copy = command.body.copy;
  const std::vector<Addressed>& addressed = addressedBanks(command);
  const std::uint32_t parts = std::max<std::uint32_t>(command.column_parts, 1);
  const auto banksOf = [&](std::uint32_t part) -> const std::vector<Addressed>& {
    return parts == 1 ? addressed : banksOfPart(addressed, part, parts);
  };
  std::uint32_t slices = 0;
  std::array<std::uint32_t, kMostDies> ofDie{};
  for (std::uint32_t part = 0; part < parts; ++part) {
    const DieSet reached = diesOf(banksOf(part), kAllBanks);
    if (!reached.empty()) ++slices;
    reached.forEach([&](DieIndex die) { ++ofDie[die.at()]; });
  }
  if (slices == 0) return;
  const Picoseconds from = feed(copy, slices, *std::max_element(ofDie.begin(), ofDie.end()), record);
  for (std::uint32_t part = 0; part < parts; ++part) {
    const std::vector<Addressed>& of = banksOf(part);
    if (of.empty()) continue;
    readSlice(copy, part);
    forEachDie(of, kAllBanks, [&](DieIndex die, BankSet to) { sendSlice(copy, die, to, from, record); });
  }
  countFeeding(record);
}

DieSet CommandProcessor::diesOf(const std::vector<Addressed>& of, BankSet within) {
  DieSet dies;
  for (const Addressed& some : of) {
    if (!(some.banks & within).empty()) dies |= some.dies;
  }
  return dies;
}

Picoseconds CommandProcessor::feed(const pim_copy& copy, std::uint32_t slices, std::uint32_t onOneLink,
                                   CommandRecord& record) {
  const std::uint64_t bytes = std::uint64_t{copy.rows} * copy.row_bytes;
  const MemoryRates& rates = m_ports.rates();
  const Picoseconds linkTime = m_link.timeFor(onOneLink, bytes);
  const Picoseconds arrival = record.ready + record.latency;
  const PortCalendar::Span span =
      m_ports.move(rates.kindOf(copy.address), bytes * slices, arrival + rates.latencyAt(copy.address));
  const Picoseconds from = std::max(span.begin, span.end - linkTime);
  m_linkTime += linkTime;
  m_fed |= from > arrival;
  return from;
}

void CommandProcessor::countFeeding(CommandRecord& record) const {
  if (!m_fed || record.done == 0) return;
  record.start = std::max(record.start, record.done - m_parameters.link.hop - m_linkTime);
  record.fed = record.start - record.ready - record.latency;
}

void CommandProcessor::drain(std::uint32_t address, std::uint64_t bytes, CommandRecord& record) {
  if (record.done == 0) return;
  record.left = record.done;
  record.done = std::max(record.done, m_ports.move(m_ports.rates().kindOf(address), bytes, record.start).end);
}

void CommandProcessor::sendSlice(const pim_copy& copy, DieIndex die, BankSet banks, Picoseconds from,
                                 CommandRecord& record) {
  const auto offset = static_cast<std::uint32_t>(BankAddress::kBram + copy.bram);
  const std::uint8_t* const bytes = m_kept != nullptr ? m_kept->data() : m_buffer.data();
  m_unit.command.request.kept = m_kept != nullptr ? &m_kept : nullptr;
  access(die, m_unit.write(DieAddress::broadcast(banks.mask32(), offset), bytes, copy.rows * copy.row_bytes),
         from, record);
  m_unit.command.request.kept = nullptr;
}

void CommandProcessor::runGather(const pim_command& command, CommandRecord& record) {
  const pim_copy& copy = command.body.copy;
  const std::uint32_t sliceBytes = copy.rows * copy.row_bytes;
  const bool perBank = (command.flags & PIM_FLAG_PER_BANK) != 0;
  const std::uint32_t banks = command.banks_per_group;
  const Picoseconds begin = record.ready + record.latency;
  std::uint64_t gathered = 0;
  forEachDie(addressedBanks(command), kAllBanks, [&](DieIndex die, BankSet from) {
    const std::uint32_t count = from.count();
    const auto offset = static_cast<std::uint32_t>(BankAddress::kBram + copy.bram);
    access(die, m_unit.read(DieAddress::gather(from.mask32(), offset), m_buffer.data(), count * sliceBytes),
           begin, record);
    gathered += std::uint64_t{count} * sliceBytes * m_unit.command.request.multiplicity;
    for (std::uint32_t bank = 0; m_parameters.functional && bank < count; ++bank) {
      const std::uint32_t group = bank / banks * m_parameters.dies + die.value();
      writeSlice(copy, perBank ? group * banks + bank % banks : group, m_buffer.data() + bank * sliceBytes);
    }
  });
  drain(copy.address, gathered, record);
}

void CommandProcessor::runFetch(const pim_command& command, CommandRecord& record) {
  const pim_copy& copy = command.body.copy;
  const DieIndex die(copy.slot % m_parameters.dies);
  const std::uint64_t address =
      DieAddress::bank(copy.slot / m_parameters.dies, BankAddress::kBmem + copy.bmem);
  forEachClass(DieSet(die), [&](DieIndex leader) {
    access(leader, m_unit.read(address, m_buffer.data(), copy.row_bytes), record.ready + record.latency,
           record);
  });
  drain(copy.address, copy.row_bytes, record);
  if (m_parameters.functional) {
    sc_core::sc_time hidden = sc_core::SC_ZERO_TIME;
    memory->b_transport(m_dma.write(copy.address, m_buffer.data(), copy.row_bytes), hidden);
    requireOk(m_dma, *this);
  }
}

const std::vector<CommandProcessor::Addressed>& CommandProcessor::addressedBanks(const pim_command& command) {
  if (command.groups == m_groups && command.banks_per_group == m_banksPerGroup &&
      command.first_bank == m_firstBank)
    return m_addressed;
  m_groups = command.groups;
  m_banksPerGroup = command.banks_per_group;
  m_firstBank = command.first_bank;
  m_addressed.clear();
  for (std::uint32_t die = 0; die < m_parameters.dies; ++die) {
    const std::uint32_t banks =
        pim_banks_addressed(command.groups, command.banks_per_group, m_parameters.dies, die);
    address(m_addressed, DieIndex(die), BankSet::range(command.first_bank, banks) & kAllBanks);
  }
  return m_addressed;
}

const std::vector<CommandProcessor::Addressed>& CommandProcessor::banksOfPart(
    const std::vector<Addressed>& all, std::uint32_t part, std::uint32_t parts) {
  m_partly.clear();
  for (const Addressed& some : all) {
    some.dies.forEach([&](DieIndex die) {
      BankSet banks;
      some.banks.forEach([&](BankIndex bank) {
        if ((bank.value() * m_parameters.dies + die.value()) % parts == part) banks |= BankSet(bank);
      });
      address(m_partly, die, banks);
    });
  }
  return m_partly;
}

void CommandProcessor::address(std::vector<Addressed>& kinds, DieIndex die, BankSet banks) {
  if (banks.empty()) return;
  const auto alike =
      std::find_if(kinds.begin(), kinds.end(), [&](const Addressed& kind) { return kind.banks == banks; });
  if (alike != kinds.end()) {
    alike->dies |= DieSet(die);
  } else {
    kinds.push_back({DieSet(die), banks});
  }
}

template <typename Visit>
void CommandProcessor::forEachDie(const std::vector<Addressed>& of, BankSet within, Visit visit) {
  DieSet visited;
  for (auto kind = of.begin(); kind != of.end(); ++kind) {
    const BankSet banks = kind->banks & within;
    if (banks.empty() || !(kind->dies & visited).empty()) continue;
    DieSet alike;
    for (auto other = kind; other != of.end(); ++other) {
      if ((other->banks & within) == banks) alike |= other->dies;
    }
    visited |= alike;
    forEachClass(alike, [&](DieIndex die) { visit(die, banks); });
  }
}

template <typename Visit>
void CommandProcessor::forEachClass(DieSet dies, Visit visit) {
  m_classes.forEach(dies, [&](DieIndex leader, unsigned count, DieSet members) {
    m_unit.command.request.multiplicity = count;
    m_unit.command.request.dies = members;
    visit(leader);
  });
}

void CommandProcessor::access(DieIndex die, tlm::tlm_generic_payload& payload, Picoseconds from,
                              CommandRecord& record) {
  sc_core::sc_time delay = toScTime(from) - sc_core::sc_time_stamp();
  links[die.at()]->b_transport(payload, delay);
  requireOk(m_unit, *this);
  record.start = std::min(record.start, m_unit.command.answer.serviceStart);
  record.done = std::max(record.done, m_unit.command.answer.done);
}

void CommandProcessor::readSlice(const pim_copy& copy, std::uint32_t slice) {
  if (!m_parameters.functional) return;
  m_kept.reset();
  if (m_sent.empty() || m_sent.front().use_count() != 1) {
    m_sent.push_back(std::make_shared<std::vector<std::uint8_t>>());
  } else {
    std::atomic_thread_fence(std::memory_order_acquire);  // the banks that shared it have read it
    m_sent.push_back(std::move(m_sent.front()));
    m_sent.pop_front();
  }
  std::vector<std::uint8_t>& bytes = *m_sent.back();
  bytes.resize(std::size_t{copy.rows} * copy.row_bytes);
  sc_core::sc_time hidden = sc_core::SC_ZERO_TIME;  // not used: feed() has counted the port's time
  for (std::uint32_t row = 0; row < copy.rows; ++row) {
    const std::uint64_t address =
        copy.address + std::uint64_t{slice} * copy.slice_stride + row * copy.row_stride;
    memory->b_transport(m_dma.read(address, bytes.data() + std::size_t{row} * copy.row_bytes, copy.row_bytes),
                        hidden);
    requireOk(m_dma, *this);
  }
  m_kept = m_sent.back();
}

void CommandProcessor::writeSlice(const pim_copy& copy, std::uint32_t slice, const std::uint8_t* bytes) {
  sc_core::sc_time hidden = sc_core::SC_ZERO_TIME;
  for (std::uint32_t row = 0; row < copy.rows; ++row) {
    const std::uint64_t address =
        copy.address + std::uint64_t{slice} * copy.slice_stride + row * copy.row_stride;
    memory->b_transport(m_dma.write(address, bytes + row * copy.row_bytes, copy.row_bytes), hidden);
    requireOk(m_dma, *this);
  }
}

}  // namespace pim

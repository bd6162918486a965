#include "tlm/trace/wave_trace.h"

#include <algorithm>

#include "core/operations/alu_operation.h"
#include "core/operations/bank_operation.h"

namespace pim {
namespace {

constexpr Picoseconds kPulse = 1000;  // long enough to be visible, shorter than the time between two pulses

/// Returns the BMEM address that a bank command reads or writes first; 0 if it uses none.
std::uint32_t bmemOf(const BankTask& task) {
  std::vector<ColumnRun> runs;
  bankOperation(task.command.opcode).appendRuns(task, runs);
  return runs.empty() ? 0 : runs.front().offset;
}

}  // namespace

WaveTrace::WaveTrace(const WaveProfile& profile, const WaveWindow& window, const WaveChip& chip)
    : m_profile(profile),
      m_window(window),
      m_chip(chip),
      m_span(window),
      m_rows(m_chip.dram, profile.shows(WaveLeaf::Column)) {
  if (window.at == WaveWindow::At::Time) m_queue.endAt(window.to);
  m_controller = addUnit("chip.controller.", WaveUnit::Controller);
  m_dies.resize(chip.dies);
  for (std::uint32_t die = 0; die < chip.dies; ++die) {
    if ((profile.dies >> die & 1) == 0) {
      m_dies[die].down.fill(kNone);
      m_dies[die].up.fill(kNone);
      m_dies[die].ram.fill(kNone);
      continue;
    }
    const std::string scope = "chip.die" + std::to_string(die) + ".";
    m_dies[die].down = addUnit(scope + "link_down.", WaveUnit::Link);
    m_dies[die].up = addUnit(scope + "link_up.", WaveUnit::Link);
    m_dies[die].ram = addUnit(scope + "die_ram.", WaveUnit::DieRam);
    for (std::uint32_t bank = 0; bank < chip.banksPerDie; ++bank) {
      if ((profile.banks >> bank & 1) != 0) addBank(die, bank);
    }
  }
  for (std::size_t i = static_cast<std::size_t>(WaveLeaf::OpenRow); i < kWaveLeaves; ++i)
    m_watchDram = m_watchDram || profile.shows(static_cast<WaveLeaf>(i));
  m_watchDram = m_watchDram || profile.shows(WaveLeaf::BankMacActive);
}

void WaveTrace::addBank(std::uint32_t die, std::uint32_t bank) {
  const std::string scope = "chip.die" + std::to_string(die) + ".bank" + std::to_string(bank) + ".";
  BankSlots slots{die, bank, addUnit(scope, WaveUnit::Bank), false, {}, m_rows};
  slots.rtl.fill(kNone);
  if (die < m_chip.rtlBanks.size() && (m_chip.rtlBanks[die] >> bank & 1) != 0)
    slots.rtl = addUnit(scope + "rtl.", WaveUnit::Bank, true);
  m_banks.push_back(slots);
}

WaveTrace::Slots WaveTrace::addUnit(const std::string& scope, WaveUnit unit, bool rtl) {
  Slots slots;
  slots.fill(kNone);
  for (std::size_t i = 0; i < kWaveLeaves; ++i) {
    const auto leaf = static_cast<WaveLeaf>(i);
    const WaveLeafInfo& info = waveLeafInfo(leaf);
    if (info.unit != unit || !m_profile.shows(leaf) || (rtl && !info.rtl)) continue;
    const bool ofProgram = leaf == WaveLeaf::FirmwarePc || leaf == WaveLeaf::FirmwareFunction;
    if (ofProgram && m_chip.program == nullptr) continue;
    m_followsProgram = m_followsProgram || ofProgram;
    if (leaf == WaveLeaf::OtherOpenRow && m_chip.dram.organisation.rowBuffers < 2) continue;
    std::uint64_t initial = 0;
    if (leaf == WaveLeaf::OpenRow || leaf == WaveLeaf::OtherOpenRow) initial = kNoOpenRow;
    if (leaf == WaveLeaf::FirmwareState) initial = 1;
    slots[i] = m_queue.addSignal(initial);
    m_signals.push_back({scope + info.path, leaf, rtl});
  }
  return slots;
}

template <typename Visit>
void WaveTrace::forEachDie(std::uint64_t dies, Visit visit) {
  for (dies &= m_profile.dies; dies != 0; dies &= dies - 1) {
    const auto die = static_cast<std::size_t>(__builtin_ctzll(dies));
    if (die < m_dies.size()) visit(m_dies[die]);
  }
}

template <typename Visit>
void WaveTrace::forEachBank(std::uint64_t dies, std::uint64_t banks, Visit visit) {
  for (BankSlots& bank : m_banks) {
    if ((dies >> bank.die & 1) != 0 && (banks >> bank.bank & 1) != 0) visit(bank);
  }
}

void WaveTrace::finish(Picoseconds end) {
  endColumns();
  for (BankSlots& bank : m_banks) {
    bank.rtlRows.endColumns(
        [&](WaveLeaf leaf, Picoseconds time, std::uint64_t value) { set(bank.rtl, leaf, time, value); });
  }
  completeUntil(std::numeric_limits<Picoseconds>::max());
  m_span.finish(end);
}

// ---- Controller
// -------------------------------------------------------------------------------------------------

void WaveTrace::onSleep(Picoseconds from, Picoseconds to) {
  set(m_controller, WaveLeaf::FirmwareState, from, 0);
  set(m_controller, WaveLeaf::FirmwareState, to, 1);
}

void WaveTrace::onBlock(std::uint32_t pc, Picoseconds begin) {
  if (!followsProgram()) return;
  set(m_controller, WaveLeaf::FirmwarePc, begin, pc);
  set(m_controller, WaveLeaf::FirmwareFunction, begin, waveFunctionAt(*m_chip.program, pc));
  if (m_queue.size() > m_profile.mostChanges) limit(begin);  // a core that rings no doorbell
}

void WaveTrace::onMark(std::uint32_t kind, std::uint32_t index, Picoseconds now) {
  set(m_controller, WaveLeaf::FirmwarePhase, now, kind);
  set(m_controller, WaveLeaf::FirmwareToken, now, index);
  const bool wasSealed = m_span.sealed();
  m_span.mark(kind, index, now);
  if (m_span.sealed() && !wasSealed) m_queue.endAt(m_span.to());
}

void WaveTrace::onDoorbell(std::uint32_t commands, Picoseconds now) {
  hold(m_controller, WaveLeaf::Doorbell, now, now + kPulse, 1);
  m_posted += commands;
  set(m_controller, WaveLeaf::QueuePosted, now, m_posted);
  completeUntil(now);
  m_depth += commands;
  set(m_controller, WaveLeaf::QueueDepth, now, m_depth);
  m_span.doorbell(now);
  limit(now);
}

void WaveTrace::limit(Picoseconds now) {
  m_queue.forget(m_span.keepFrom(now));
  if (m_queue.size() > m_profile.mostChanges) {
    m_span.cut(now);
    if (m_span.wasCut()) m_queue.endAt(m_span.to());
  }
}

void WaveTrace::completeUntil(Picoseconds time) {
  while (!m_completions.empty() && m_completions.front() <= time) {
    set(m_controller, WaveLeaf::QueueDepth, m_completions.front(), --m_depth);
    m_completions.pop_front();
  }
}

void WaveTrace::onDispatch(const pim_command& command, std::uint32_t sequence) {
  m_command = command;
  m_sequence = sequence;
}

void WaveTrace::onCommand(const pim_command& command, std::uint32_t sequence, const CommandRecord& record,
                          const Counters&) {
  endColumns();
  m_span.command(command, record);
  set(m_controller, WaveLeaf::FirmwareLayer, record.posted, command.layer);
  set(m_controller, WaveLeaf::FirmwareStep, record.posted, command.step);
  m_inOrder = std::max(m_inOrder, record.done);
  m_completions.push_back(m_inOrder);
  set(m_controller, WaveLeaf::QueueDone, m_inOrder, sequence);
  if (!isAluOpcode(command.opcode)) return;
  hold(m_controller, WaveLeaf::AluBusy, record.start, record.done, 1);
  hold(m_controller, WaveLeaf::AluOpcode, record.start, record.done, command.opcode);
  hold(m_controller, WaveLeaf::AluSequence, record.start, record.done, sequence);
  hold(m_controller, WaveLeaf::AluLayer, record.start, record.done, command.layer);
  hold(m_controller, WaveLeaf::AluData, record.start, record.done, command.body.alu.dst);
}

void WaveTrace::onControllerMemory(Picoseconds begin, Picoseconds end) {
  hold(m_controller, WaveLeaf::MemoryBusy, begin, end, 1);
}

void WaveTrace::onLine(ActivityLine line, bool level, Picoseconds now) {
  set(m_controller, line == ActivityLine::HostInterrupt ? WaveLeaf::HostIrq : WaveLeaf::Irq, now,
      level ? 1 : 0);
}

void WaveTrace::onHostDoorbell(Picoseconds now) {
  hold(m_controller, WaveLeaf::HostDoorbell, now, now + kPulse, 1);
}

// ---- dies
// -------------------------------------------------------------------------------------------------------

void WaveTrace::onTransfer(std::uint64_t dies, LinkDirection direction, std::uint64_t bytes,
                           Picoseconds begin, Picoseconds end) {
  m_transferBegin = begin;
  forEachDie(dies, [&](const DieSlots& die) {
    const Slots& link = direction == LinkDirection::Down ? die.down : die.up;
    hold(link, WaveLeaf::LinkBusy, begin, end, 1);
    hold(link, WaveLeaf::LinkOpcode, begin, end, m_command.opcode);
    hold(link, WaveLeaf::LinkSequence, begin, end, m_sequence);
    hold(link, WaveLeaf::LinkStream, begin, end, 1u + m_command.stream);
    hold(link, WaveLeaf::LinkBytes, begin, end, bytes);
  });
}

void WaveTrace::onData(std::uint64_t dies, LinkDirection direction, std::uint64_t head) {
  forEachDie(dies, [&](const DieSlots& die) {
    const Slots& link = direction == LinkDirection::Down ? die.down : die.up;
    set(link, WaveLeaf::LinkData, m_transferBegin, head);
  });
}

void WaveTrace::onDieRam(std::uint64_t dies, Picoseconds begin, Picoseconds end) {
  forEachDie(dies, [&](const DieSlots& die) { hold(die.ram, WaveLeaf::DieRamBusy, begin, end, 1); });
}

void WaveTrace::onBankWork(std::uint64_t dies, std::uint64_t banks, Picoseconds begin, Picoseconds end) {
  const BankCompute& compute = m_chip.compute;
  const Picoseconds decoded =
      begin + (compute.overhead ? compute.clock.cycles(BankCompute::kDecodeCycles) : 0);
  forEachBank(dies, banks, [&](const BankSlots& bank) {
    hold(bank.slots, WaveLeaf::BankBusy, begin, end, 1);
    set(bank.slots, WaveLeaf::BankState, begin, kBankDecodes);
    hold(bank.slots, WaveLeaf::BankState, decoded, end, m_command.opcode);
    hold(bank.slots, WaveLeaf::BankOpcode, begin, end, m_command.opcode);
    hold(bank.slots, WaveLeaf::BankSequence, begin, end, m_sequence);
    hold(bank.slots, WaveLeaf::BankData, begin, end, bmemOf({m_command, bank.bank}));
    if (bankOperation(m_command.opcode).vectors(m_command) != 0) {
      hold(bank.slots, WaveLeaf::BankMacActive, m_firstMac < 0 ? decoded : m_firstMac, end, 1);
    }
  });
}

// ---- DRAM
// -------------------------------------------------------------------------------------------------------

DramCycles WaveTrace::columnInterval(std::uint32_t bank) const {
  const BankOperation& operation = bankOperation(m_command.opcode);
  return std::max<DramCycles>(m_chip.dram.tCcd, operation.columnInterval({m_command, bank}, m_chip.compute));
}

DramObserver* WaveTrace::dramObserver(const DramAccess& access, DramObserver* next) {
  endColumns();
  m_firstMac = -1;
  m_shown.clear();
  if (!m_watchDram) return next;
  const Picoseconds idleSince = access.before.columnReady * m_chip.dram.tCkPs;
  const bool touches = m_span.touches(idleSince, access.end);
  forEachBank(access.dies, access.banks, [&](BankSlots& bank) {
    if (touches && !bank.watched) {
      for (const std::int32_t row : access.before.openRow) {
        if (row < 0) continue;
        const auto open = static_cast<std::uint32_t>(row);
        set(bank.slots, m_rows.leafOf(open), std::min(idleSince, m_span.nearSince()), open);
      }
    }
    bank.watched = touches;
    if (touches) m_shown.push_back(&bank);
  });
  if (m_shown.empty()) return next;
  m_next = next;
  m_interval = columnInterval(m_shown[0]->bank);
  return this;
}

void WaveTrace::command(const DramCommand& command) {
  m_rows.command(command, m_interval, setShown());
  sawColumn(command);
  if (m_next != nullptr) m_next->command(command);
}

void WaveTrace::columns(const DramCommand& first, std::int64_t count, DramCycles interval) {
  m_rows.columns(first, count, interval, setShown());
  sawColumn(first);
  if (m_next != nullptr) m_next->columns(first, count, interval);
}

void WaveTrace::sawColumn(const DramCommand& command) {
  if (command.kind == DramCommandKind::Mac && m_firstMac < 0) m_firstMac = command.cycle * m_chip.dram.tCkPs;
}

void WaveTrace::endColumns() {
  m_rows.endColumns(setShown());
}

// ---- RTL
// --------------------------------------------------------------------------------------------------------

WaveTrace::BankSlots* WaveTrace::rtlOf(std::uint32_t die, std::uint32_t bank) {
  const auto found = std::find_if(m_banks.begin(), m_banks.end(),
                                  [&](const BankSlots& b) { return b.die == die && b.bank == bank; });
  return found != m_banks.end() ? &*found : nullptr;
}

void WaveTrace::onRtlDram(std::uint32_t die, const DramCommand& command) {
  BankSlots* bank = rtlOf(die, command.bank);
  if (bank == nullptr) return;
  bank->rtlRows.command(
      command, columnInterval(bank->bank),
      [&](WaveLeaf leaf, Picoseconds time, std::uint64_t value) { set(bank->rtl, leaf, time, value); });
}

void WaveTrace::onRtlState(std::uint32_t die, std::uint32_t bank, RtlBankState state, Picoseconds at) {
  const BankSlots* slots = rtlOf(die, bank);
  if (slots == nullptr) return;
  static constexpr std::uint64_t kStates[] = {0,           kBankDecodes,   kBankStreams,
                                              kBankDrains, PIM_OP_SOFTMAX, PIM_OP_STORE};
  set(slots->rtl, WaveLeaf::BankBusy, at, state == RtlBankState::Idle ? 0 : 1);
  set(slots->rtl, WaveLeaf::BankState, at, kStates[static_cast<std::size_t>(state)]);
}

}  // namespace pim

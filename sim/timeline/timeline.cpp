#include "sim/timeline/timeline.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/error.h"
#include "core/operations/alu_operation.h"
#include "core/operations/command_names.h"
#include "platform/assembly/chip_parameters.h"
#include "sim/analysis/stage_energy.h"

namespace pim::sim {
namespace {

// Viewers sort processes by these numbers.
enum Process : std::uint32_t { kProgram = 1, kFirmware, kParts, kAlus, kBandwidth, kPower, kFirstDie };

// Tracks of a die.
enum DieTrack : std::uint32_t { kLinkDown = 1, kLinkUp = 2, kCommands = 3, kFirstBank = 1000 };

constexpr std::uint32_t kLanesPerComponent = 1000;

/// Returns the time in which the core writes a register.
Picoseconds accessTime(const platform::Config& config) {
  const ControllerCoreParameters core = platform::controllerParameters(config, false, 0).core;
  return core.clock * core.cyclesPerAccess;
}

}  // namespace

Timeline::Timeline(const TimelineRequest& request, const platform::Config& config)
    : m_request(request),
      m_writer(request.option, request.path),
      m_program(m_writer, kProgram),
      m_firmware(m_writer, {kFirmware, 1}, accessTime(config), request.program),
      m_componentLanes(kComponents),
      m_dieLanes(config.chip.dies),
      m_down([this](Picoseconds t, double v) { m_writer.counter(kBandwidth, "links down", "GB/s", t, v); }),
      m_up([this](Picoseconds t, double v) { m_writer.counter(kBandwidth, "links up", "GB/s", t, v); }),
      m_memories{counterOf("CRAM"), counterOf("CMEM"), counterOf("external memory")},
      m_banks([this](Picoseconds t, double v) { m_writer.counter(kBandwidth, "banks", "GB/s", t, v); }),
      m_power([this, idle = idlePower(config.energy, energyScope(config))](Picoseconds t, double v) {
        m_writer.counter(kPower, "power", "W", t, idle + v);
      }),
      m_energy(config.energy),
      m_energyScope(energyScope(config)) {
  m_writer.nameProcess(kProgram, "program");
  m_writer.nameProcess(kFirmware, "firmware");
  m_writer.nameTrack({kFirmware, 1}, "core");
  if (request.program != nullptr) m_writer.nameTrack({kFirmware, 2}, "functions");
  m_writer.nameProcess(kParts, "components");
  m_writer.nameProcess(kAlus, "ALUs");
  m_writer.nameProcess(kBandwidth, "bandwidth");
  m_writer.nameProcess(kPower, "power");
  for (std::uint32_t die = 0; die < config.chip.dies; ++die) {
    m_writer.nameProcess(kFirstDie + die, fmt::format("die {}", die));
  }
}

void Timeline::onSleep(Picoseconds from, Picoseconds to) {
  const bool wanted = m_wanted && m_request.window.hasTime(from);
  m_firmware.sleep(wanted, from, to);
  firmwareBusy(from);
  m_coreSince = to;
  if (wanted) arrowTo(to);
}

void Timeline::firmwareBusy(Picoseconds until) {
  if (m_wanted && until > m_coreSince && m_request.window.hasTime(m_coreSince)) {
    m_name = "firmware";
    m_arguments = fmt::format(R"("token":"{}")", m_where.token());
    part(Component::Firmware, m_coreSince, until);
  }
  m_coreSince = until;
}

void Timeline::arrowTo(Picoseconds wake) {
  Served cause;
  for (; !m_interrupts.empty() && m_interrupts.front().time <= wake; m_interrupts.pop_front())
    cause = m_interrupts.front().cause;
  if (cause.sequence == PIM_NO_SEQUENCE) return;
  const Picoseconds within = std::max(cause.start, cause.done - 1);
  m_writer.flowFrom(cause.track, "completion", cause.sequence, within);
  m_writer.flowTo({kFirmware, 1}, "completion", cause.sequence, wake);
}

void Timeline::onMark(std::uint32_t kind, std::uint32_t index, Picoseconds now) {
  m_firmware.mark(m_where.phase(), m_wanted && m_request.window.hasTime(now), now);
  firmwareBusy(now);
  m_where.mark(kind, index);
  m_wanted = false;
  if (kind == PIM_MARK_DECODE) m_over = m_request.window.isOver(index, now);
  m_end = now;
}

void Timeline::onDoorbell(std::uint32_t, Picoseconds now) {
  m_firmware.doorbell(now);
  m_down.advance(now);
  m_up.advance(now);
  m_banks.advance(now);
  m_power.advance(now);
  for (BandwidthCounter& memory : m_memories) memory.advance(now);
}

BandwidthCounter Timeline::counterOf(const char* name) {
  return BandwidthCounter(
      [this, name](Picoseconds t, double v) { m_writer.counter(kBandwidth, name, "GB/s", t, v); });
}

void Timeline::onMemoryPort(ControllerMemoryKind memory, double bytes, Picoseconds begin, Picoseconds end) {
  if (m_wanted && m_request.window.hasTime(begin))
    m_memories[static_cast<std::size_t>(memory)].add(bytes, begin, end);
}

void Timeline::onDispatch(const pim_command& command, std::uint32_t sequence) {
  m_where.dispatch(command);
  m_wanted = m_where.wants(m_request.window, command);
  m_firmware.command(command, m_wanted && m_request.window.hasTime(m_firmware.rung()));
  m_open = true;
  if (!m_wanted) return;
  m_token = m_where.token();
  const char* step = stepName(command.step);
  m_name = fmt::format("{}{}{}", opcodeName(command.opcode), *step != '\0' ? " " : "", step);
  m_arguments = fmt::format(R"("sequence":{},"token":"{}")", sequence, m_token);
  const int layer = layerOf(command);
  if (layer >= 0) m_arguments += fmt::format(R"(,"layer":{})", layer);
}

void Timeline::onTransfer(std::uint64_t dies, LinkDirection direction, std::uint64_t bytes, Picoseconds begin,
                          Picoseconds end) {
  if (!m_open || !m_wanted || !m_request.window.hasTime(begin)) return;
  const bool down = direction == LinkDirection::Down;
  (down ? m_down : m_up).add(static_cast<double>(bytes) * __builtin_popcountll(dies), begin, end);
  for (; dies != 0; dies &= dies - 1) {
    const auto die = static_cast<std::uint32_t>(__builtin_ctzll(dies));
    span({kFirstDie + die, down ? kLinkDown : kLinkUp}, down ? "link down" : "link up", "link", begin, end);
  }
}

void Timeline::onBankWork(std::uint64_t dies, std::uint64_t banks, Picoseconds begin, Picoseconds end) {
  if (!m_open || !m_wanted || !m_request.window.hasTime(begin)) return;
  for (; dies != 0; dies &= dies - 1) {
    const auto die = static_cast<std::uint32_t>(__builtin_ctzll(dies));
    const auto lane = static_cast<std::uint32_t>(m_dieLanes[die].laneFor(begin, end));
    span({kFirstDie + die, kCommands + lane}, "banks", "bank", begin, end);
    for (const BankName& bank : m_request.banks) {
      if (bank.die != die || (banks >> bank.bank & 1) == 0) continue;
      span({kFirstDie + die, kFirstBank + bank.bank}, fmt::format("bank {}", bank.bank), "bank", begin, end);
    }
  }
}

void Timeline::onCommand(const pim_command& command, std::uint32_t sequence, const CommandRecord& record,
                         const Counters& counters) {
  m_open = false;
  if (m_wanted && m_request.window.hasTime(record.start)) {
    const Energy energy = energyOf(counters - m_before, 0, m_energy, m_energyScope);
    constexpr double kNanojoules = 1e9;
    m_power.add(energy.total() * kNanojoules, record.start, record.done);
  }
  m_before = counters;
  std::uint64_t bankBytes = 0;
  for (const std::uint64_t bytes : counters.bankBytes) bankBytes += bytes;
  const std::uint64_t streamed = bankBytes - m_bankBytes;
  m_bankBytes = bankBytes;
  Served served{{}, PIM_NO_SEQUENCE, record.start, record.done};
  if (m_wanted && command.opcode != PIM_OP_NOP && m_request.window.hasTime(record.start)) {
    served.track = show(command, sequence, record, streamed);
    served.sequence = sequence;
  }
  completes(command, served);
}

Track Timeline::show(const pim_command& command, std::uint32_t sequence, const CommandRecord& record,
                     std::uint64_t streamed) {
  ++m_commands;
  m_program.command(command, m_token, record);
  Track unit{kParts, 1}, last{kParts, 1};
  record.forEachSpan([&](Component component, Picoseconds from, Picoseconds to) {
    if (!m_request.window.hasTime(from)) return;
    last = part(component, from, to);
    if (from <= record.start) unit = last;
  });
  if (isAluOpcode(command.opcode)) {
    span({kAlus, command.opcode}, opcodeName(command.opcode), "alu", record.start, record.done);
  }
  if (streamed != 0) m_banks.add(static_cast<double>(streamed), record.start, record.done);
  if (m_request.window.hasTime(record.posted)) {
    m_writer.flowFrom({kFirmware, 1}, "command", sequence, record.posted);
    m_writer.flowTo(unit, "command", sequence, record.start);
  }
  return last;
}

void Timeline::completes(const pim_command& command, const Served& served) {
  if (served.done >= m_inOrder && command.opcode != PIM_OP_NOP) m_last = served;
  m_inOrder = std::max(m_inOrder, served.done);
  if ((command.flags & PIM_FLAG_IRQ) != 0) m_interrupts.push_back({m_inOrder, m_last});
}

Track Timeline::part(Component component, Picoseconds begin, Picoseconds end) {
  const auto index = static_cast<std::uint32_t>(component);
  const auto lane = static_cast<std::uint32_t>(m_componentLanes[index].laneFor(begin, end));
  const Track track{kParts, 1 + index * kLanesPerComponent + lane};
  span(track, componentName(component), componentName(component), begin, end);
  return track;
}

void Timeline::span(Track track, const std::string& trackName, const char* category, Picoseconds begin,
                    Picoseconds end) {
  if (m_named.insert({track.process, track.thread}).second) m_writer.nameTrack(track, trackName);
  m_writer.span(track, m_name, category, begin, end, m_arguments);
}

void Timeline::finish() {
  if (!anything()) {
    throw UserError(
        fmt::format("--timeline-window {}: the run did not reach it: it had {} and ended at {:.6f} ms",
                    m_request.window.text(), m_where.soFar(), static_cast<double>(m_end) / 1e9));
  }
  m_program.finish();
  m_firmware.finish(m_wanted);
  m_down.finish();
  m_up.finish();
  m_banks.finish();
  m_power.finish();
  for (BandwidthCounter& memory : m_memories) memory.finish();
  m_writer.commit();
}

}  // namespace pim::sim

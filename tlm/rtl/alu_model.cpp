#include "tlm/rtl/alu_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <fstream>

#include "Vpim_alu.h"
#include "core/base/error.h"
#include "tlm/rtl/block_trace.h"
#include "tlm/rtl/pin_hex.h"
#include "tlm/rtl/pin_tape.h"
#include "tlm/rtl/rtl_assertion.h"
#include "tlm/rtl/rtl_mismatch.h"
#include "tlm/rtl/tape.h"
#include "tlm/rtl/verilated_block.h"

namespace pim {
namespace {

/// Returns the elements of the row buffer that a row takes; each part of a head, and the sums of REDUCE, fill
/// their own chunks.
std::uint64_t rowElements(const pim_command& command) {
  constexpr std::uint64_t kChunk = 32;
  const pim_alu& alu = command.body.alu;
  switch (command.opcode) {
    case PIM_OP_ROPE_Q:
    case PIM_OP_ROPE_K:
    case PIM_OP_KV_V: {
      const std::uint64_t heads = std::uint64_t{alu.blocks} * std::max<std::uint32_t>(alu.heads_per_group, 1);
      return heads * ((alu.head_dim + kChunk - 1) / kChunk * kChunk);
    }
    case PIM_OP_REDUCE:
      return 2 * std::uint64_t{alu.count};
    case PIM_OP_ALU_SOFTMAX:
      return std::uint64_t{alu.position} + alu.rows;
    case PIM_OP_ARGMAX:  // nothing is stored
    case PIM_OP_SAMPLE:
      return 0;
    default:
      return alu.count;
  }
}

void requireRoom(const pim_command& command) {
  const std::uint64_t elements = rowElements(command);
  if (elements > AluModel::kRowElements) {
    throw UserError(fmt::format("rtl.alus: a row of {} elements does not fit the row buffers of {} elements",
                                elements, AluModel::kRowElements));
  }
}

/// Returns the pins in the order in which pim_alu_tb reads them.
std::vector<PinTape::Pin> inputsOf(Vpim_alu& alu) {
  return {{&alu.command_valid_i, sizeof alu.command_valid_i}, {&alu.command_i, sizeof alu.command_i},
          {&alu.request_ready_i, sizeof alu.request_ready_i}, {&alu.read_valid_i, sizeof alu.read_valid_i},
          {&alu.read_data_i, sizeof alu.read_data_i},         {&alu.write_ready_i, sizeof alu.write_ready_i}};
}

void tickAlu(Vpim_alu& alu) {
  alu.clk_i = 1;
  alu.eval();
  alu.clk_i = 0;
}

void resetAlu(Vpim_alu& alu) {
  // Verilator does not count the first clock level that it sees as an edge.
  alu.clk_i = 0;
  alu.rst_ni = 1;
  alu.eval();
  alu.rst_ni = 0;
  alu.eval();
  tickAlu(alu);
  alu.rst_ni = 1;
  alu.eval();
}

PinTape::Bare bareAlu() {
  const auto block = std::make_shared<VerilatedBlock<Vpim_alu>>(nullptr);
  Vpim_alu& alu = **block;
  return {block, inputsOf(alu), [&alu] { resetAlu(alu); },
          [&alu](unsigned) {
            tickAlu(alu);
            alu.eval();
          },
          [&alu] { return std::uint64_t{alu.done_o}; }};
}

}  // namespace

/// Drives the pins from outside: accepts each request as a whole, and sends or receives its beats.
class AluModel::Pins {
 public:
  Pins(const Memory& memory, RtlStalls stalls) : m_port(memory), m_stalls(stalls), m_random(stalls.seed) {
    resetAlu(m_alu);
  }

  Cycles run(const pim_command& command, AluMemory& memory) {
    // A command takes a few cycles per beat and hundreds per row; this many without a handshake are a hang.
    constexpr std::int64_t kPatience = 100'000;
    Cycles cycles;
    static_assert(sizeof m_alu.command_i == sizeof command);
    std::memcpy(&m_alu.command_i, &command, sizeof command);
    m_alu.command_valid_i = 1;
    std::int64_t quiet = 0;
    bool accepted = false;
    for (; !m_alu.done_o; ++quiet) {
      if (quiet == kPatience) throw RtlHang(fmt::format("pim_alu: opcode {} hangs", command.opcode));
      drive();
      if (accepted) ++(m_alu.computing_o ? cycles.compute : cycles.streams);
      if (accepted) ++cycles.total;
      const bool taken = m_alu.command_valid_i && m_alu.command_ready_o;
      const bool beat =
          (m_alu.read_valid_i && m_alu.read_ready_o) || (m_alu.write_valid_o && m_alu.write_ready_i);
      const bool request = m_alu.request_valid_o && m_alu.request_ready_i;
      if (beat || request) quiet = 0;
      if (beat) {
        ++cycles.beats;
        takeBeat(memory);
      }
      if (request) takeRequest(memory);
      tick();
      if (taken) {
        m_alu.command_valid_i = 0;
        accepted = true;
      }
      if (beat && m_reading) m_alu.read_valid_i = 0;
      settle();
    }
    tick();
    settle();
    // The cycle in which the command moves to the sequencer belongs to no phase.
    --cycles.streams;
    cycles.total += m_port.clock.covering(std::max<Picoseconds>(m_memoryFree - now(), 0));
    m_memoryFree = std::min(m_memoryFree, now());  // is in the past when the next command arrives
    return cycles;
  }

  std::int64_t cycle() const { return m_cycle; }

  bool trace(const Window& window) {
    m_trace.close();
    m_window = window;
    return window.vcdFile.empty() || static_cast<bool>(std::ofstream(window.vcdFile));
  }

  void record(std::ostream& to) {
    m_recording = &to;
    recordPins(true);
  }

  void save(Snapshot& snapshot) {
    snapshot.cycle = m_cycle;
    snapshot.memoryFree = m_memoryFree;
    snapshot.stalls = m_random;
    snapshot.registers.clear();
    Tape tape(snapshot.registers);
    tape << m_alu;
  }

  void restore(const Snapshot& snapshot) {
    TapeReader tape(snapshot.registers);
    tape >> m_alu;
    m_cycle = snapshot.cycle;
    m_memoryFree = snapshot.memoryFree;
    m_random = snapshot.stalls;
    m_reading = false;
    m_stream.clear();
    m_offset = 0;
  }

 private:
  Picoseconds now() const { return m_port.clock.cycles(m_cycle); }
  std::size_t beatBytes() const {
    return std::min<std::size_t>(sizeof m_alu.read_data_i, m_stream.size() - m_offset);
  }
  /// Returns whether the memory has transferred all earlier data, or will within this cycle.
  bool memoryIsReady() const { return m_memoryFree < now() + m_port.clock.period(); }
  void occupyMemory(std::size_t bytes) {
    m_memoryFree = std::max(m_memoryFree, now()) + m_port.rates.at(m_address).timeFor(bytes);
  }

  bool stall() { return m_stalls.percent != 0 && m_random() % 100 < m_stalls.percent; }

  /// Sets the inputs of this cycle. A valid input stays until it is accepted.
  void drive() {
    m_alu.request_ready_i = !stall();
    const bool more = m_reading && m_offset < m_stream.size();
    if (more && !m_alu.read_valid_i && memoryIsReady() && !stall()) {
      const std::size_t bytes = beatBytes();
      // The memory's content after the end of a stream must not matter, so it is filled with a pattern.
      std::memset(&m_alu.read_data_i, 0xA5, sizeof m_alu.read_data_i);
      std::memcpy(&m_alu.read_data_i, m_stream.data() + m_offset, bytes);
      m_alu.read_valid_i = 1;
      occupyMemory(std::min(sizeof m_alu.read_data_i, m_stream.size() - m_offset - bytes));
    }
    m_alu.write_ready_i = memoryIsReady() && !stall();
    m_alu.eval();
  }

  void takeRequest(AluMemory& memory) {
    m_reading = !m_alu.request_write_o;
    m_address = m_alu.request_address_o;
    m_offset = 0;
    m_stream.resize(m_alu.request_bytes_o);
    if (!m_reading) return;
    memory.read(m_address, m_stream.data(), m_alu.request_bytes_o);
    occupyMemory(beatBytes());
  }

  void takeBeat(AluMemory& memory) {
    const std::size_t bytes = beatBytes();
    if (!m_reading) {
      std::memcpy(m_stream.data() + m_offset, &m_alu.write_data_o, bytes);
      occupyMemory(bytes);
    }
    m_offset += bytes;
    if (!m_reading && m_offset == m_stream.size())
      memory.write(m_address, m_stream.data(), static_cast<std::uint32_t>(m_stream.size()));
  }

  void settle() {
    m_alu.eval();
    if (m_tape != nullptr) m_tape->saw(m_alu.done_o);
  }

  /// Writes one line of pim_alu_tb: reset, inputs, outputs. Signals that are not valid are written as 0.
  void recordPins(bool reset) {
    if (m_recording == nullptr) return;
    const auto wide = [](bool valid, const auto& pin) { return valid ? pinHex(pin) : "0"; };
    const auto isIdle = [this](const void* pin) {
      return (pin == &m_alu.command_i && !m_alu.command_valid_i) ||
             (pin == &m_alu.read_data_i && !m_alu.read_valid_i);
    };
    *m_recording << fmt::format("{:d}", reset);
    for (const PinTape::Pin& pin : m_inputs) *m_recording << ' ' << (isIdle(pin.at) ? "0" : pinHex(pin));
    *m_recording << fmt::format(" {:x} {:x} {:x} {:x} {:x} {:x} {:x}", m_alu.command_ready_o, m_alu.done_o,
                                m_alu.computing_o, m_alu.request_valid_o, m_alu.request_write_o,
                                m_alu.request_address_o, m_alu.request_bytes_o);
    *m_recording << fmt::format(" {:x} {:x} {}\n", m_alu.read_ready_o, m_alu.write_valid_o,
                                wide(m_alu.write_valid_o, m_alu.write_data_o));
  }

  void tick() {
    recordPins(false);
    if (m_tape != nullptr) m_tape->record(0);
    constexpr std::int64_t kPeriod = 1000;  // ps per cycle in waveforms
    if (m_cycle == m_window.from && !m_window.vcdFile.empty()) m_trace.open(m_alu, m_window.vcdFile);
    m_trace.dump(m_cycle * kPeriod + kPeriod / 2);
    m_alu.clk_i = 1;
    m_alu.eval();
    ++m_cycle;
    m_trace.dump(m_cycle * kPeriod);
    m_alu.clk_i = 0;
    if (m_cycle == m_window.to) m_trace.close();
    requireAssertions();
  }

  VerilatedBlock<Vpim_alu> m_block{"alu"};
  Vpim_alu& m_alu = *m_block;
  const std::vector<PinTape::Pin> m_inputs = inputsOf(m_alu);
  std::shared_ptr<PinTape> m_tape = PinRecording::tape("alu", m_inputs, bareAlu);
  Memory m_port;
  RtlStalls m_stalls;
  std::mt19937_64 m_random;
  std::int64_t m_cycle = 0;
  Picoseconds m_memoryFree = 0;  // when it has transferred all requested data; reads are one beat ahead
  BlockTrace m_trace;
  std::ostream* m_recording = nullptr;
  Window m_window{{}, -1, -1};
  std::vector<std::uint8_t> m_stream;  // of the current request
  std::size_t m_offset = 0;
  std::uint32_t m_address = 0;
  bool m_reading = false;
};

AluModel::AluModel(const Memory& memory, RtlStalls stalls) : m_pins(std::make_unique<Pins>(memory, stalls)) {}
AluModel::~AluModel() = default;

std::int64_t AluModel::run(const pim_command& command, AluMemory& memory) {
  requireRoom(command);
  ++m_work.commands[command.opcode];
  m_cycles = m_pins->run(command, memory);
  return m_cycles.total;
}

RtlWork AluModel::work() const {
  RtlWork work = m_work;
  work.block = "alu";
  work.cycles = now();
  return work;
}

bool AluModel::trace(const Window& window) {
  return m_pins->trace(window);
}

void AluModel::record(std::ostream& to) {
  m_pins->record(to);
}

bool AluModel::canBeSaved() {
  return kCanBeSaved;
}

void AluModel::save(Snapshot& snapshot) {
  m_pins->save(snapshot);
}

void AluModel::restore(const Snapshot& snapshot) {
  m_pins->restore(snapshot);
}

std::int64_t AluModel::now() const {
  return m_pins->cycle();
}

}  // namespace pim

#include "tlm/rtl/die_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <ostream>
#include <random>
#include <stdexcept>

#include "Vpim_die.h"
#include "Vpim_die_narrow.h"
#include "tlm/rtl/pin_hex.h"
#include "tlm/rtl/pin_history.h"
#include "tlm/rtl/pin_tape.h"
#include "tlm/rtl/rtl_assertion.h"
#include "tlm/rtl/verilated_block.h"

namespace pim {
namespace {

using BankPins = std::uint16_t;  // one bit per bank

constexpr std::int64_t kWavePeriod = 1000;  // ps per clock edge in waveforms

/// Three pins per bank.
template <typename Pin>
void putError(Pin& pin, std::uint32_t bank, BusError error) {
  const auto value = static_cast<std::uint64_t>(error);
  const std::uint64_t mask = std::uint64_t{7} << 3 * bank;
  pin = static_cast<Pin>((pin & ~mask) | value << 3 * bank);
}

/// Returns the pins in the order in which pim_die_replay_tb reads them.
template <typename Verilated>
std::vector<PinTape::Pin> inputsOf(Verilated& die) {
  return {{&die.present_i, sizeof die.present_i},       {&die.half_duplex_i, sizeof die.half_duplex_i},
          {&die.req_valid_i, sizeof die.req_valid_i},   {&die.req_write_i, sizeof die.req_write_i},
          {&die.req_addr_i, sizeof die.req_addr_i},     {&die.req_bytes_i, sizeof die.req_bytes_i},
          {&die.req_data_i, sizeof die.req_data_i},     {&die.in_valid_i, sizeof die.in_valid_i},
          {&die.in_data_i, sizeof die.in_data_i},       {&die.in_strb_i, sizeof die.in_strb_i},
          {&die.out_ready_i, sizeof die.out_ready_i},   {&die.wr_ready_i, sizeof die.wr_ready_i},
          {&die.wr_error_i, sizeof die.wr_error_i},     {&die.open_ready_i, sizeof die.open_ready_i},
          {&die.open_error_i, sizeof die.open_error_i}, {&die.rd_ready_i, sizeof die.rd_ready_i},
          {&die.rd_error_i, sizeof die.rd_error_i},     {&die.rd_data_i, sizeof die.rd_data_i},
          {&die.cmd_ready_i, sizeof die.cmd_ready_i},   {&die.cmd_error_i, sizeof die.cmd_error_i}};
}

template <typename Verilated>
std::uint64_t outputsOf(const Verilated& die) {
  return std::uint64_t{die.wr_valid_o} ^ std::uint64_t{die.rd_valid_o} << 16 ^
         std::uint64_t{die.cmd_valid_o} << 32;
}

template <typename Verilated>
void tickDie(Verilated& die) {
  die.clk_i = 1;
  die.eval();
  die.clk_i = 0;
}

template <typename Verilated>
void resetDie(Verilated& die) {
  // Verilator does not count the first clock level that it sees as an edge.
  die.clk_i = 0;
  die.rst_ni = 1;
  die.eval();
  die.rst_ni = 0;
  die.eval();
  tickDie(die);
  die.rst_ni = 1;
  die.eval();
}

template <typename Verilated>
PinTape::Bare bareDie() {
  const auto block = std::make_shared<VerilatedBlock<Verilated>>(nullptr);
  Verilated& die = **block;
  return {block, inputsOf(die), [&die] { resetDie(die); },
          [&die](unsigned) {
            tickDie(die);
            die.eval();
          },
          [&die] { return outputsOf(die); }};
}

}  // namespace

class DieModel::Pins {
 public:
  virtual ~Pins() = default;
  virtual void step() = 0;
  virtual bool writeWaveform(const std::string& file) = 0;
  virtual void record(std::ostream& to) = 0;

  Request request;
  bool presenting = false;
  std::int64_t cycle = 0;
  std::int64_t edges = 0;
  std::deque<Completion> completions;
};

/// Drives the pins from outside.
template <typename Verilated>
class DieModel::PinsOf : public DieModel::Pins {
 public:
  PinsOf(std::uint32_t banks, bool halfDuplex, Banks& partners, RtlStalls stalls)
      : m_partners(partners), m_stalls(stalls), m_random(stalls.seed), m_incoming(kBanks) {
    m_die.present_i = static_cast<BankPins>((1u << banks) - 1);
    m_die.half_duplex_i = halfDuplex;
    resetDie(m_die);
  }

  bool writeWaveform(const std::string& file) override {
    const bool written = m_history.show(file, kWavePeriod, [this] {
      tickDie(m_die);
      m_die.eval();
    });
    dropAssertions();  // those already reported
    return written;
  }
  void record(std::ostream& to) override { m_recording = &to; }

  void step() override {
    driveRequest();
    driveData();
    driveBanks();
    m_die.eval();
    driveOpen();

    const bool held = waits(m_die.wr_valid_o, m_die.wr_ready_i) ||
                      waits(m_die.rd_valid_o, m_die.rd_ready_i) ||
                      waits(m_die.cmd_valid_o, m_die.cmd_ready_i) ||
                      waits(m_die.out_valid_o, m_die.out_ready_i) || (m_die.in_ready_o && !m_die.in_valid_i);
    takeData(held);
    takeCompletions();
    takeRequest();
    if (m_tape != nullptr) m_tape->record(0);
    m_history.beforeEdge(edges);
    if (m_recording != nullptr) recordPins();
    tick();
    ++edges;
    if (!held) ++cycle;
    m_die.eval();
    requireAssertions();
    if (m_tape != nullptr) m_tape->saw(outputsOf(m_die));
  }

 private:
  struct Transfer {
    Request request;
    std::int64_t begin = 0;
    std::size_t moved = 0;
  };
  struct Part {
    std::uint32_t offset = 0;
    std::vector<std::uint8_t> bytes, strobes;
  };
  struct Reading {
    std::uint32_t parts = 1;
    std::vector<std::uint8_t> opened;  // indexed by address
  };

  static bool waits(std::uint32_t valid, std::uint32_t ready) { return (valid & ~ready) != 0; }
  bool stall() { return m_stalls.percent != 0 && m_random() % 100 < m_stalls.percent; }
  std::uint32_t readyBanks() {
    std::uint32_t ready = (1u << kBanks) - 1;
    for (std::uint32_t b = 0; m_stalls.percent != 0 && b < kBanks; ++b) {
      if (stall()) ready &= ~(1u << b);
    }
    return ready;
  }
  template <typename Visit>
  static void forEach(std::uint32_t mask, Visit visit) {
    for (; mask != 0; mask &= mask - 1) visit(static_cast<std::uint32_t>(__builtin_ctz(mask)));
  }

  void driveRequest() {
    m_die.req_valid_i = presenting;
    if (!presenting) return;
    m_die.req_write_i = request.write;
    m_die.req_addr_i = request.address;
    m_die.req_bytes_i = request.bytes;
    if (request.write && !request.data.empty()) {
      std::memcpy(&m_die.req_data_i, request.data.data(),
                  std::min<std::size_t>(request.data.size(), sizeof m_die.req_data_i));
    }
  }

  /// Sets the data inputs. A valid input stays until it is accepted.
  void driveData() {
    if (!m_down.empty() && !m_die.in_valid_i && !stall()) {
      const Transfer& transfer = m_down.front();
      const std::size_t bytes =
          std::min<std::size_t>(kLinkBytes, transfer.request.data.size() - transfer.moved);
      std::memset(&m_die.in_data_i, 0xA5, kLinkBytes);
      std::memcpy(&m_die.in_data_i, transfer.request.data.data() + transfer.moved, bytes);
      m_die.in_strb_i = ~0u;
      for (std::size_t i = 0; !transfer.request.strobes.empty() && i < bytes; ++i) {
        if (transfer.request.strobes[transfer.moved + i] == 0) m_die.in_strb_i &= ~(1u << i);
      }
      m_die.in_valid_i = 1;
    }
    m_die.out_ready_i = !stall();
  }

  /// Sets the inputs from the banks. Banks respond in the cycle of a transfer; the outputs of the die to them
  /// are registers.
  void driveBanks() {
    m_die.wr_ready_i = static_cast<BankPins>(readyBanks());
    forEach(m_die.wr_valid_o & m_die.wr_ready_i, [this](std::uint32_t bank) { takeWrite(bank); });
    m_die.rd_ready_i = static_cast<BankPins>(readyBanks());
    forEach(m_die.rd_valid_o, [this](std::uint32_t bank) { giveRead(bank); });
    m_die.cmd_ready_i = static_cast<BankPins>(readyBanks());
    forEach(m_die.cmd_valid_o & m_die.cmd_ready_i, [this](std::uint32_t bank) { takeCommand(bank); });
  }

  void takeWrite(std::uint32_t bank) {
    Part& part = m_incoming[bank];
    if (part.bytes.empty()) part.offset = m_die.wr_offset_o;
    const auto* data = reinterpret_cast<const std::uint8_t*>(&m_die.wr_data_o);
    const std::uint32_t bytes = std::min(kLinkBytes, m_die.wr_left_o);
    part.bytes.insert(part.bytes.end(), data, data + bytes);
    for (std::uint32_t i = 0; i < bytes; ++i) part.strobes.push_back(m_die.wr_strb_o >> i & 1);
    BusError error = BusError::None;
    if (m_die.wr_left_o <= kLinkBytes) {
      error = m_partners.write(bank, part.offset, part.bytes, part.strobes);
      part = {};
    }
    putError(m_die.wr_error_i, bank, error);
  }

  void giveRead(std::uint32_t bank) {
    const std::uint32_t offset = m_die.rd_offset_o;
    const std::uint32_t left = m_die.rd_left_o;
    if (m_outgoing.bytes.empty()) {
      m_outgoing.offset = offset;
      m_outgoing.bytes = std::move(m_readings.front().opened);
      m_readError = BusError::None;
      if (m_outgoing.bytes.empty()) {
        m_outgoing.bytes.assign(left, 0);
        m_readError = m_partners.read(bank, offset, m_outgoing.bytes);
      }
    }
    auto* data = reinterpret_cast<std::uint8_t*>(&m_die.rd_data_i) + bank * kLinkBytes;
    std::memset(data, 0x5A, kLinkBytes);
    std::memcpy(data, m_outgoing.bytes.data() + (offset - m_outgoing.offset), std::min(left, kLinkBytes));
    putError(m_die.rd_error_i, bank, m_readError);
  }

  void takeCommand(std::uint32_t bank) {
    const auto* data = reinterpret_cast<const std::uint8_t*>(&m_die.cmd_data_o);
    std::vector<std::uint8_t> bytes(m_die.cmd_bytes_o);
    std::memcpy(bytes.data(), data, std::min<std::size_t>(bytes.size(), sizeof m_die.cmd_data_o));
    putError(m_die.cmd_error_i, bank, m_partners.command(bank, m_die.cmd_offset_o, bytes));
  }

  /// Sets the reply to the announcement of a read, which depends on the request on the pins.
  void driveOpen() {
    if (m_die.open_valid_o == 0) return;
    const auto bank = static_cast<std::uint32_t>(__builtin_ctz(m_die.open_valid_o));
    if (!m_opening) {
      m_opening = true;
      std::int64_t cycles = 0;
      m_opened.assign(m_die.open_bytes_o, 0);
      m_openError = m_partners.open(bank, m_die.open_offset_o, m_opened, cycles);
      m_openedAt = cycle + cycles;
    }
    m_die.open_ready_i = static_cast<BankPins>(cycle >= m_openedAt ? 1u << bank : 0);
    putError(m_die.open_error_i, bank, m_openError);
    m_die.eval();
  }

  void takeData(bool held) {
    if (m_die.in_valid_i && m_die.in_ready_o) {
      Transfer& transfer = m_down.front();
      transfer.moved += kLinkBytes;
      if (transfer.moved >= transfer.request.data.size()) {
        m_arriving.push_back({transfer.request.id, BusError::None, false, transfer.begin, 0, {}, {}});
        m_down.pop_front();
      }
      m_inTaken = true;
    }
    // A bank's part ends with its last beat.
    m_partEnds = m_die.rd_valid_o != 0 && !held && m_die.rd_left_o <= kLinkBytes;
    if (m_die.out_valid_o && m_die.out_ready_i) {
      Completion& completion = m_up.front();
      const auto* data = reinterpret_cast<const std::uint8_t*>(&m_die.out_data_o);
      const std::uint32_t left = m_parts.front() - m_moved;
      const std::uint32_t bytes = std::min(kLinkBytes, left);
      completion.data.insert(completion.data.end(), data, data + bytes);
      for (std::uint32_t i = 0; i < bytes; ++i) completion.strobes.push_back(m_die.out_strb_o >> i & 1);
      m_moved = left > kLinkBytes ? m_moved + kLinkBytes : 0;
      if (m_die.out_last_o) completion.error = static_cast<BusError>(m_die.out_error_o);
    }
  }

  void takeCompletions() {
    if (m_die.in_done_o) complete(m_arriving, static_cast<BusError>(m_die.in_error_o));
    if (m_die.out_done_o) {
      complete(m_up, m_up.front().error);
      m_parts.pop_front();
    }
    if (m_die.bell_done_o) {
      const std::uint32_t word = m_die.bell_rdata_o;
      m_bells.front().data.resize(sizeof word);
      std::memcpy(m_bells.front().data.data(), &word, sizeof word);
      complete(m_bells, static_cast<BusError>(m_die.bell_error_o));
    }
  }

  void complete(std::deque<Completion>& queue, BusError error) {
    if (queue.empty()) throw std::logic_error("pim_die completes what nobody asked for");
    Completion completion = std::move(queue.front());
    queue.pop_front();
    completion.error = error;
    completion.done = cycle;
    completions.push_back(std::move(completion));
  }

  void takeRequest() {
    if (!presenting || !m_die.req_ready_o) return;
    presenting = m_opening = false;
    const auto error = static_cast<BusError>(m_die.req_error_o);
    Completion completion{request.id, error, error != BusError::None, cycle, cycle, {}, {}};
    if (completion.refused) {
      completions.push_back(std::move(completion));
    } else if (isBell()) {
      m_bells.push_back(std::move(completion));
    } else if (request.write) {
      m_down.push_back({std::move(request), cycle, 0});
    } else {
      m_up.push_back(std::move(completion));
      m_parts.push_back(request.bytes);
      const bool gather = DieAddress::windowOf(request.address) == DieAddress::Gather;
      const auto parts =
          gather ? static_cast<std::uint32_t>(__builtin_popcount(DieAddress::maskOf(request.address))) : 1u;
      const bool ram = !gather && request.address >> DieAddress::kBankShift == 0;
      if (!ram) m_readings.push_back({parts, std::move(m_opened)});
    }
    m_opened.clear();
  }

  /// Returns whether the accepted request bypasses the data path.
  bool isBell() const {
    if (DieAddress::windowOf(request.address) != DieAddress::Devices)
      return request.write && DieAddress::bankOffsetOf(request.address) < BankAddress::kRegisterBytes;
    const auto offset = static_cast<std::uint32_t>(request.address);
    if (request.address >> DieAddress::kBankShift == 0) return offset < DieAddress::kRegisterBytes;
    return request.write && offset < BankAddress::kRegisterBytes;
  }

  /// Writes one line of pim_die_replay_tb: inputs, outputs. Signals that are not valid are written as 0.
  void recordPins() {
    const auto wide = [](bool valid, const auto& pin) { return valid ? pinHex(pin) : "0"; };
    const auto isIdle = [this](const void* pin) {
      return (pin == &m_die.req_data_i && !m_die.req_valid_i) ||
             (pin == &m_die.in_data_i && !m_die.in_valid_i) ||
             (pin == &m_die.rd_data_i && m_die.rd_valid_o == 0);
    };
    for (const PinTape::Pin& pin : m_inputs) *m_recording << (isIdle(pin.at) ? "0" : pinHex(pin)) << ' ';
    *m_recording << fmt::format("{:x} {:x} {:x} {:x} {:x}", m_die.req_ready_o, m_die.req_error_o,
                                m_die.in_ready_o, m_die.in_done_o, m_die.in_error_o);
    *m_recording << fmt::format(" {:x} {} {:x} {:x} {:x} {:x}", m_die.out_valid_o,
                                wide(m_die.out_valid_o, m_die.out_data_o), m_die.out_strb_o, m_die.out_last_o,
                                m_die.out_error_o, m_die.out_done_o);
    *m_recording << fmt::format(" {:x} {:x} {:x}", m_die.bell_done_o, m_die.bell_error_o, m_die.bell_rdata_o);
    *m_recording << fmt::format(" {:x} {:x} {:x} {} {:x}", m_die.wr_valid_o, m_die.wr_offset_o,
                                m_die.wr_left_o, wide(m_die.wr_valid_o != 0, m_die.wr_data_o),
                                m_die.wr_strb_o);
    *m_recording << fmt::format(" {:x} {:x} {:x} {:x} {:x} {:x}", m_die.open_valid_o, m_die.open_offset_o,
                                m_die.open_bytes_o, m_die.rd_valid_o, m_die.rd_offset_o, m_die.rd_left_o);
    *m_recording << fmt::format(" {:x} {:x} {:x} {}\n", m_die.cmd_valid_o, m_die.cmd_offset_o,
                                m_die.cmd_bytes_o, wide(m_die.cmd_valid_o != 0, m_die.cmd_data_o));
  }

  void tick() {
    tickDie(m_die);
    if (m_inTaken) m_die.in_valid_i = 0;
    if (m_partEnds) {
      m_outgoing = {};
      if (--m_readings.front().parts == 0) m_readings.pop_front();
    }
    m_inTaken = m_partEnds = false;
    m_die.open_ready_i = 0;
  }

  Banks& m_partners;
  RtlStalls m_stalls;
  std::mt19937_64 m_random;
  VerilatedBlock<Verilated> m_block{"die"};
  Verilated& m_die = *m_block;
  const std::vector<PinTape::Pin> m_inputs = inputsOf(m_die);
  PinHistory<Verilated> m_history{m_die, m_inputs};
  std::ostream* m_recording = nullptr;
  std::shared_ptr<PinTape> m_tape = PinRecording::tape("die", m_inputs, bareDie<Verilated>);

  std::deque<Transfer> m_down;        // started, with beats left to send
  std::deque<Completion> m_arriving;  // all beats sent
  std::deque<Completion> m_up;        // started
  std::deque<std::uint32_t> m_parts;  // bytes of each bank in these transfers
  std::uint32_t m_moved = 0;          // bytes received of the current part
  std::deque<Completion> m_bells;
  std::vector<Part> m_incoming;  // one per bank
  Part m_outgoing;               // of the bank that is being read
  BusError m_readError = BusError::None;
  std::deque<Reading> m_readings;  // started, not completely read
  std::vector<std::uint8_t> m_opened;
  BusError m_openError = BusError::None;
  std::int64_t m_openedAt = 0;
  bool m_opening = false;
  bool m_inTaken = false;
  bool m_partEnds = false;
};

DieModel::DieModel(std::uint32_t banks, bool halfDuplex, Banks& partners, Shape shape, RtlStalls stalls) {
  if (shape == Shape::Standard) {
    m_pins = std::make_unique<PinsOf<Vpim_die>>(banks, halfDuplex, partners, stalls);
  } else {
    m_pins = std::make_unique<PinsOf<Vpim_die_narrow>>(banks, halfDuplex, partners, stalls);
  }
}
DieModel::~DieModel() = default;

void DieModel::present(Request request) {
  if (m_pins->presenting) throw std::logic_error("DieModel: one request at a time");
  m_pins->request = std::move(request);
  m_pins->presenting = true;
}
bool DieModel::presenting() const {
  return m_pins->presenting;
}
void DieModel::step() {
  m_pins->step();
}
std::int64_t DieModel::cycle() const {
  return m_pins->cycle;
}
std::int64_t DieModel::edges() const {
  return m_pins->edges;
}
bool DieModel::writeWaveform(const std::string& file) {
  return m_pins->writeWaveform(file);
}
void DieModel::record(std::ostream& to) {
  m_pins->record(to);
}
std::deque<DieModel::Completion>& DieModel::completions() {
  return m_pins->completions;
}

}  // namespace pim

#include "tlm/rtl/bank_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <deque>
#include <fstream>
#include <stdexcept>

#include "Vpim_bank.h"
#include "Vpim_bank___024root.h"
#include "abi/pim_layout.h"
#include "core/base/address_map.h"
#include "core/base/error.h"
#include "tlm/rtl/block_trace.h"
#include "tlm/rtl/pin_hex.h"
#include "tlm/rtl/pin_tape.h"
#include "tlm/rtl/rtl_assertion.h"
#include "tlm/rtl/tape.h"
#include "tlm/rtl/verilated_block.h"

namespace pim {
namespace {

constexpr std::uint32_t kBeatBytes = 32;

/// The widths of the timing wires of pim_bank.
constexpr DramCycles kMaxTiming = (1 << 12) - 1;
constexpr DramCycles kMaxRefresh = (1 << 28) - 1;

}  // namespace

std::string unsupportedReason(const BankParameters& parameters) {
  const DramTiming& dram = parameters.dram.timing();
  const BankCompute& compute = parameters.compute;
  if (compute.macLanes != 64) return "bank.mac_lanes: expected 64, the lanes of the RTL";
  if (compute.softmaxLanes != 4) return "bank.softmax_lanes: expected 4, the lanes of the RTL";
  if (!compute.overhead) return "bank.command_overhead: expected on";
  if (compute.macClock % compute.clock.period() != 0 || compute.macClock < 2 * compute.clock.period() ||
      compute.macClock > 63 * compute.clock.period()) {
    return "bank.mac_clock_ns: expected a multiple of dram.t_ck_ns, 2 to 63 of them";
  }
  if (parameters.bramBytes > BankModel::kBramBytes) return "bank.bram_kib: expected at most 64";
  if (dram.model != DramTimingModel::Timed) return "dram.model: expected timed";
  if (dram.activationLimit != DramActivationLimit::Off)
    return "dram.activation_limit: expected off, since the RTL's banks do not know of each other";
  if (dram.organisation.columnBytes != PIM_COLUMN_BYTES) return "dram.column_bytes: expected 32";
  if (dram.rowBits > 15) return "dram.page_bytes: expected at most 1 MiB";
  if (dram.tCcd < 2) return "dram.t_ccd_ns: expected at least 2 t_ck_ns";
  for (const DramCycles atLeastOne :
       {dram.tRcdRead, dram.tRcdMac, dram.tRcdWrite, dram.tRp, dram.tRtp, dram.tRas, dram.tRfc}) {
    if (atLeastOne < 1) return "dram: expected t_rcd_*, t_rp, t_rtp, t_ras and t_rfc of at least one t_ck_ns";
  }
  for (const DramTimingField& field : kDramTimingFields) {
    if (field.cycles != &DramTiming::tRefi && dram.*field.cycles > kMaxTiming)
      return fmt::format("dram.{}: expected at most {} t_ck_ns", field.key, kMaxTiming);
  }
  if (dram.tRefi * (dram.refreshPostponeMax + 2) > kMaxRefresh)
    return fmt::format("dram.t_refi_ns: expected at most {} t_ck_ns with what may be postponed", kMaxRefresh);
  return {};
}

namespace {

std::vector<PinTape::Pin> inputsOf(Vpim_bank& top) {
  return {{&top.bank_i, sizeof top.bank_i},
          {&top.mac_beat_i, sizeof top.mac_beat_i},
          {&top.bram_bytes_i, sizeof top.bram_bytes_i},
          {&top.bmem_bytes_i, sizeof top.bmem_bytes_i},
          {&top.t_rcd_read_i, sizeof top.t_rcd_read_i},
          {&top.t_rcd_mac_i, sizeof top.t_rcd_mac_i},
          {&top.t_rcd_write_i, sizeof top.t_rcd_write_i},
          {&top.t_rp_i, sizeof top.t_rp_i},
          {&top.t_ras_i, sizeof top.t_ras_i},
          {&top.t_rc_i, sizeof top.t_rc_i},
          {&top.t_ccd_i, sizeof top.t_ccd_i},
          {&top.t_wr_i, sizeof top.t_wr_i},
          {&top.t_rtp_i, sizeof top.t_rtp_i},
          {&top.t_rfc_i, sizeof top.t_rfc_i},
          {&top.t_refi_i, sizeof top.t_refi_i},
          {&top.refresh_first_i, sizeof top.refresh_first_i},
          {&top.refresh_postpone_i, sizeof top.refresh_postpone_i},
          {&top.refresh_enable_i, sizeof top.refresh_enable_i},
          {&top.two_buffers_i, sizeof top.two_buffers_i},
          {&top.column_bits_i, sizeof top.column_bits_i},
          {&top.bus_valid_i, sizeof top.bus_valid_i},
          {&top.bus_we_i, sizeof top.bus_we_i},
          {&top.bus_addr_i, sizeof top.bus_addr_i},
          {&top.bus_be_i, sizeof top.bus_be_i},
          {&top.bus_wdata_i, sizeof top.bus_wdata_i},
          {&top.bus_rready_i, sizeof top.bus_rready_i},
          {&top.rdata_i, sizeof top.rdata_i}};
}

std::uint64_t outputsOf(const Vpim_bank& top) {
  return top.busy_o | top.done_o << 1 | top.error_o << 2 | top.col_valid_o << 3 | top.act_o << 4;
}

template <typename Eval>
void resetBank(Vpim_bank& top, Eval eval) {
  top.clk_i = top.bus_clk_i = 0;
  top.bus_valid_i = 0;
  top.bus_rready_i = 0;
  top.rst_ni = 1;
  eval();
  top.rst_ni = 0;
  eval();
  top.clk_i = top.bus_clk_i = 1;
  eval();
  top.clk_i = top.bus_clk_i = 0;
  eval();
  top.rst_ni = 1;
  eval();
}

PinTape::Bare bareBank() {
  const auto block = std::make_shared<VerilatedBlock<Vpim_bank>>(nullptr);
  Vpim_bank& top = **block;
  return {block, inputsOf(top), [&top] { resetBank(top, [&top] { top.eval(); }); },
          [&top](unsigned clock) {
            CData& pin = clock == 0 ? top.clk_i : top.bus_clk_i;
            pin = 1;
            top.eval();
            pin = 0;
            top.eval();
          },
          [&top] { return outputsOf(top); }};
}

}  // namespace

struct BankModel::Pins {
  VerilatedBlock<Vpim_bank> block{"bank"};
  Vpim_bank& top = *block;
  BlockTrace trace;
  std::int64_t clockPicoseconds;
  std::ofstream recording;
  std::shared_ptr<PinTape> tape = PinRecording::tape("bank", inputsOf(top), bareBank);

  std::uint32_t bank;
  std::uint8_t* cells;
  int columnBits;  // of a row
  std::int64_t cycle = 0;
  std::uint64_t commandsDone = 0;
  std::int64_t lastDone = -1;
  bool refused = false;
  DramObserver* observer = nullptr;
  CellWriter writer;
  StateWatcher stateWatcher;
  std::uint8_t state = 0;  // that it has been told of
  std::array<std::uint32_t, 2> openRow{};
  std::deque<std::uint64_t> pendingWrites;

  Pins(const BankParameters& parameters, std::uint32_t bankInDie, std::uint8_t* bmem)
      : clockPicoseconds(parameters.dram.timing().tCkPs),
        bank(bankInDie),
        cells(bmem),
        columnBits(parameters.dram.timing().rowBits) {
    writer = [this](std::uint64_t offset, const std::uint8_t* data, std::uint32_t mask) {
      for (unsigned i = 0; i < kBeatBytes; ++i) {
        if ((mask >> i & 1) != 0) cells[offset + i] = data[i];
      }
    };
    wire(parameters);
    reset();
  }

  void wire(const BankParameters& p) {
    const DramTiming& t = p.dram.timing();
    top.bank_i = static_cast<std::uint8_t>(bank);
    top.mac_beat_i = static_cast<std::uint8_t>(p.compute.macClock / p.compute.clock.period());
    top.bram_bytes_i = p.bramBytes;
    top.bmem_bytes_i = static_cast<std::uint32_t>(t.organisation.bankBytes);
    top.t_rcd_read_i = static_cast<std::uint16_t>(t.tRcdRead);
    top.t_rcd_mac_i = static_cast<std::uint16_t>(t.tRcdMac);
    top.t_rcd_write_i = static_cast<std::uint16_t>(t.tRcdWrite);
    top.t_rp_i = static_cast<std::uint16_t>(t.tRp);
    top.t_ras_i = static_cast<std::uint16_t>(t.tRas);
    top.t_rc_i = static_cast<std::uint16_t>(t.tRc);
    top.t_ccd_i = static_cast<std::uint16_t>(t.tCcd);
    top.t_wr_i = static_cast<std::uint16_t>(t.tWr);
    top.t_rtp_i = static_cast<std::uint16_t>(t.tRtp);
    const bool perBank = t.refresh == DramRefresh::PerBank;
    top.t_rfc_i = static_cast<std::uint16_t>(perBank ? t.tRfcPb : t.tRfc);
    top.t_refi_i = static_cast<std::uint32_t>(t.tRefi);
    top.refresh_first_i =
        static_cast<std::uint32_t>(t.tRefi + (perBank ? t.tRefi * bank / t.organisation.banksPerDie : 0));
    top.refresh_postpone_i = static_cast<std::uint32_t>(t.tRefi * t.refreshPostponeMax);
    top.refresh_enable_i = t.refresh != DramRefresh::Off;
    top.two_buffers_i = t.organisation.rowBuffers == 2;
    top.column_bits_i = static_cast<std::uint8_t>(t.rowBits);
  }

  void reset() {
    resetBank(top, [this] { eval(); });
  }

  void eval() {
    top.eval();
    // A cycle begins with the rising edge that ends the one before.
    trace.dump(top.clk_i ? (cycle + 1) * clockPicoseconds : cycle * clockPicoseconds + clockPicoseconds / 2);
    requireAssertions();
  }

  void tick() {
    recordPins(0);
    const bool column = top.col_valid_o != 0;
    const std::uint64_t offset =
        ((std::uint64_t{top.col_row_o} << columnBits) + top.col_index_o) * PIM_COLUMN_BYTES;
    const bool write = column && top.col_kind_o == 2;
    serveCells(column, write, offset);
    if (top.done_o) {
      refused = top.error_o != 0;
      lastDone = cycle + 1;
      ++commandsDone;
    }
    if (tape != nullptr) tape->record(0);
    top.clk_i = 1;
    eval();
    ++cycle;
    tellState();
    if (column && !write) std::memcpy(&top.rdata_i, cells + offset, PIM_COLUMN_BYTES);
    top.clk_i = 0;
    eval();
    if (tape != nullptr) tape->saw(outputsOf(top));
  }

  void serveCells(bool column, bool write, std::uint64_t offset) {
    const std::uint32_t rows[2] = {top.act_row0_o, top.act_row1_o};
    for (unsigned b = 0; b < 2; ++b) {
      if ((top.pre_o >> b & 1) != 0) emit(DramCommandKind::Precharge, openRow[b], 0);
    }
    for (unsigned b = 0; b < 2; ++b) {
      if ((top.act_o >> b & 1) == 0) continue;
      openRow[b] = rows[b];
      emit(DramCommandKind::Activate, rows[b], 0);
    }
    if (top.ref_o) emit(DramCommandKind::Refresh, 0, 0);
    if (column) {
      static constexpr DramCommandKind kKinds[] = {DramCommandKind::Read, DramCommandKind::Mac,
                                                   DramCommandKind::Write};
      emit(kKinds[top.col_kind_o], top.col_row_o, top.col_index_o);
    }
    if (top.wdata_valid_o) {
      if (pendingWrites.empty()) throw std::logic_error("pim_bank writes to the cells without a column");
      std::uint8_t data[PIM_COLUMN_BYTES];
      std::memcpy(data, &top.wdata_o, sizeof data);
      writer(pendingWrites.front(), data, top.wdata_mask_o);
      pendingWrites.pop_front();
    }
    if (write) pendingWrites.push_back(offset);
  }

  void tellState() {
    const std::uint8_t now = top.rootp->pim_bank__DOT__state_q;
    if (now == state) return;
    state = now;
    if (stateWatcher) stateWatcher(static_cast<RtlBankState>(state), cycle);
  }

  void emit(DramCommandKind kind, std::uint32_t row, std::uint32_t column) {
    if (observer != nullptr) observer->command({kind, cycle, bank, row, column});
  }

  /// One line of pim_bank_tb: the clock that ticks next, inputs, outputs.
  void recordPins(int busClock) {
    if (!recording.is_open()) return;
    top.eval();  // inputs may just have changed
    recording << fmt::format("{:x} {:x} {:x} {:x} {:x} {:x} {} {}", busClock, top.bus_valid_i, top.bus_we_i,
                             top.bus_rready_i, top.bus_addr_i, top.bus_be_i, pinHex(top.bus_wdata_i),
                             pinHex(top.rdata_i));
    recording << fmt::format(" {:x} {:x} {} {:x} {:x} {:x}", top.bus_ready_o, top.bus_rvalid_o,
                             pinHex(top.bus_rdata_o), top.busy_o, top.done_o, top.error_o);
    recording << fmt::format(" {:x} {:x} {:x} {:x} {:x} {:x} {:x} {:x} {:x}", top.act_o, top.act_row0_o,
                             top.act_row1_o, top.pre_o, top.ref_o, top.col_valid_o, top.col_kind_o,
                             top.col_row_o, top.col_index_o);
    recording << fmt::format(" {:x} {:x} {}\n", top.wdata_valid_o, top.wdata_mask_o, pinHex(top.wdata_o));
  }

  void recordWires() {
    recording << fmt::format(
        "{:x} {:x} {:x} {:x} {:x} {:x} {:x} {:x} {:x} {:x} {:x} {:x} {:x} {:x} {:x} {:x} {:x} {:x} {:x} "
        "{:x}\n",
        top.bank_i, top.mac_beat_i, top.bram_bytes_i, top.bmem_bytes_i, top.t_rcd_read_i, top.t_rcd_mac_i,
        top.t_rcd_write_i, top.t_rp_i, top.t_ras_i, top.t_rc_i, top.t_ccd_i, top.t_wr_i, top.t_rtp_i,
        top.t_rfc_i, top.t_refi_i, top.refresh_first_i, top.refresh_postpone_i, top.refresh_enable_i,
        top.two_buffers_i, top.column_bits_i);
  }

  void busTick() {
    recordPins(1);
    if (tape != nullptr) tape->record(1);
    top.bus_clk_i = 1;
    eval();
    top.bus_clk_i = 0;
    eval();
    if (tape != nullptr) tape->saw(outputsOf(top));
  }

  /// The beat on the pins until it has been taken.
  void busRequest(unsigned stalls) {
    for (unsigned i = 0; i < stalls; ++i) busTick();
    top.bus_valid_i = 1;
    eval();
    while (!top.bus_ready_o) {
      tick();
      busTick();
    }
    busTick();
    top.bus_valid_i = 0;
    eval();
  }
};

BankModel::BankModel(const BankParameters& parameters, std::uint32_t bankInDie, std::uint8_t* cells) {
  if (const std::string reason = unsupportedReason(parameters); !reason.empty())
    throw std::logic_error("BankModel: " + reason);
  m_pins = std::make_unique<Pins>(parameters, bankInDie, cells);
}

BankModel::~BankModel() = default;

std::int64_t BankModel::cycle() const {
  return m_pins->cycle;
}

void BankModel::tick() {
  m_pins->tick();
}

void BankModel::runTo(std::int64_t cycle) {
  while (m_pins->cycle < cycle) m_pins->tick();
}

bool BankModel::busy() const {
  return m_pins->top.busy_o != 0;
}

bool BankModel::writesPending() const {
  return !m_pins->pendingWrites.empty();
}

std::uint64_t BankModel::commandsDone() const {
  return m_pins->commandsDone;
}

std::int64_t BankModel::lastDone() const {
  return m_pins->lastDone;
}

bool BankModel::refused() const {
  return m_pins->refused;
}

void BankModel::busWrite(std::uint32_t address, const std::uint8_t* data, std::uint32_t byteEnables,
                         Stalls stalls) {
  Vpim_bank& top = m_pins->top;
  top.bus_we_i = 1;
  top.bus_addr_i = address;
  top.bus_be_i = byteEnables;
  std::memcpy(&top.bus_wdata_i, data, kBeatBytes);
  m_pins->busRequest(stalls.request);
}

void BankModel::busRead(std::uint32_t address, std::uint8_t* data, Stalls stalls) {
  Vpim_bank& top = m_pins->top;
  top.bus_we_i = 0;
  top.bus_addr_i = address;
  m_pins->busRequest(stalls.request);
  for (unsigned i = 0; i < stalls.answer; ++i) m_pins->busTick();
  if (!top.bus_rvalid_o) throw std::logic_error("pim_bank does not answer a read");
  std::memcpy(data, &top.bus_rdata_o, kBeatBytes);
  top.bus_rready_i = 1;
  m_pins->busTick();
  top.bus_rready_i = 0;
  m_pins->eval();
}

void BankModel::write(std::uint32_t address, const void* data, std::uint32_t bytes) {
  const auto* from = static_cast<const std::uint8_t*>(data);
  while (bytes != 0) {
    const std::uint32_t first = address % kBeatBytes;
    const std::uint32_t count = std::min(kBeatBytes - first, bytes);
    std::uint8_t beat[kBeatBytes] = {};
    std::memcpy(beat + first, from, count);
    const std::uint32_t enables = (count == kBeatBytes ? ~0u : (1u << count) - 1) << first;
    busWrite(address - first, beat, enables, {});
    from += count;
    address += count;
    bytes -= count;
  }
}

void BankModel::read(std::uint32_t address, void* data, std::uint32_t bytes) {
  auto* to = static_cast<std::uint8_t*>(data);
  while (bytes != 0) {
    const std::uint32_t first = address % kBeatBytes;
    const std::uint32_t count = std::min(kBeatBytes - first, bytes);
    std::uint8_t beat[kBeatBytes];
    busRead(address - first, beat, {});
    std::memcpy(to, beat + first, count);
    to += count;
    address += count;
    bytes -= count;
  }
}

void BankModel::post(const pim_command& command) {
  write(static_cast<std::uint32_t>(BankAddress::kRegisters), &command, sizeof command);
}

void BankModel::observe(DramObserver* observer) {
  m_pins->observer = observer;
}

void BankModel::watchState(StateWatcher watcher) {
  m_pins->stateWatcher = std::move(watcher);
}

void BankModel::writeCellsWith(CellWriter writer) {
  m_pins->writer = std::move(writer);
}

bool BankModel::trace(const std::string& vcdFile) {
  m_pins->trace.close();
  if (vcdFile.empty()) return true;
  if (!m_pins->trace.open(m_pins->top, vcdFile)) return false;
  m_pins->eval();
  return true;
}

void BankModel::record(const std::string& file) {
  m_pins->recording.open(file);
  if (!m_pins->recording) throw UserError(fmt::format("--record: cannot write {}", file));
  m_pins->recordWires();
}

BankModel::Snapshot BankModel::save() {
  if (!m_pins->pendingWrites.empty())
    throw std::logic_error("BankModel::save: a write is on its way to the cells");
  Snapshot snapshot{{}, m_pins->cycle, {m_pins->openRow[0], m_pins->openRow[1]}};
  {
    Tape tape(snapshot.registers);
    tape << m_pins->top;
  }
  return snapshot;
}

void BankModel::restore(const Snapshot& snapshot) {
  TapeReader tape(snapshot.registers);
  tape >> m_pins->top;
  m_pins->cycle = snapshot.cycle;
  m_pins->state = m_pins->top.rootp->pim_bank__DOT__state_q;
  m_pins->openRow = {snapshot.openRow[0], snapshot.openRow[1]};
  m_pins->pendingWrites.clear();
}

}  // namespace pim

#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <cstring>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "abi/pim_layout.h"
#include "tlm/rtl/pim_bank_cells.h"
#include "tlm/rtl/pin_hex.h"
#include "tlm/rtl/pin_tape.h"

namespace pim {

/// Drives RTL with the ports of rtl_ref/bank/pim_bank.sv. `Top`: the class that Verilator generated.
template <typename Top>
class PimBankPins : public PimBankCells<Top> {
 public:
  /// `name`: as for VerilatedBank, and name of the block on a PinTape; null: neither.
  explicit PimBankPins(const char* name = nullptr) : PimBankCells<Top>(name) {
    if (name != nullptr) m_tape = PinRecording::tape(name, m_inputs, bare);
  }

  void reset(const BankStraps& straps) override {
    this->set(straps);
    resetPins(top(), [this] { eval(); });
  }

  void clock(const std::uint8_t* column) override {
    recordPins(kDramClock);
    if (m_tape != nullptr) m_tape->record(kDramClock);
    PimBankCells<Top>::clock(column);
    if (m_tape != nullptr) m_tape->saw(mixed(top()));
  }

  void write(std::uint32_t address, const std::uint8_t* data, std::uint32_t enables, BusStalls stalls,
             const BankTransactor::RunDramCycle& dramCycle) override {
    top().bus_we_i = 1;
    top().bus_addr_i = address;
    top().bus_be_i = enables;
    std::memcpy(&top().bus_wdata_i, data, PIM_COLUMN_BYTES);
    request(stalls.request, dramCycle);
  }

  void read(std::uint32_t address, std::uint8_t* data, BusStalls stalls,
            const BankTransactor::RunDramCycle& dramCycle) override {
    top().bus_we_i = 0;
    top().bus_addr_i = address;
    request(stalls.request, dramCycle);
    for (unsigned i = 0; i < stalls.answer; ++i) busCycle();
    if (!top().bus_rvalid_o) throw std::logic_error("pim_bank does not answer a read");
    std::memcpy(data, &top().bus_rdata_o, PIM_COLUMN_BYTES);
    top().bus_rready_i = 1;
    busCycle();
    top().bus_rready_i = 0;
    eval();
  }

  /// Records the pins for rtl_ref/tb/pim_bank_tb.sv.
  bool record(const std::string& file) override {
    m_recording.open(file);
    if (!m_recording) return false;
    recordStraps();
    return true;
  }

 private:
  enum : unsigned { kDramClock, kBusClock };

  using VerilatedBank<Top>::top;
  using VerilatedBank<Top>::eval;

  void busCycle() {
    recordPins(kBusClock);
    if (m_tape != nullptr) m_tape->record(kBusClock);
    this->pulse(top().bus_clk_i);
    if (m_tape != nullptr) m_tape->saw(mixed(top()));
  }

  /// Keeps the beat on the pins until it is accepted.
  void request(unsigned stalls, const BankTransactor::RunDramCycle& dramCycle) {
    for (unsigned i = 0; i < stalls; ++i) busCycle();
    top().bus_valid_i = 1;
    eval();
    while (!top().bus_ready_o) {
      dramCycle();
      busCycle();
    }
    busCycle();
    top().bus_valid_i = 0;
    eval();
  }

  template <typename Eval>
  static void resetPins(Top& pins, Eval eval) {
    pins.clk_i = pins.bus_clk_i = 0;
    pins.bus_valid_i = 0;
    pins.bus_rready_i = 0;
    pins.rst_ni = 1;
    eval();
    pins.rst_ni = 0;
    eval();
    pins.clk_i = pins.bus_clk_i = 1;
    eval();
    pins.clk_i = pins.bus_clk_i = 0;
    eval();
    pins.rst_ni = 1;
    eval();
  }

  /// Pins in the order in which pim_bank_tb reads them: the straps, then the pins of every line.
  static constexpr std::size_t kStraps = 20;
  static std::vector<PinTape::Pin> inputsOf(Top& pins) {
    return {{&pins.bank_i, sizeof pins.bank_i},
            {&pins.mac_beat_i, sizeof pins.mac_beat_i},
            {&pins.bram_bytes_i, sizeof pins.bram_bytes_i},
            {&pins.bmem_bytes_i, sizeof pins.bmem_bytes_i},
            {&pins.t_rcd_read_i, sizeof pins.t_rcd_read_i},
            {&pins.t_rcd_mac_i, sizeof pins.t_rcd_mac_i},
            {&pins.t_rcd_write_i, sizeof pins.t_rcd_write_i},
            {&pins.t_rp_i, sizeof pins.t_rp_i},
            {&pins.t_ras_i, sizeof pins.t_ras_i},
            {&pins.t_rc_i, sizeof pins.t_rc_i},
            {&pins.t_ccd_i, sizeof pins.t_ccd_i},
            {&pins.t_wr_i, sizeof pins.t_wr_i},
            {&pins.t_rtp_i, sizeof pins.t_rtp_i},
            {&pins.t_rfc_i, sizeof pins.t_rfc_i},
            {&pins.t_refi_i, sizeof pins.t_refi_i},
            {&pins.refresh_first_i, sizeof pins.refresh_first_i},
            {&pins.refresh_postpone_i, sizeof pins.refresh_postpone_i},
            {&pins.refresh_enable_i, sizeof pins.refresh_enable_i},
            {&pins.two_buffers_i, sizeof pins.two_buffers_i},
            {&pins.column_bits_i, sizeof pins.column_bits_i},
            {&pins.bus_valid_i, sizeof pins.bus_valid_i},
            {&pins.bus_we_i, sizeof pins.bus_we_i},
            {&pins.bus_rready_i, sizeof pins.bus_rready_i},
            {&pins.bus_addr_i, sizeof pins.bus_addr_i},
            {&pins.bus_be_i, sizeof pins.bus_be_i},
            {&pins.bus_wdata_i, sizeof pins.bus_wdata_i},
            {&pins.rdata_i, sizeof pins.rdata_i}};
  }

  static std::uint64_t mixed(const Top& pins) {
    return static_cast<std::uint64_t>(pins.busy_o | pins.done_o << 1 | pins.error_o << 2 |
                                      pins.col_valid_o << 3 | pins.act_o << 4);
  }

  /// Returns the block alone, to be driven by a PinTape.
  static PinTape::Bare bare() {
    const auto block = std::make_shared<VerilatedBlock<Top>>(nullptr);
    Top& pins = **block;
    return {block, inputsOf(pins), [&pins] { resetPins(pins, [&pins] { pins.eval(); }); },
            [&pins](unsigned clock) {
              CData& pin = clock == kDramClock ? pins.clk_i : pins.bus_clk_i;
              pin = 1;
              pins.eval();
              pin = 0;
              pins.eval();
            },
            [&pins] { return mixed(pins); }};
  }

  // ---- record()
  void recordStraps() {
    for (std::size_t i = 0; i < kStraps; ++i)
      m_recording << pinHex(m_inputs[i]) << (i + 1 < kStraps ? ' ' : '\n');
  }

  /// Writes one line of pim_bank_tb: the clock that ticks next, inputs, outputs.
  void recordPins(unsigned clock) {
    if (!m_recording.is_open()) return;
    Top& pins = top();
    pins.eval();  // inputs may have changed
    m_recording << clock;
    for (std::size_t i = kStraps; i < m_inputs.size(); ++i) m_recording << ' ' << pinHex(m_inputs[i]);
    m_recording << fmt::format(" {:x} {:x} {} {:x} {:x} {:x}", pins.bus_ready_o, pins.bus_rvalid_o,
                               pinHex(pins.bus_rdata_o), pins.busy_o, pins.done_o, pins.error_o);
    m_recording << fmt::format(" {:x} {:x} {:x} {:x} {:x} {:x} {:x} {:x} {:x}", pins.act_o, pins.act_row0_o,
                               pins.act_row1_o, pins.pre_o, pins.ref_o, pins.col_valid_o, pins.col_kind_o,
                               pins.col_row_o, pins.col_index_o);
    m_recording << fmt::format(" {:x} {:x} {}\n", pins.wdata_valid_o, pins.wdata_mask_o,
                               pinHex(pins.wdata_o));
  }

  const std::vector<PinTape::Pin> m_inputs = inputsOf(top());
  std::ofstream m_recording;
  std::shared_ptr<PinTape> m_tape;
};

}  // namespace pim

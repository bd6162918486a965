#pragma once

#include <cstdint>
#include <cstring>

#include "abi/pim_layout.h"
#include "tlm/rtl/verilated_bank.h"

namespace pim {

/// Drives the DRAM clock, the straps and the pins to the cells of a bank, named as in
/// rtl_ref/bank/pim_bank.sv. For RTL with another bus, a derived class only implements reset(), write() and
/// read().
template <typename Top>
class PimBankCells : public VerilatedBank<Top> {
 public:
  BankCycle outputs() override {
    const Top& pins = top();
    BankCycle cycle;
    cycle.busy = pins.busy_o != 0;
    cycle.done = pins.done_o != 0;
    cycle.refused = pins.error_o != 0;
    cycle.state = static_cast<RtlBankState>(pins.state_o);
    cycle.precharge = pins.pre_o;
    cycle.activate = pins.act_o;
    cycle.row[0] = pins.act_row0_o;
    cycle.row[1] = pins.act_row1_o;
    cycle.refresh = pins.ref_o != 0;
    cycle.column = pins.col_valid_o != 0;
    static constexpr DramCommandKind kKinds[] = {DramCommandKind::Read, DramCommandKind::Mac,
                                                 DramCommandKind::Write, DramCommandKind::Read};
    cycle.kind = kKinds[pins.col_kind_o];
    cycle.columnRow = pins.col_row_o;
    cycle.columnIndex = pins.col_index_o;
    cycle.write = pins.wdata_valid_o != 0;
    if (cycle.write) {
      cycle.writeMask = pins.wdata_mask_o;
      std::memcpy(cycle.writeData, &pins.wdata_o, sizeof cycle.writeData);
    }
    return cycle;
  }

  void clock(const std::uint8_t* column) override {
    this->dramCycle(top().clk_i, [&] {
      if (column != nullptr) std::memcpy(&top().rdata_i, column, PIM_COLUMN_BYTES);
    });
  }

 protected:
  using VerilatedBank<Top>::VerilatedBank;
  using VerilatedBank<Top>::top;

  /// Sets the straps. reset() must call it before its first eval().
  void set(const BankStraps& straps) {
    this->setDramClock(straps.dramClock);
    top().bank_i = static_cast<CData>(straps.bank);
    top().mac_beat_i = static_cast<CData>(straps.macBeat);
    top().bram_bytes_i = straps.bramBytes;
    top().bmem_bytes_i = straps.bmemBytes;
    top().t_rcd_read_i = static_cast<SData>(straps.tRcdRead);
    top().t_rcd_mac_i = static_cast<SData>(straps.tRcdMac);
    top().t_rcd_write_i = static_cast<SData>(straps.tRcdWrite);
    top().t_rp_i = static_cast<SData>(straps.tRp);
    top().t_ras_i = static_cast<SData>(straps.tRas);
    top().t_rc_i = static_cast<SData>(straps.tRc);
    top().t_ccd_i = static_cast<SData>(straps.tCcd);
    top().t_wr_i = static_cast<SData>(straps.tWr);
    top().t_rtp_i = static_cast<SData>(straps.tRtp);
    top().t_rfc_i = static_cast<SData>(straps.tRfc);
    top().t_refi_i = straps.tRefi;
    top().refresh_first_i = straps.firstRefresh;
    top().refresh_postpone_i = straps.postponed;
    top().refresh_enable_i = straps.refresh;
    top().two_buffers_i = straps.twoRowBuffers;
    top().column_bits_i = static_cast<CData>(straps.columnBits);
  }
};

}  // namespace pim

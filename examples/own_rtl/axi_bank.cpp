#include "axi_bank.h"

#include <cstring>

#include "Vaxi_bank.h"
#include "tlm/rtl/pim_bank_cells.h"

namespace {

/// Drives the bus; the rest of the ports are named as pim_bank's.
class AxiBank : public pim::PimBankCells<Vaxi_bank> {
 public:
  AxiBank() : PimBankCells(nullptr) {}

  void reset(const pim::BankStraps& straps) override {
    set(straps);
    Vaxi_bank& pins = top();
    pins.awvalid_i = pins.wvalid_i = pins.bready_i = pins.arvalid_i = pins.rready_i = 0;
    for (const int level : {1, 0, 1}) {
      pins.rst_ni = level;
      eval();
    }
  }

  void write(std::uint32_t address, const std::uint8_t* data, std::uint32_t enables, pim::BusStalls stalls,
             const RunDramCycle& dramCycle) override {
    Vaxi_bank& pins = top();
    for (unsigned i = 0; i < stalls.request; ++i) cycle();
    for (std::uint32_t byte = 0; byte < 32; byte += 8) {
      pins.awaddr_i = address + byte;
      std::memcpy(&pins.wdata_i, data + byte, 8);
      pins.wstrb_i = static_cast<CData>(enables >> byte);
      pins.awvalid_i = pins.wvalid_i = 1;
      eval();
      if (!pins.awready_o || !pins.wready_o) throw std::logic_error("axi_bank: a write is not taken");
      cycle();
      pins.awvalid_i = pins.wvalid_i = 0;
      // The response of the fourth word waits for the bank, which may need the DRAM clock to become ready.
      if (byte == 24) cycle();
      while (!pins.bvalid_o) {
        dramCycle();
        cycle();
      }
      pins.bready_i = 1;
      cycle();
      pins.bready_i = 0;
    }
    eval();
  }

  void read(std::uint32_t address, std::uint8_t* data, pim::BusStalls stalls,
            const RunDramCycle& dramCycle) override {
    Vaxi_bank& pins = top();
    for (unsigned i = 0; i < stalls.request; ++i) cycle();
    for (std::uint32_t byte = 0; byte < 32; byte += 8) {
      pins.araddr_i = address + byte;
      pins.arvalid_i = 1;
      eval();
      while (!pins.arready_o) {
        dramCycle();
        cycle();
      }
      cycle();
      pins.arvalid_i = 0;
      cycle();  // the bank's answer is taken
      for (unsigned i = 0; i < stalls.answer; ++i) cycle();
      if (!pins.rvalid_o) throw std::logic_error("axi_bank: a read is not answered");
      std::memcpy(data + byte, &pins.rdata_o, 8);
      pins.rready_i = 1;
      cycle();
      pins.rready_i = 0;
    }
    eval();
  }

 private:
  void cycle() { pulse(top().aclk_i); }
};

}  // namespace

std::unique_ptr<pim::BankTransactor> axiBank() {
  return std::make_unique<AxiBank>();
}

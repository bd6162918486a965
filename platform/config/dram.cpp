#include "platform/config/dram.h"

namespace pim::platform {

pim::DramSettings dramSettings(const Config& config) {
  const DramConfig& dram = config.dram;
  pim::DramSettings result;
  result.ns = {dram.tCkNs,  dram.tRcdReadNs, dram.tRcdMacNs, dram.tRcdWriteNs, dram.tRpNs,
               dram.tRasNs, dram.tRcNs,      dram.tCcdNs,    dram.tWrNs,       dram.tRtpNs,
               dram.tRrdNs, dram.tFawNs,     dram.tRefiNs,   dram.tRfcNs,      dram.tRfcPbNs};
  result.organisation.pageBytes = dram.pageBytes;
  result.organisation.columnBytes = dram.columnBytes;
  result.organisation.bankBytes = config.bank.bmemBytes();
  result.organisation.banksPerDie = config.chip.banksPerDie;
  result.organisation.rowBuffers = dram.rowBuffers;
  result.refresh = dram.refresh;
  result.refreshPostponeMax = dram.refreshPostponeMax;
  result.activationLimit = dram.activationLimit;
  result.model = dram.model;
  return result;
}

}  // namespace pim::platform

#include <fmt/format.h>

#include <array>
#include <cstdlib>

#include "core/base/error.h"
#include "sim/cosim/bank_stimulus.h"

namespace pim::cosim {
namespace {

[[noreturn]] void refuseSetting(const std::string& setting, const std::string& expected) {
  throw UserError(fmt::format("--set {}: expected {}", setting, expected));
}

/// Applies `setting`, "key=value", in place of the drawn value.
void apply(const std::string& setting, DramSettings& dram, std::uint32_t& macBeat) {
  const std::size_t equals = setting.find('=');
  if (equals == std::string::npos) refuseSetting(setting, "KEY=VALUE");
  const std::string key = setting.substr(0, equals), text = setting.substr(equals + 1);
  if (key == "dram.refresh") {
    if (text != "off" && text != "all_bank" && text != "per_bank")
      refuseSetting(setting, "off, all_bank or per_bank");
    dram.refresh = text == "off"        ? DramRefresh::Off
                   : text == "per_bank" ? DramRefresh::PerBank
                                        : DramRefresh::AllBank;
    return;
  }
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  if (text.empty() || *end != 0 || !(value >= 0 && value <= 1e6))
    refuseSetting(setting, "a number of 0 to 1000000");
  const auto whole = static_cast<std::uint32_t>(value);
  if (key == "dram.row_buffers") {
    dram.organisation.rowBuffers = whole;
  } else if (key == "dram.page_bytes") {
    dram.organisation.pageBytes = whole;
  } else if (key == "dram.refresh_postpone_max") {
    dram.refreshPostponeMax = whole;
  } else if (key == "bank.mac_beat") {
    macBeat = whole;
  } else {
    for (const DramTimingField& field : kDramTimingFields) {
      if (key != fmt::format("dram.{}", field.key)) continue;
      dram.ns.*field.ns = value;
      return;
    }
    refuseSetting(
        setting,
        "dram.row_buffers, dram.page_bytes, dram.refresh, dram.refresh_postpone_max, dram.t_*_ns or "
        "bank.mac_beat");
  }
}

}  // namespace

BankParameters BankStimuli::parameters(const std::vector<std::string>& settings) {
  DramSettings dram;
  dram.organisation.bankBytes = kBmemBytes;
  dram.organisation.banksPerDie = 16;
  dram.organisation.pageBytes = pick(std::array<std::uint32_t, 4>{256, 512, 1024, 2048});
  dram.organisation.rowBuffers = chance(40) ? 2 : 1;
  dram.refresh = pick(std::array<DramRefresh, 4>{DramRefresh::AllBank, DramRefresh::AllBank,
                                                 DramRefresh::PerBank, DramRefresh::Off});
  dram.refreshPostponeMax = below(5);
  if (chance(60)) {  // otherwise the timings of aim8
    DramTimingNs& ns = dram.ns;
    ns.tRcdRead = 0.5 * between(1, 40);
    ns.tRcdMac = 0.5 * between(1, 60);
    ns.tRcdWrite = 0.5 * between(1, 40);
    ns.tRp = 0.5 * between(1, 40);
    ns.tRtp = 0.5 * between(1, 20);
    ns.tRas = ns.tRcdRead + ns.tRtp + 0.5 * below(20);
    ns.tRc = ns.tRas + ns.tRp + 0.5 * below(10);
    ns.tCcd = 0.5 * between(2, 6);
    ns.tWr = 0.5 * below(40);
    ns.tRfc = 0.5 * between(1, 200);
    ns.tRfcPb = 0.5 * between(1, 100);
  }
  // Refreshes are frequent, so that they coincide with every phase of a command.
  const double shortest = dram.ns.tRfc + dram.ns.tRfcPb + 2 * dram.ns.tRc + 100;
  dram.ns.tRefi = shortest + 0.5 * below(2000);
  auto macBeat = pick(std::array<std::uint32_t, 4>{2, 2, 3, 5});
  for (const std::string& setting : settings) apply(setting, dram, macBeat);
  BankParameters parameters;
  parameters.dram = BankTiming(resolveDramTiming(dram));
  parameters.compute.clock = Clock(parameters.dram.timing().tCkPs);
  parameters.compute.macClock = parameters.dram.timing().tCkPs * macBeat;
  parameters.bramBytes = 64 * 1024;
  parameters.functional = true;
  return parameters;
}

}  // namespace pim::cosim

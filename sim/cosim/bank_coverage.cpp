#include "sim/cosim/bank_coverage.h"

#include <fmt/format.h>

#include <array>

#include "sim/cosim/bank_formats.h"
#include "sim/cosim/bank_stimulus.h"

namespace pim::cosim {
namespace {

constexpr std::array<const char*, 2> kStalls = {"no stalls", "stalls"};
constexpr std::array<const char*, 3> kPhases = {"no refresh", "refresh before its columns",
                                                "refresh between its columns"};
constexpr std::array<const char*, 2> kBuffers = {"1 row buffer", "2 row buffers"};
constexpr std::array<const char*, 2> kTimings = {"timings of aim8", "timings drawn"};
constexpr std::array<const char*, 3> kRefreshes = {"off", "all_bank", "per_bank"};
constexpr std::array<std::uint32_t, 3> kBeats = {2, 3, 5};

std::string kindOf(const std::string& format) {
  return format.substr(0, format.find(' '));
}

std::string text(const std::string& first, const std::string& second) {
  return first + "; " + second;
}

const char* nameOf(DramRefresh refresh) {
  return kRefreshes[refresh == DramRefresh::Off ? 0 : refresh == DramRefresh::AllBank ? 1 : 2];
}

std::string beatOf(std::uint32_t cycles) {
  return fmt::format("beat of {} cycles", cycles);
}

std::string machine(std::uint32_t beat, const char* buffers, const char* refresh) {
  return fmt::format("{}, {}, refresh {}", beatOf(beat), buffers, refresh);
}

/// Returns whether commands of the format access cells; others cannot coincide with a refresh.
bool hasColumns(const std::string& format) {
  return kindOf(format) != "SOFTMAX" && format != "FILL";
}

bool drawnTimings(const DramTiming& dram) {
  static const DramTiming usual = resolveDramTiming(DramSettings{});
  return dram.tRcdRead != usual.tRcdRead || dram.tRcdMac != usual.tRcdMac || dram.tRp != usual.tRp ||
         dram.tRfc != usual.tRfc;
}

}  // namespace

RefreshPhase refreshPhase(const std::vector<DramCommand>& commands) {
  RefreshPhase phase = RefreshPhase::kNone;
  bool columns = false, refreshed = false;
  for (const DramCommand& command : commands) {
    const bool column = command.kind == DramCommandKind::Read || command.kind == DramCommandKind::Mac ||
                        command.kind == DramCommandKind::Write;
    if (command.kind == DramCommandKind::Refresh) refreshed = true;
    if (!column) continue;
    if (refreshed) phase = columns ? RefreshPhase::kBetweenColumns : RefreshPhase::kBeforeColumns;
    columns = true;
    refreshed = false;
  }
  return phase;
}

BankCoverage::BankCoverage() {
  for (const std::string& format : bankFormats()) {
    if (kindOf(format) == "MAC") {
      for (const std::string& weights : bankWeights())
        m_crosses["weights x format"][text(weights, format)] = 0;
    }
    for (const char* stalls : kStalls) m_crosses["format x stalls"][text(format, stalls)] = 0;
    for (const char* phase : kPhases) {
      if (phase == kPhases[0] || hasColumns(format)) m_crosses["format x refresh"][text(format, phase)] = 0;
    }
    for (const char* buffers : kBuffers) m_crosses["format x row buffers"][text(format, buffers)] = 0;
    for (const char* timings : kTimings) m_crosses["format x timings"][text(format, timings)] = 0;
    for (const std::uint32_t beat : kBeats) {
      for (const char* buffers : kBuffers) {
        for (const char* refresh : kRefreshes)
          m_crosses["kind x machine"][text(kindOf(format), machine(beat, buffers, refresh))] = 0;
      }
    }
  }
  for (const std::string& mask : bankMasks()) {
    for (const char* kind : {"SCORE", "SOFTMAX", "PV"}) m_crosses["kind x mask"][text(kind, mask)] = 0;
  }
  for (const std::string& weights : bankWeights()) {
    for (const char* phase : kPhases) m_crosses["weights x refresh"][text(weights, phase)] = 0;
    for (const std::uint32_t beat : kBeats) m_crosses["weights x beat"][text(weights, beatOf(beat))] = 0;
  }
}

void BankCoverage::count(const Event& event, const BankParameters& bank) {
  const DramTiming& dram = bank.dram.timing();
  const char* buffers = kBuffers[dram.organisation.rowBuffers == 2 ? 1 : 0];
  const auto beat = static_cast<std::uint32_t>(bank.compute.macClock / bank.compute.clock.period());
  ++m_crosses["format x stalls"][text(event.format, kStalls[event.stalls ? 1 : 0])];
  ++m_crosses["format x refresh"][text(event.format, kPhases[static_cast<std::size_t>(event.refresh)])];
  ++m_crosses["format x row buffers"][text(event.format, buffers)];
  ++m_crosses["format x timings"][text(event.format, kTimings[drawnTimings(dram) ? 1 : 0])];
  if (!event.mask.empty()) ++m_crosses["kind x mask"][text(kindOf(event.format), event.mask)];
  if (!event.weights.empty()) {
    ++m_crosses["weights x format"][text(event.weights, event.format)];
    ++m_crosses["weights x refresh"][text(event.weights, kPhases[static_cast<std::size_t>(event.refresh)])];
    ++m_crosses["weights x beat"][text(event.weights, beatOf(beat))];
  }
  ++m_crosses["kind x machine"][text(kindOf(event.format), machine(beat, buffers, nameOf(dram.refresh)))];
}

}  // namespace pim::cosim

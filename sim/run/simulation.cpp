#include "sim/run/simulation.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <stdexcept>

#include "core/base/error.h"
#include "core/dram/timing_checker.h"
#include "core/observe/activity_fan_out.h"
#include "platform/assembly/chip.h"
#include "platform/assembly/chip_parameters.h"
#include "platform/config/memory_map.h"
#include "sim/run/host_usage.h"
#include "sw/host/pack/packer.h"
#include "tlm/kit/time_limit.h"

namespace pim::sim {
namespace {

/// Writes a packed model into a chip, without simulated time.
class ChipSink : public host::MemorySink {
 public:
  /// With data (`functional`), also writes to the banks.
  ChipSink(platform::Chip& chip, const pim_plan& plan, bool functional) : m_chip(chip), m_dies(plan.dies) {
    if (!functional) return;
    for (std::uint32_t bank = 0; bank < plan.banks_per_die; ++bank) {
      for (std::uint32_t die = 0; die < plan.dies; ++die) {
        m_banks.push_back(chip.directMemory(chip.bmemAddress(die, bank, 0)));
      }
    }
  }
  void writeBank(std::uint32_t die, std::uint32_t bank, std::uint32_t offset, const std::uint8_t* data,
                 std::uint32_t bytes) override {
    std::memcpy(m_banks[bank * m_dies + die] + offset, data, bytes);
  }
  void writeController(std::uint32_t address, const std::uint8_t* data, std::uint32_t bytes) override {
    m_chip.load(address, data, bytes);
  }

 private:
  platform::Chip& m_chip;
  std::uint32_t m_dies;
  std::vector<std::uint8_t*> m_banks;  // BMEM of each bank
};

std::vector<std::unique_ptr<TimingChecker>> makeCheckers(const platform::Config& config) {
  std::vector<std::unique_ptr<TimingChecker>> checkers;
  for (std::uint32_t die = 0; config.simulation.checkTiming && die < config.chip.dies; ++die) {
    checkers.push_back(std::make_unique<TimingChecker>(platform::dramTiming(config)));
  }
  return checkers;
}

void collectViolations(const std::vector<std::unique_ptr<TimingChecker>>& checkers, RunResult& result) {
  for (std::size_t die = 0; die < checkers.size(); ++die) {
    constexpr std::size_t kShown = 10;
    result.dramViolations += checkers[die]->violationCount();
    result.dramCommands += checkers[die]->commands();
    for (const TimingViolation& violation : checkers[die]->violations()) {
      if (result.violationTexts.size() == kShown) break;
      result.violationTexts.push_back(fmt::format("die {}: {}", die, violation.text()));
    }
  }
}

/// Loads the plan, and the model if there is one, into an elaborated chip.
void load(platform::Chip& chip, const RunRequest& request) {
  const host::Layout& layout = request.layout;
  const bool functional = request.model != nullptr;
  ChipSink sink(chip, layout.plan, functional);
  if (request.packed != nullptr) {
    request.packed->load(layout, sink, [&chip](std::uint32_t die, std::uint32_t bank) {
      return chip.directMemory(chip.bmemAddress(die, bank, 0));
    });
  } else if (functional) {
    host::packModel(layout, *request.model, sink);
  } else {
    host::packPlan(layout, sink);
  }
}

/// Throws a UserError if the RTL does not support this plan. The checks of the configuration cannot detect
/// that.
void requireRtlServes(const platform::Config& config, const host::Layout& layout) {
  if (config.rtl.banks != platform::Fidelity::kTlm && layout.plan.embedding == 0) {
    throw UserError(
        "mapping.embedding: expected controller (required by rtl.banks: the RTL of a bank has no port to its "
        "cells)");
  }
}

/// Simulates until the first phase has lasted `limit`. Returns immediately if there is no limit, and earlier
/// if the phase ends. UserError: the limit has passed.
void runFirstPhase(const platform::Chip& chip, Picoseconds limit) {
  if (limit == 0) return;
  limit += 1;  // sc_start() leaves out what happens at its very end
  Picoseconds now = 0, start = 0;
  const auto ended = [&] { return !chip.phases().empty() && chip.phases().front().end != 0; };
  while (now < start + limit) {
    sc_core::sc_start(toScTime(start + limit - now));
    if (sc_core::sc_get_status() == sc_core::SC_STOPPED || ended()) return;
    now = toPicoseconds(sc_core::sc_time_stamp());
    start = chip.phases().empty() ? now : chip.phases().front().start;
  }
  throw UserError(fmt::format("slower than the limit of {} ns", (limit - 1) / 1000));
}

/// Simulates to the end. If the RTL refuses a command in a process of the simulation, SystemC converts the
/// exception to a report with its text; this function reports it as bad input again.
void runToTheEnd(const platform::Chip& chip, Picoseconds firstPhaseLimit) {
  try {
    runFirstPhase(chip, firstPhaseLimit);
    if (sc_core::sc_get_status() != sc_core::SC_STOPPED) sc_core::sc_start();
  } catch (const sc_core::sc_report& report) {
    const std::string text = report.get_msg();
    const bool thrown = report.get_msg_type() == std::string(sc_core::SC_ID_SIMULATION_UNCAUGHT_EXCEPTION_);
    for (const char* limit : {kTimeLimitText, kBusyLimitText})
      if (thrown && text.rfind(limit, 0) == 0) throw UserError(limit);
    if (thrown && text.rfind("rtl.", 0) == 0) throw UserError(text);
    throw;
  }
}

}  // namespace

RunResult simulate(const RunRequest& request) {
  const host::Layout& layout = request.layout;
  requireRtlServes(request.config, layout);
  const bool functional = request.model != nullptr;
  const std::vector<std::unique_ptr<TimingChecker>> checkers = makeCheckers(request.config);

  platform::ChipOptions options;
  options.functional = functional;
  options.planAddress = layout.planAddress;
  options.firmware = request.firmware;
  options.program = request.program;
  options.programObserver = request.programObserver;
  options.firmwareTimeout = request.firmwareTimeout;
  options.debugger = request.debugger;
  ActivityFanOut observers(request.observers);
  if (!request.observers.empty()) options.activity = &observers;
  options.mismatchDirectory = request.mismatchDirectory;
  options.rtl = request.rtl;
  for (const auto& checker : checkers) options.dramObservers.push_back(checker.get());
  RunResult result;
  options.load = [&](platform::Chip& chip) {
    load(chip, request);
    result.host.loaded = hostClock();
  };
  // Limits how far the firmware core may run ahead of other modules; it synchronises at registers and
  // interrupts in any case.
  tlm::tlm_global_quantum::instance().set(sc_core::sc_time(10, sc_core::SC_US));
  // SystemC takes longer to destroy a thousand banks than many simulations take, so the chip is never
  // destroyed. The list keeps it in the sight of leak checkers.
  static std::vector<platform::Chip*>& chips = *new std::vector<platform::Chip*>;
  chips.push_back(new platform::Chip("chip", request.config, options));
  platform::Chip& chip = *chips.back();

  std::vector<std::int32_t> logits;
  const auto onToken = [&](std::uint32_t token, Picoseconds now) {
    result.tokens.push_back(token);
    result.tokenTimes.push_back(now);
    result.host.lastToken = hostClock();
    if (result.tokens.size() == 1) result.host.firstToken = result.host.lastToken;
    if (!request.onToken) return;
    if (functional) {
      logits.resize(layout.plan.vocab);
      chip.inspect(layout.plan.logits, logits.data(), logits.size() * sizeof logits[0]);
    }
    request.onToken(token, logits);
  };
  Host host("host",
            {platform::memoryMap(request.config).registers.base, layout.jobAddress, layout.promptAddress},
            request.job, onToken, [] { sc_core::sc_stop(); });
  host.bus.bind(chip.controller().hostSocket());
  host.interrupt.bind(chip.controller().hostInterrupt());

  const ClippedValues before = clippedValues();
  runToTheEnd(chip, request.firstPhaseLimit);

  if (const auto& fault = chip.controller().core().fault()) throw FirmwareError("firmware: " + *fault);
  if (host.finalStatus() != PIM_STATUS_DONE) {
    throw std::logic_error(fmt::format("the firmware gave up with status {:#x}", host.finalStatus()));
  }
  result.phases = chip.phases();
  result.statistics = chip.statistics();
  result.end = toPicoseconds(sc_core::sc_time_stamp());
  result.rtl = chip.rtlWork();
  result.clipped = clippedValues();
  for (std::size_t i = 0; i < kClippedPlaces; ++i) result.clipped[i] -= before[i];
  collectViolations(checkers, result);
  return result;
}

}  // namespace pim::sim

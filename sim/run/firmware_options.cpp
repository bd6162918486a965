#include "sim/run/firmware_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <limits>

#include "core/base/error.h"
#include "platform/assembly/firmware_program.h"

namespace pim::sim {
namespace {

namespace po = boost::program_options;

constexpr std::uint32_t kLongestTimeout = 1'000'000;  // ms
constexpr Picoseconds kMillisecond = 1'000'000'000;
constexpr Picoseconds kDefaultTimeout = 1000 * kMillisecond;
constexpr double kDefaultTimeoutCycles = 500'000'000;
constexpr double kDefaultTimeoutAccesses = 1'000'000;

Picoseconds defaultTimeout(const platform::ControllerConfig& controller) {
  const double cycles =
      std::max(kDefaultTimeoutCycles, kDefaultTimeoutAccesses * controller.firmwareCyclesPerAccess);
  const double longest = double{kLongestTimeout} * kMillisecond;
  const double timeout = std::min(longest, cycles * controller.firmwareClockNs * 1000);
  return std::max(kDefaultTimeout, static_cast<Picoseconds>(timeout));
}

}  // namespace

void FirmwareOptions::addTo(CommandLine& line) {
  line.add()("firmware", po::value<std::string>(),
             "program of the RV32 core: an ELF file that replaces the built-in program")  //
      ("profile-firmware", po::value<std::string>(),
       "file for the RV32 core's cycles per call stack, in the folded format of flame-graph viewers; a "
       "table per function is written to the same name with .functions appended")  //
      ("gdb", po::value<std::int64_t>(),
       "port on 127.0.0.1 at which the RV32 core waits for GDB before its first instruction; 0: a free "
       "one")  //
      ("firmware-timeout", po::value<std::int64_t>(),
       "most simulated ms that the RV32 core may run without sleeping (default: 1000, or 500 million cycles "
       "or a million bus accesses of a slow core); 0: no limit");
}

FirmwareOptions::FirmwareOptions(const CommandLine& line, const platform::Config& config) {
  if (config.controller.core == platform::ControllerCoreKind::kNative) {
    for (const char* option : {"firmware", "firmware-timeout", "profile-firmware", "gdb"}) {
      if (line.has(option)) {
        throw UserError(fmt::format("--{}: expected controller.core=rv32, got native", option));
      }
    }
    return;
  }
  m_program =
      platform::firmwareProgram(config, line.has("firmware") ? line.get<std::string>("firmware") : "");
  m_timeout = line.has("firmware-timeout") ? line.count("firmware-timeout", 0, kLongestTimeout) * kMillisecond
                                           : defaultTimeout(config.controller);
  if (line.has("gdb")) {
    m_gdb.emplace(
        static_cast<std::uint16_t>(line.count("gdb", 0, std::numeric_limits<std::uint16_t>::max())));
    std::cerr << fmt::format("pimtlm: waiting for GDB: target remote 127.0.0.1:{}", m_gdb->port())
              << std::endl;
  }
  if (!line.has("profile-firmware")) return;
  m_profile.emplace(*m_program);
  const std::string path = line.get<std::string>("profile-firmware");
  m_profileFile.emplace("--profile-firmware", path);
  m_functionsFile.emplace("--profile-firmware", path + ".functions");
}

void FirmwareOptions::apply(RunRequest& request) {
  if (m_profile) request.programObserver = &*m_profile;
  request.program = program();
  request.firmwareTimeout = m_timeout;
  if (m_gdb) request.debugger = &*m_gdb;
}

void FirmwareOptions::finish() {
  if (!m_profile) return;
  m_profileFile->write(m_profile->foldedStacks());
  m_profileFile->commit();
  std::string table = fmt::format("{:>14} {:>14}  function\n", "instructions", "cycles");
  for (const auto& [name, count] : m_profile->functions()) {
    table += fmt::format("{:>14} {:>14}  {}\n", count.instructions, count.cycles, name);
  }
  m_functionsFile->write(table);
  m_functionsFile->commit();
}

}  // namespace pim::sim

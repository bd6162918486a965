#include "sim/waves/wave_options.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <stdexcept>

#include "core/base/error.h"
#include "core/base/part_file.h"
#include "platform/assembly/wave_profile_loader.h"
#include "tlm/trace/gtkw_file.h"
#include "tlm/trace/vcd_file.h"

extern char** environ;

namespace pim::sim {
namespace {

namespace po = boost::program_options;
namespace fs = std::filesystem;

/// Runs GTKWave's converter. Throws std::runtime_error if it fails.
void convertToFst(const std::string& vcd, const std::string& fst) {
  UnfinishedFile part(OutputPlace::of(fst));
  const char* const words[] = {"vcd2fst", vcd.c_str(), part.path().c_str(), nullptr};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  pid_t child = 0;
  const int error =
      posix_spawnp(&child, words[0], &actions, nullptr, const_cast<char* const*>(words), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) {
    throw std::runtime_error(
        fmt::format("{}: expected the program vcd2fst (Debian: gtkwave): {}", fst, std::strerror(error)));
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (status != 0) throw std::runtime_error(fst + ": vcd2fst could not write it");
  part.publish();
}

}  // namespace

void WaveOptions::addTo(CommandLine& line) {
  line.add()  //
      ("wave", po::value<std::vector<std::string>>(),
       "write waveforms: a built-in trace profile, or a .yaml file (docs/waveforms.md); repeatable")    //
      ("wave-dir", po::value<std::string>(), "directory for waveforms (default: the --out directory)")  //
      ("wave-format", po::value<std::string>()->default_value("vcd"), "format of waveforms: vcd or fst");
}

WaveOptions::WaveOptions(const CommandLine& line, const platform::Config& config,
                         const riscv::ElfImage* program)
    : m_program(program), m_quiet(line.has("quiet")) {
  const auto& format = line.get<std::string>("wave-format");
  if (format != "vcd" && format != "fst")
    throw UserError(fmt::format("--wave-format: expected vcd or fst, got '{}'", format));
  m_fst = format == "fst";
  if (!line.has("wave")) return;
  const auto isCheck = [](platform::Fidelity f) { return f == platform::Fidelity::kCheck; };
  m_compared = isCheck(config.rtl.banks) || isCheck(config.rtl.dies) || isCheck(config.rtl.alus);

  WaveChip chip = platform::waveChip(config);
  chip.program = program;
  for (const std::string& name : line.get<std::vector<std::string>>("wave")) {
    const WaveProfile profile = platform::loadWaveProfile(name, config);
    for (const WaveWindow& window : profile.windows) {
      if (window.at == WaveWindow::At::FirstMismatch && !m_compared) {
        throw UserError(fmt::format(
            "--wave {}: expected rtl.banks, rtl.dies or rtl.alus to be check, else nothing can mismatch",
            name));
      }
      m_traces.push_back(std::make_unique<WaveTrace>(profile, window, chip));
      if (m_traces.back()->signals().empty()) {
        throw UserError(fmt::format(
            "--wave {}: expected signals that this chip has (firmware.pc and firmware.function need "
            "controller.core=rv32)",
            name));
      }
    }
  }
  if (!line.has("wave-dir") && !line.has("out"))
    throw UserError("--wave: expected --wave-dir or --out, too, for the files");
  m_directory = line.get<std::string>(line.has("wave-dir") ? "wave-dir" : "out");
  std::error_code error;
  fs::create_directories(m_directory, error);
  if (!error) m_directory = fs::canonical(m_directory, error).string();
  if (error || access(m_directory.c_str(), W_OK) != 0) {
    throw UserError(fmt::format("--wave-dir {}: expected a directory that can be made and written to: {}",
                                m_directory, error ? error.message() : std::strerror(errno)));
  }
}

std::vector<ActivityObserver*> WaveOptions::observers() const {
  std::vector<ActivityObserver*> list;
  for (const auto& trace : m_traces) list.push_back(trace.get());
  return list;
}

void WaveOptions::finish(Picoseconds end) {
  std::vector<std::string> failures;
  for (const auto& trace : m_traces) {
    trace->finish(end);
    const WaveSpan& span = trace->span();
    const std::string window = trace->window().name();
    const std::string what = fmt::format("--wave {}: window {}", trace->profile().name, window);
    if (!span.came()) {
      if (trace->window().at == WaveWindow::At::FirstMismatch) {
        if (!m_quiet) std::cerr << "pimtlm: " << what << ": there was no mismatch\n";
      } else {
        failures.push_back(what + " was not reached in this run");
      }
      continue;
    }
    try {
      const std::string path = write(*trace);
      if (!m_quiet) tell(*trace, path);
    } catch (const std::runtime_error& error) {
      failures.push_back(fmt::format("{}: {}", what, error.what()));
    }
  }
  if (!failures.empty()) throw UserError(fmt::format("{}", fmt::join(failures, "; ")));
}

void WaveOptions::finishBroken() {
  for (const auto& trace : m_traces) {
    const WaveSpan& span = trace->span();
    const bool mismatch = trace->window().at == WaveWindow::At::FirstMismatch;
    if (!span.came() || (!mismatch && !span.sealed())) continue;
    trace->finish(span.to());
    try {
      tell(*trace, write(*trace));
    } catch (const std::runtime_error& error) {
      std::cerr << "pimtlm: " << error.what() << '\n';
    }
  }
}

void WaveOptions::tell(const WaveTrace& trace, const std::string& path) const {
  const WaveSpan& span = trace.span();
  std::cerr << fmt::format("pimtlm: {}: {:.3f} to {:.3f} us{}\n", path,
                           static_cast<double>(span.from()) / 1e6, static_cast<double>(span.to()) / 1e6,
                           span.wasCut() ? ", cut at most_changes" : "");
}

std::string WaveOptions::write(const WaveTrace& trace) {
  if (!m_namesWritten) {
    for (const auto& [name, text] : waveNameFiles(m_program)) writeWhole("", m_directory + "/" + name, text);
    m_namesWritten = true;
  }
  const WaveStretch stretch = trace.stretch();
  const std::string name = trace.profile().name + "." + trace.window().name();
  const std::string file = name + (m_fst ? ".fst" : ".vcd");
  std::string path = m_directory + "/" + file;
  if (m_fst) {
    const UnfinishedFile vcd(OutputPlace::of(path), ".part.vcd");
    writeVcdInto(vcd.path(), trace.signals(), stretch);
    convertToFst(vcd.path(), path);
  } else {
    writeVcd(path, trace.signals(), stretch);
  }
  writeWhole("", m_directory + "/" + name + ".gtkw",
             gtkwText(trace.signals(), stretch.from, stretch.to, file, m_directory));
  return path;
}

}  // namespace pim::sim

#include "sim/timeline/timeline_options.h"

#include <fmt/format.h>

#include <iostream>
#include <regex>
#include <sstream>

#include "core/base/error.h"

namespace pim::sim {
namespace {

namespace po = boost::program_options;

std::vector<BankName> parseBanks(const std::string& text, const platform::Config& config) {
  static const std::regex kName("die([0-9]{1,3})\\.bank([0-9]{1,3})");
  std::vector<BankName> banks;
  std::istringstream words(text);
  for (std::string word; std::getline(words, word, ',');) {
    std::smatch match;
    BankName bank;
    const bool named = std::regex_match(word, match, kName);
    if (named) {
      bank.die = static_cast<std::uint32_t>(std::stoul(match[1]));
      bank.bank = static_cast<std::uint32_t>(std::stoul(match[2]));
    }
    if (!named || bank.die >= config.chip.dies || bank.bank >= config.chip.banksPerDie) {
      throw UserError(fmt::format("--timeline-banks: expected die0.bank0 .. die{}.bank{}, got '{}'",
                                  config.chip.dies - 1, config.chip.banksPerDie - 1, word));
    }
    banks.push_back(bank);
  }
  return banks;
}

}  // namespace

void TimelineOptions::addTo(CommandLine& line) {
  line.add()  //
      ("timeline", po::value<std::string>(),
       "file for a timeline, for trace viewers such as Perfetto; off: write no timeline, even with --out")  //
      ("timeline-window", po::value<std::string>(),
       "part of the run to show: all, prefill[=TILES], decode[=TOKENS], layer=LAYERS, time=FROM..TO, joined "
       "by commas "
       "(default: prefill=0,decode=0..1)")  //
      ("timeline-banks", po::value<std::string>()->default_value("die0.bank0"),
       "banks to show in separate tracks, joined by commas");
}

TimelineOptions::TimelineOptions(const CommandLine& line, const platform::Config& config,
                                 const riscv::ElfImage* program)
    : m_chosen(line.has("timeline-window")) {
  const TimelineWindow window("--timeline-window", m_chosen ? line.get<std::string>("timeline-window")
                                                            : std::string(TimelineWindow::kDefault));
  const std::vector<BankName> banks = parseBanks(line.get<std::string>("timeline-banks"), config);
  const bool named = line.has("timeline");
  if (named && line.get<std::string>("timeline") == "off") {
    if (m_chosen) throw UserError("--timeline-window: expected a timeline, got --timeline off");
    return;
  }
  if (!named && !line.has("out")) {
    if (m_chosen) throw UserError("--timeline-window: expected --timeline or --out, too");
    return;
  }
  m_path = named ? line.get<std::string>("timeline") : line.get<std::string>("out") + "/timeline.json";
  m_timeline = std::make_unique<Timeline>(
      TimelineRequest{named ? "--timeline" : "--out", m_path, window, banks, program}, config);
}

void TimelineOptions::finish() {
  if (!m_timeline || (!m_timeline->anything() && !m_chosen)) return;
  m_timeline->finish();
  if (m_timeline->cutAt() < 0) return;
  std::cerr << fmt::format("pimtlm: {}: cut at {} MB, {:.6f} ms into the run; --timeline-window narrows it\n",
                           m_path, TraceWriter::kMostBytes / 1'000'000,
                           static_cast<double>(m_timeline->cutAt()) / 1e9);
}

}  // namespace pim::sim

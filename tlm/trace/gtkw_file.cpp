#include "tlm/trace/gtkw_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace pim {
namespace {

// GTKWave's flags of a row.
enum Flag : unsigned {
  kHex = 0x2,
  kDecimal = 0x4,
  kBinary = 0x8,
  kRightAligned = 0x20,
  kBlank = 0x200,
  kTranslated = 0x2000,
  kAnalogStep = 0x8000,
  kAnalogStretch = 0x20000,
  kGroupBegin = 0x800000,
  kGroupEnd = 0x1000000
};

enum Colour : int { kRed = 1, kOrange = 2, kYellow = 3, kGreen = 4, kBlue = 5, kIndigo = 6, kViolet = 7 };

constexpr int kWidth = 1600;
constexpr int kHeight = 1000;
constexpr double kWaveWidth = 1280;  // pixels, beside names and values

/// Returns the colour of a signal: one each for data transfers, computation, control and RTL.
Colour colourOf(const WaveSignal& signal) {
  const WaveLeaf leaf = signal.leaf;
  if (signal.rtl) return kRed;
  switch (waveLeafInfo(leaf).unit) {
    case WaveUnit::Link:
      return kOrange;
    case WaveUnit::DieRam:
      return kYellow;
    case WaveUnit::Bank:
      return leaf >= WaveLeaf::OpenRow ? kBlue : kGreen;
    case WaveUnit::Controller:
      break;
  }
  return leaf >= WaveLeaf::AluBusy ? kViolet : leaf >= WaveLeaf::HostDoorbell ? kIndigo : kRed;
}

std::string fileOf(WaveNames names) {
  return fmt::format("wave_{}.txt", waveNamesTitle(names));
}

/// Returns "die0" for "chip.die0.bank3.state".
std::string groupOf(const WaveSignal& signal) {
  const std::size_t begin = signal.path.find('.') + 1;
  return signal.path.substr(begin, signal.path.find('.', begin) - begin);
}

/// Returns "bank3 RTL" for "chip.die0.bank3.rtl.state"; empty if the signal is not RTL.
std::string rtlGroupOf(const WaveSignal& signal) {
  if (!signal.rtl) return {};
  const std::size_t end = signal.path.find(".rtl.");
  const std::size_t begin = signal.path.rfind('.', end - 1) + 1;
  return signal.path.substr(begin, end - begin) + " RTL";
}

/// Writes the begin and end of nested groups.
class Groups {
 public:
  explicit Groups(std::string& text) : m_text(text) {}

  void go(const std::vector<std::string>& to) {
    std::size_t same = 0;
    while (same < to.size() && same < m_open.size() && to[same] == m_open[same]) ++same;
    while (m_open.size() > same) {
      m_text += fmt::format("@{:x}\n-{}\n", kGroupEnd | kBlank, m_open.back());
      m_open.pop_back();
    }
    for (; same < to.size(); ++same) {
      m_text += fmt::format("@{:x}\n-{}\n", kGroupBegin | kBlank, to[same]);
      m_open.push_back(to[same]);
    }
  }

 private:
  std::string& m_text;
  std::vector<std::string> m_open;
};

std::string row(const WaveSignal& signal, const std::string& group, const std::string& directory) {
  const WaveLeafInfo& info = waveLeafInfo(signal.leaf);
  // GTKWave shows the text after the last dot.
  std::string name = signal.path.substr(std::string("chip.").size() + group.size() + 1);
  std::replace(name.begin(), name.end(), '.', ' ');
  std::string text = fmt::format("[color] {}\n", static_cast<int>(colourOf(signal)));
  unsigned flags = kRightAligned;
  if (info.names != WaveNames::None) {
    flags |= kTranslated | kDecimal;
  } else if (info.width == 1) {
    flags |= kBinary;
  } else {
    flags |= info.data || signal.leaf == WaveLeaf::FirmwarePc ? kHex : kDecimal;
  }
  if (signal.leaf == WaveLeaf::QueueDepth) flags |= kAnalogStep;
  text += fmt::format("@{:x}\n", flags);
  if (info.names != WaveNames::None) text += fmt::format("^1 {}/{}\n", directory, fileOf(info.names));
  text += fmt::format("+{{{}}} {}", name, signal.path);
  text += info.width == 1 ? "\n" : fmt::format("[{}:0]\n", info.width - 1);
  if (signal.leaf == WaveLeaf::QueueDepth) text += fmt::format("@{:x}\n-\n", unsigned{kAnalogStretch});
  return text;
}

}  // namespace

std::string gtkwText(const std::vector<WaveSignal>& signals, Picoseconds from, Picoseconds to,
                     const std::string& vcdFile, const std::string& directory) {
  // At this zoom, GTKWave shows 2^-zoom picoseconds on 200 pixels.
  const double perFrame = 200 * std::max<double>(1, static_cast<double>(to - from)) / kWaveWidth;
  std::string text = fmt::format(
      "[dumpfile] \"{}/{}\"\n[savefile] \"{}/{}.gtkw\"\n[timestart] {}\n[size] {} {}\n[pos] 0 0\n*{:.6f} {} "
      "-1 -1 -1 -1 -1 -1 -1 -1 -1 -1 "
      "-1 "
      "-1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1\n[treeopen] chip.\n[signals_width] 260\n[sst_expanded] "
      "0\n",
      directory, vcdFile, directory, vcdFile.substr(0, vcdFile.rfind('.')), from, kWidth, kHeight,
      -std::log2(perFrame), from);
  Groups groups(text);
  for (const WaveSignal& signal : signals) {
    const std::string group = groupOf(signal), rtl = rtlGroupOf(signal);
    groups.go(rtl.empty() ? std::vector{group} : std::vector{group, rtl});
    text += row(signal, group, directory);
  }
  groups.go({});
  return text + "[pattern_trace] 1\n[pattern_trace] 0\n";
}

std::vector<std::pair<std::string, std::string>> waveNameFiles(const riscv::ElfImage* program) {
  std::vector<std::pair<std::string, std::string>> files;
  const auto add = [&files](WaveNames names,
                            const std::vector<std::pair<std::uint64_t, std::string>>& values) {
    std::string text;
    for (const auto& [value, name] : values) text += fmt::format("{} {}\n", value, name);
    files.emplace_back(fileOf(names), text);
  };
  for (const WaveNames names : {WaveNames::Opcode, WaveNames::State, WaveNames::Firmware, WaveNames::Phase,
                                WaveNames::Step, WaveNames::Stream, WaveNames::Row, WaveNames::Column}) {
    add(names, waveNames(names));
  }
  if (program != nullptr) add(WaveNames::Function, waveFunctionNames(*program));
  return files;
}

}  // namespace pim

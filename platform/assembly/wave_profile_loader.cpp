#include "platform/assembly/wave_profile_loader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <optional>

#include "core/base/error.h"
#include "platform/assembly/chip_parameters.h"
#include "platform/assembly/rtl_blocks.h"
#include "platform/config/builtin.h"
#include "platform/config/document.h"

namespace pim::platform {
namespace {

constexpr std::size_t kMostWindows = 64;

/// The contents of the file as texts, before they are interpreted.
struct Document {
  std::string dies = "0";
  std::string banks = "0";
  std::string signals;
  bool data = false;
  std::uint64_t mostChanges = 4'000'000;
  WaveWindow::At at = WaveWindow::At::Run;
  std::string token = "all";
  std::string layer = "all";
  double fromUs = 0;
  double toUs = 0;
  double beforeUs = 5;
  double afterUs = 1;
};

Real microseconds(double& at) {
  return {&at, "us", 0, 1e9};
}

Schema profileSchema(Document& d) {
  return {
      {"dies", Line{&d.dies}, "Dies that are shown"},
      {"banks", Line{&d.banks}, "Banks that are shown of each of them"},
      {"signals", Line{&d.signals}, "Groups of signals, or single ones as group.name"},
      {"data", Switch{&d.data}, "With signals that hold data and addresses"},
      {"most_changes", Integer{&d.mostChanges, "", 1000, 1'000'000'000}, "Where a window is cut"},
      {"window.at", choice(d.at, {"run", "time", "prefill", "decode", "first_mismatch"}), "Kind of window"},
      {"window.token", Line{&d.token}, "Decode tokens, counted from 0: a window each"},
      {"window.layer", Line{&d.layer}, "Layers: a window each"},
      {"window.from_us", microseconds(d.fromUs), "Begin of a time window"},
      {"window.to_us", microseconds(d.toUs), "Its end; 0: that of the run"},
      {"window.before_us", microseconds(d.beforeUs), "How much before a mismatch is shown"},
      {"window.after_us", microseconds(d.afterUs), "How much after it"},
  };
}

/// Splits a text at commas and blanks.
std::vector<std::string> wordsOf(const std::string& text) {
  std::vector<std::string> words;
  for (std::size_t at = 0; (at = text.find_first_not_of(", \t", at)) != std::string::npos;) {
    const std::size_t end = std::min(text.find_first_of(", \t", at), text.size());
    words.push_back(text.substr(at, end - at));
    at = end;
  }
  return words;
}

std::optional<std::uint32_t> number(const std::string& text) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// Expands "0, 2..4" to 0, 2, 3, 4. Returns nothing if the text has another form or a number is not below
/// `limit`.
std::optional<std::vector<std::uint32_t>> numbers(const std::string& text, std::uint32_t limit) {
  std::vector<std::uint32_t> list;
  for (const std::string& word : wordsOf(text)) {
    const std::size_t dots = word.find("..");
    const auto first = number(word.substr(0, dots));
    const auto last = dots == std::string::npos ? first : number(word.substr(dots + 2));
    if (!first || !last || *first > *last || *last >= limit || *last - *first > 4096) return std::nullopt;
    for (std::uint32_t n = *first; n <= *last; ++n) list.push_back(n);
  }
  return list.empty() ? std::nullopt : std::optional(list);
}

class Reader {
 public:
  Reader(const std::string& yaml, const std::string& fileName)
      : m_fileName(fileName), m_entries(readYaml(yaml, fileName)) {
    Schema schema = profileSchema(m_document);
    for (const Entry& entry : m_entries) requireKey(schema, entry);
    applyEntries(schema, m_entries);
  }

  WaveProfile read(const Config& config) const {
    WaveProfile profile;
    profile.dies = mask("dies", m_document.dies, config.chip.dies);
    profile.banks = mask("banks", m_document.banks, config.chip.banksPerDie);
    profile.leaves = leaves();
    profile.data = m_document.data;
    profile.mostChanges = m_document.mostChanges;
    profile.windows = windows();
    return profile;
  }

 private:
  static void requireKey(const Schema& schema, const Entry& entry) {
    std::vector<std::string> keys;
    for (const Field& field : schema) {
      if (field.key == entry.key) return;
      keys.push_back(field.key);
    }
    throw UserError(fmt::format("{}: {}: unknown key, expected one of {}", entry.place, quoted(entry.key),
                                fmt::join(keys, ", ")));
  }

  [[noreturn]] void refuse(const std::string& key, const std::string& expectation) const {
    const auto entry =
        std::find_if(m_entries.begin(), m_entries.end(), [&](const Entry& e) { return e.key == key; });
    const bool given = entry != m_entries.end();
    throw UserError(fmt::format("{}: {}: expected {}, got {}", given ? entry->place : m_fileName, key,
                                expectation, given ? quoted(entry->text) : "nothing"));
  }

  std::uint64_t mask(const std::string& key, const std::string& text, std::uint32_t count) const {
    if (text == "all") return count >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1;
    const auto list = numbers(text, count);
    if (!list) refuse(key, fmt::format("all, or numbers below {} as in 0, 2..3", count));
    std::uint64_t bits = 0;
    for (const std::uint32_t n : *list) bits |= std::uint64_t{1} << n;
    return bits;
  }

  WaveLeaves leaves() const {
    WaveLeaves all;
    for (const std::string& word : wordsOf(m_document.signals)) {
      const WaveLeaves found = waveLeavesCalled(word);
      if (found.empty()) {
        refuse("signals", fmt::format("signals of {}, of which {} is none", fmt::join(waveGroups(), ", "),
                                      quoted(word)));
      }
      all.add(found);
    }
    if (all.empty()) refuse("signals", fmt::format("some of {}", fmt::join(waveGroups(), ", ")));
    return all;
  }

  /// Parses indices of tokens or layers; "all" gives WaveWindow::kAll.
  std::vector<std::int64_t> indices(const std::string& key, const std::string& text) const {
    if (text == "all") return {WaveWindow::kAll};
    const auto list = numbers(text, 1u << 20);
    if (!list) refuse(key, "all, or numbers as in 0, 2..3");
    return {list->begin(), list->end()};
  }

  void requireOnlyAt(const char* kind, bool isKind, std::initializer_list<const char*> keys) const {
    for (const Entry& entry : m_entries) {
      for (const char* key : keys) {
        if (entry.key == key && !isKind) refuse(key, fmt::format("it with window.at: {} only", kind));
      }
    }
  }

  std::vector<WaveWindow> windows() const {
    using At = WaveWindow::At;
    const Document& d = m_document;
    requireOnlyAt("decode", d.at == At::Decode, {"window.token"});
    requireOnlyAt("prefill or decode", d.at == At::Decode || d.at == At::Prefill, {"window.layer"});
    requireOnlyAt("time", d.at == At::Time, {"window.from_us", "window.to_us"});
    requireOnlyAt("first_mismatch", d.at == At::FirstMismatch, {"window.before_us", "window.after_us"});
    const auto picoseconds = [](double us) { return static_cast<Picoseconds>(std::llround(us * 1e6)); };
    WaveWindow window;
    window.at = d.at;
    if (d.at == At::Time) {
      window.from = picoseconds(d.fromUs);
      if (d.toUs != 0) window.to = picoseconds(d.toUs);
      if (window.to <= window.from) refuse("window.to_us", "a time after window.from_us");
    }
    if (d.at == At::FirstMismatch) {
      window.before = picoseconds(d.beforeUs);
      window.after = picoseconds(d.afterUs);
    }
    std::vector<WaveWindow> list;
    for (const std::int64_t token : indices("window.token", d.token)) {
      for (const std::int64_t layer : indices("window.layer", d.layer)) {
        window.token = token;
        window.layer = layer;
        list.push_back(window);
      }
    }
    if (list.size() > kMostWindows) {
      refuse("window.layer", fmt::format("at most {} windows of tokens and layers", kMostWindows));
    }
    return list;
  }

  std::string m_fileName;
  std::vector<Entry> m_entries;
  Document m_document;
};

bool isYamlPath(const std::string& name) {
  const auto extension = std::filesystem::path(name).extension();
  return extension == ".yaml" || extension == ".yml";
}

}  // namespace

std::vector<std::string> waveProfileNames() {
  std::vector<std::string> names;
  for (const BuiltinFile& file : builtinWaveProfiles()) names.push_back(file.name);
  return names;
}

WaveProfile loadWaveProfile(const std::string& nameOrPath, const Config& config) {
  const auto& builtin = builtinWaveProfiles();
  const auto file = std::find_if(builtin.begin(), builtin.end(),
                                 [&](const BuiltinFile& f) { return f.name == nameOrPath; });
  if (file == builtin.end() && !isYamlPath(nameOrPath)) {
    throw UserError(fmt::format("--wave: expected a .yaml file or one of {}, got {}",
                                fmt::join(waveProfileNames(), ", "), quoted(nameOrPath)));
  }
  const bool found = file != builtin.end();
  const Reader reader(found ? file->text : readTextFile(nameOrPath),
                      found ? file->name + ".yaml" : nameOrPath);
  WaveProfile profile = reader.read(config);
  profile.name = std::filesystem::path(nameOrPath).stem().string();
  return profile;
}

WaveChip waveChip(const Config& config) {
  WaveChip chip{config.chip.dies, config.chip.banksPerDie, dramTiming(config), bankCompute(config), {}};
  for (std::uint32_t die = 0; die < chip.dies; ++die) chip.rtlBanks.push_back(rtlBanksOf(config, die));
  return chip;
}

}  // namespace pim::platform

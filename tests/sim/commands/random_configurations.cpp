#include "tests/sim/commands/random_configurations.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <iostream>
#include <random>
#include <sstream>

#include "platform/config/loader.h"
#include "platform/config/schema.h"
#include "tests/sim/commands/pimtlm.h"

namespace pim::cli {
namespace {

using nlohmann::json;
using platform::Field;

template <class... Visitors>
struct Overloaded : Visitors... {
  using Visitors::operator()...;
};
template <class... Visitors>
Overloaded(Visitors...) -> Overloaded<Visitors...>;

class Draw {
 public:
  explicit Draw(std::uint64_t seed) : m_engine(seed) {}

  std::size_t below(std::size_t limit) { return static_cast<std::size_t>(m_engine() % limit); }
  template <typename T>
  T oneOf(const std::vector<T>& values) {
    return values[below(values.size())];
  }

  /// A value of the field: an end of its range, a neighbour, the one it has doubled or halved, or any.
  std::string valueOf(const Field& field) {
    return std::visit(
        Overloaded{
            [&](const platform::Real& real) {
              const double now = *real.at;
              const double any = std::exp(std::log(std::max(real.min, 1e-3)) +
                                          part() * std::log(real.max / std::max(real.min, 1e-3)));
              return fmt::format(
                  "{:.6g}", oneOf<double>({real.min, real.max, within(real, now * 2), within(real, now / 2),
                                           within(real, now * 10), within(real, now / 10),
                                           within(real, now * 1.1), within(real, any)}));
            },
            [&](const platform::Integer& integer) {
              if (!integer.allowed.empty()) return std::to_string(oneOf(integer.allowed));
              const std::uint64_t now =
                  std::visit([](const auto* at) -> std::uint64_t { return *at; }, integer.at);
              const std::uint64_t range = integer.max - integer.min;
              const std::uint64_t any = range == 0 ? integer.min : integer.min + m_engine() % range;
              return std::to_string(oneOf<std::uint64_t>(
                  {integer.min, integer.max, within(integer, integer.min + 1),
                   within(integer, integer.max - 1), within(integer, now * 2), within(integer, now / 2),
                   within(integer, now + 1), within(integer, now == 0 ? 0 : now - 1),
                   within(integer, now * 4), within(integer, now / 4), any}));
            },
            [&](const platform::Switch&) { return std::string(below(2) == 0 ? "on" : "off"); },
            [&](const platform::Choice& choice) { return oneOf(choice.names); },
            [&](const platform::Name&) { return std::string("all"); },
            [&](const platform::NumberOrFile& of) { return std::to_string(oneOf(of.allowed)); },
            [&](const platform::Line&) {
              return oneOf<std::string>({"none", "causal", "sliding:100", "sinks:4+64", "strided:2"});
            }},
        field.value);
  }

 private:
  double part() { return static_cast<double>(m_engine() >> 11) * 0x1p-53; }
  static double within(const platform::Real& real, double value) {
    return std::min(real.max, std::max(real.min, value));
  }
  static std::uint64_t within(const platform::Integer& integer, std::uint64_t value) {
    return std::min(integer.max, std::max(integer.min, value));
  }

  std::mt19937_64 m_engine;
};

/// Keys that say how the simulator works rather than what the chip is, and RTL, which has tests of its own.
bool isDrawn(const Field& field) {
  return field.key != "name" && field.key != "machine" && field.section() != "rtl" &&
         field.key != "simulation.threads" && field.key != "simulation.seed";
}

struct Case {
  Words words;
  std::string model = {};  ///< of a run

  /// A run small enough to compute its values, and bank by bank.
  bool isSmall() const { return model == "tiny"; }
};

std::vector<std::string> presets(bool anyMachine) {
  std::vector<std::string> names;
  for (const std::string& name : platform::presetNames()) {
    if (anyMachine || platform::loadPreset(name).machine == platform::MachineKind::kPim)
      names.push_back(name);
  }
  return names;
}

Case drawCase(Draw& draw, const std::vector<std::string>& names) {
  const std::string preset = draw.oneOf(names);
  platform::Config config = platform::loadPreset(preset);
  const platform::Schema schema = platform::configSchema(config);
  Case drawn;
  const bool isPim = config.machine == platform::MachineKind::kPim;
  switch (isPim ? draw.below(9) : 8) {
    case 8:
      drawn.words = {"step", "--model", "tinyllama-1.1b", "--decode", draw.oneOf<std::string>({"1", "100"})};
      break;
    case 0:
      drawn.words = {"gemv", "--rows", draw.oneOf<std::string>({"1", "96", "1000"}), "--cols",
                     draw.oneOf<std::string>({"128", "4096"})};
      break;
    case 1:
      drawn.words = {"describe", "--model", "tiny"};
      break;
    case 2:
      drawn.words = {"analyze", "--model", "tiny", "--context", "40"};
      break;
    default:
      drawn.model = draw.oneOf<std::string>({"tiny", "tiny", "tiny", "tinyllama-1.1b", "llama-7b"});
      drawn.words = {"run",
                     "--model",
                     drawn.model,
                     "--prompt",
                     draw.oneOf<std::string>({"1", "5", "33"}),
                     "--generate",
                     draw.oneOf<std::string>({"1", "3"}),
                     "--context",
                     draw.oneOf<std::string>({"0", "100", "2013"})};
      if (drawn.isSmall() && draw.below(4) == 0) drawn.words.push_back("--functional");
  }
  drawn.words.insert(drawn.words.end(), {"--preset", preset});
  // The tiny model is too narrow for the group of most presets: most cases set one that fits.
  if (isPim && draw.below(8) != 0) drawn.words.insert(drawn.words.end(), {"--set", "weights.group=32"});
  const std::size_t keys = 1 + draw.below(5);
  for (std::size_t i = 0; i < keys; ++i) {
    const Field& field = draw.oneOf(schema);
    if (isDrawn(field))
      drawn.words.insert(drawn.words.end(), {"--set", field.key + "=" + draw.valueOf(field)});
  }
  // A search for a mapping runs hundreds of times, which takes minutes bank by bank.
  if (std::find(drawn.words.begin(), drawn.words.end(), "mapping.auto=on") != drawn.words.end()) {
    drawn.words.insert(drawn.words.end(),
                       {"--set", "simulation.check_timing=off", "--set", "simulation.exact_banks=off"});
  }
  return drawn;
}

std::string lineOf(const Words& words) {
  std::string line = "pimtlm";
  for (const std::string& word : words) line += ' ' + word;
  return line;
}

/// What NaN and infinity become in JSON.
bool hasNull(const json& value) {
  if (value.is_null()) return true;
  if (!value.is_structured()) return false;
  return std::any_of(value.begin(), value.end(), hasNull);
}

double sumOf(const json& parts) {
  double sum = 0;
  for (const json& part : parts) sum += part.get<double>();
  return sum;
}

void expectUtilisationBelowOne(const json& utilisation, const std::string& line) {
  for (const auto& [name, value] : utilisation.items())
    EXPECT_LE(value.get<double>(), 1 + 1e-9) << name << ": " << line;
}

/// The components are the time, and no component is on the path for longer than it is busy.
void expectPathIsTheTime(const json& components, double seconds, const std::string& line) {
  double path = 0;
  for (const auto& [name, on] : components["critical_path"].items()) {
    path += on.get<double>();
    EXPECT_GE(on.get<double>(), 0) << name << ": " << line;
    const double busy = components[name]["busy"];
    EXPECT_LE(on.get<double>(), busy * (1 + 1e-9) + 1e-12) << name << ": " << line;
    EXPECT_EQ(components[name]["critical_path"], on) << name << ": " << line;
  }
  EXPECT_NEAR(path, seconds, 1e-12 + 1e-9 * seconds) << line;
}

void expectEnergySums(const json& energy, const std::string& line) {
  double before = 0;
  for (const char* const level : {"low", "nominal", "high"}) {
    const json& of = energy[level];
    const double total = of["joules_per_token"];
    EXPECT_NEAR(sumOf(of["parts"]), total, 1e-9 * total) << level << ": " << line;
    EXPECT_GE(total, before) << level << " is less than the one below it: " << line;
    before = total;
    for (const auto& [name, part] : of["parts"].items())
      EXPECT_GE(part.get<double>(), 0) << name << ": " << line;
  }
  EXPECT_EQ(energy["joules_per_token"], energy["nominal"]["joules_per_token"]) << line;
  EXPECT_EQ(energy["parts"], energy["nominal"]["parts"]) << line;
}

/// Of a stage of a run: `seconds` per token, its components, memories, utilisation and energy.
void expectStage(const json& stage, double seconds, const std::string& line) {
  expectPathIsTheTime(stage["components"], seconds, line);
  expectUtilisationBelowOne(stage["utilisation"], line);
  for (const auto& [name, memory] : stage["memory"].items())
    EXPECT_LE(memory["utilisation"].get<double>(), 1 + 1e-9) << name << ": " << line;
  expectEnergySums(stage["energy"], line);
}

void expectInvariants(const json& result, const std::string& line) {
  EXPECT_FALSE(hasNull(result)) << "no number in the result: " << line;
  if (result.contains("utilisation")) expectUtilisationBelowOne(result["utilisation"], line);
  if (!result.contains("prefill")) return;
  expectStage(result["prefill"], result["prefill"]["seconds_per_token"], line);
  if (result.contains("decode")) expectStage(result, result["decode"]["seconds_per_token"], line);
}

json withoutHost(json result) {
  result.erase("host");
  result["config"]["simulation"].erase("exact_banks");
  return result;
}

/// Of "...; A=1 with B=2 or C=3 would do": {A=1, B=2} and {C=3}, the remedies that are settings.
std::vector<Words> remediesIn(const std::string& err) {
  std::vector<Words> remedies;
  const std::size_t end = err.rfind(" would do");
  const std::size_t begin = err.rfind(';', end);
  if (end == std::string::npos || begin == std::string::npos) return remedies;
  std::istringstream words(err.substr(begin + 1, end - begin - 1));
  bool isNew = true;
  for (std::string word; words >> word;) {
    if (word == "or") isNew = true;
    if (word.find('=') == std::string::npos) continue;
    if (isNew) remedies.emplace_back();
    isNew = false;
    remedies.back().push_back(word);
  }
  return remedies;
}

/// A refusal that says what would do is not followed by another one. Returns how many remedies there were.
std::uint32_t expectRemediesToHelp(const Words& words, const std::string& err, const std::string& line) {
  const std::vector<Words> remedies = remediesIn(err);
  for (const Words& settings : remedies) {
    Words remedied = words;
    for (const std::string& setting : settings) remedied.insert(remedied.end(), {"--set", setting});
    const Outcome run = pimtlm(remedied);
    // What this build cannot do is no fault of the remedy.
    EXPECT_TRUE(run.status == 0 || run.err.find("was built without") != std::string::npos)
        << settings.front() << " would do, said " << err << line << '\n'
        << run.err;
  }
  return static_cast<std::uint32_t>(remedies.size());
}

}  // namespace

void expectResultOrOneLine(std::uint64_t seed, std::uint32_t count, bool anyMachine) {
  Draw draw(seed);
  const std::vector<std::string> names = presets(anyMachine);
  std::uint32_t results = 0, refusals = 0, exactRuns = 0, remedies = 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    const Case drawn = drawCase(draw, names);
    Words words = drawn.words;
    words.insert(words.end(), {"--json", "-", "--quiet"});
    const Outcome run = pimtlm(words);
    const std::string line = lineOf(drawn.words);
    if (run.status == 2) {
      ++refusals;
      EXPECT_EQ(std::count(run.err.begin(), run.err.end(), '\n'), 1) << line << '\n' << run.err;
      EXPECT_EQ(run.err.find("internal error"), std::string::npos) << line << '\n' << run.err;
      EXPECT_EQ(run.out, "") << line;
      remedies += expectRemediesToHelp(words, run.err, line);
      continue;
    }
    ASSERT_EQ(run.status, 0) << line << '\n' << run.err;
    ++results;
    const json result = json::parse(run.out, nullptr, false);
    ASSERT_FALSE(result.is_discarded()) << line;
    expectInvariants(result, line);
    if (!drawn.isSmall() || i % 2 != 0) continue;
    words.insert(words.end(), {"--set", "simulation.exact_banks=on"});
    ++exactRuns;
    const Outcome exact = pimtlm(words);
    ASSERT_EQ(exact.status, 0) << line << '\n' << exact.err;
    EXPECT_EQ(withoutHost(json::parse(exact.out)), withoutHost(result)) << "exact banks differ: " << line;
  }
  // A draw that is refused throughout would hold nothing.
  EXPECT_GT(results, count / 4) << refusals << " refusals";
  std::cout << count << " configurations: " << results << " results, " << refusals << " refusals, "
            << exactRuns << " also bank by bank, " << remedies << " remedies tried" << std::endl;
}

}  // namespace pim::cli

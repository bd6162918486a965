#include "sim/results/comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <optional>

#include "core/base/error.h"
#include "sim/analysis/cited_figures.h"
#include "sim/analysis/metrics.h"
#include "sim/results/machine_comparison.h"

namespace pim::sim {
namespace {

using Json = nlohmann::ordered_json;
using Pointer = Json::json_pointer;

/// A number of a result for comparison.
struct Quantity {
  const char* name;
  const char* unit;
  const char* key;
};

constexpr std::array<Quantity, 33> kQuantities{{
    {"prefill rate", "tokens/s", "/prefill/tokens_per_second"},
    {"decode rate", "tokens/s", "/decode/tokens_per_second"},
    {"a decode token", "s", "/decode/seconds_per_token"},
    {"energy of a token", "J", "/energy/joules_per_token"},
    {"power in decode", "W", "/energy/watts"},
    {"critical path: weights in the banks", "s", "/components/critical_path/bank_weights"},
    {"critical path: KV cache in the banks", "s", "/components/critical_path/bank_kv"},
    {"critical path: activations on the links", "s", "/components/critical_path/link_weights"},
    {"critical path: attention on the links", "s", "/components/critical_path/link_kv"},
    {"critical path: ALUs beside the matrices", "s", "/components/critical_path/controller_weights"},
    {"critical path: ALUs for attention", "s", "/components/critical_path/controller_kv"},
    {"critical path: exchange latency", "s", "/components/critical_path/latency"},
    {"critical path: firmware", "s", "/components/critical_path/firmware"},
    {"banks busy in decode", "", "/utilisation/bank"},
    {"links busy in decode", "", "/utilisation/link"},
    {"ALUs busy in decode", "", "/utilisation/controller"},
    {"MAC arrays used in decode", "", "/utilisation/mac"},
    {"MAC arrays used in prefill", "", "/prefill/utilisation/mac"},
    {"read and written in the banks, weights", "B", "/traffic/bytes/bank/weights"},
    {"read and written in the banks, KV", "B", "/traffic/bytes/bank/kv"},
    {"over the links in, weights", "B", "/traffic/bytes/link_in/weights"},
    {"over the links in, KV", "B", "/traffic/bytes/link_in/kv"},
    {"over the links out, weights", "B", "/traffic/bytes/link_out/weights"},
    {"over the links out, KV", "B", "/traffic/bytes/link_out/kv"},
    {"messages for weights", "", "/traffic/messages/weights"},
    {"messages for attention", "", "/traffic/messages/kv"},
    {"rows opened", "", "/dram/activates"},
    {"free in the banks", "B", "/capacity/free"},
    {"longest context", "tokens", "/capacity/max_context"},
    {"perplexity", "", "/perplexity/value"},
    {"matrix", "s", "/gemv/seconds"},
    {"matrix, banks", "s", "/gemv/bank_seconds"},
    {"bandwidth of the banks", "GB/s", "/gemv/bank_gb_per_s"},
}};

ComparedRun load(const std::string& path) {
  const std::filesystem::path given(path);
  const bool directory = std::filesystem::is_directory(given);
  const std::filesystem::path file = directory ? given / "result.json" : given;
  std::ifstream stream(file, std::ios::binary);
  if (!stream)
    throw UserError(fmt::format("{}: expected a directory of --out or a file of --json", file.string()));
  ComparedRun run;
  // Limits the nesting, because the functions that process JSON are recursive.
  static constexpr int kDeepest = 64;
  const auto refuseDepth = [&file](int depth, Json::parse_event_t, Json&) {
    if (depth > kDeepest)
      throw UserError(
          fmt::format("{}: expected a result in JSON; it is nested deeper than {}", file.string(), kDeepest));
    return true;
  };
  run.result = Json::parse(stream, refuseDepth, false);
  if (run.result.is_discarded() || !run.result.is_object())
    throw UserError(fmt::format("{}: expected a result in JSON; it is damaged", file.string()));
  if (!run.result.contains("config") || !run.result["config"].is_object())
    throw UserError(fmt::format("{}: expected a result of pimtlm, with a config", file.string()));
  for (const Quantity& quantity : kQuantities) {
    const Pointer key(quantity.key);
    if (run.result.contains(key) && !run.result[key].is_number())
      throw UserError(fmt::format("{}: {}: expected a number", file.string(), quantity.key));
  }
  const std::filesystem::path whole = std::filesystem::absolute(given).lexically_normal();
  const std::filesystem::path named = whole.has_filename() ? whole : whole.parent_path();
  run.name = directory                           ? named.filename().string()
             : named.filename() == "result.json" ? named.parent_path().filename().string()
                                                 : named.stem().string();
  return run;
}

std::optional<double> number(const Json& result, const std::string& key) {
  const Pointer pointer(key);
  return result.contains(pointer) ? std::optional<double>(result[pointer].get<double>()) : std::nullopt;
}

/// Returns the settings of a run as key.path -> value.
Json settingsOf(const Json& result) {
  Json all;
  const auto add = [&all](const std::string& prefix, const Json& object) {
    const auto visit = [&all](const auto& self, const std::string& path, const Json& value) -> void {
      if (!value.is_object()) {
        all[path] = value;
        return;
      }
      for (const auto& [key, inner] : value.items())
        self(self, path.empty() ? key : fmt::format("{}.{}", path, key), inner);
    };
    visit(visit, prefix, object);
  };
  add("", result["config"]);
  if (result.contains("model")) add("model", result["model"]);
  for (const char* phase : {"prefill", "decode"}) {
    const Pointer tokens(fmt::format("/{}/tokens", phase));
    if (result.contains(tokens)) add(fmt::format("{}.tokens", phase), result[tokens]);
  }
  return all;
}

/// Returns the settings that differ. `common`: only those that every run has.
Json settingsThatDiffer(const std::vector<ComparedRun>& runs, bool common) {
  std::vector<Json> settings;
  std::vector<std::string> keys;
  for (const ComparedRun& run : runs) {
    settings.push_back(settingsOf(run.result));
    for (const auto& [key, value] : settings.back().items()) {
      if (std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(key);
    }
  }
  Json list = Json::array();
  for (const std::string& key : keys) {
    const auto valueOf = [&](std::size_t i) { return settings[i].value(key, Json()); };
    bool differs = false;
    Json values;
    for (std::size_t i = 0; i < runs.size(); ++i) {
      differs |= valueOf(i) != valueOf(0);
      if (settings[i].contains(key)) values[runs[i].name] = valueOf(i);
    }
    if (differs && (!common || values.size() == runs.size()))
      list.push_back({{"key", key}, {"values", values}});
  }
  return list;
}

/// Returns the results. `common`: only those that more than one run has.
Json resultsOf(const std::vector<ComparedRun>& runs, bool common) {
  Json list = Json::array();
  for (const Quantity& quantity : kQuantities) {
    Json values = Json::object(), ratios = Json::object();
    const std::optional<double> first = number(runs[0].result, quantity.key);
    bool anything = false;  // a value other than zero
    for (const ComparedRun& run : runs) {
      const std::optional<double> value = number(run.result, quantity.key);
      if (!value) continue;
      values[run.name] = *value;
      anything |= *value != 0;
      if (&run != &runs[0] && first && *first != 0) ratios[run.name] = *value / *first;
    }
    if (!anything || (common && values.size() < 2)) continue;
    list.push_back({{"name", quantity.name},
                    {"unit", quantity.unit},
                    {"key", quantity.key},
                    {"values", values},
                    {"ratios", ratios}});
  }
  return list;
}

/// 0.00204, "s" -> "2.040 ms"
std::string withPrefix(double value, const std::string& unit) {
  static const std::vector<std::pair<double, const char*>> kPrefixes{
      {1e9, "G"}, {1e6, "M"}, {1e3, "k"}, {1, ""}, {1e-3, "m"}, {1e-6, "u"}, {1e-9, "n"}};
  for (const auto& [factor, prefix] : kPrefixes) {
    if (std::abs(value) >= factor) return fmt::format("{:#.4g} {}{}", value / factor, prefix, unit);
  }
  return fmt::format("{:.4g} {}", value, unit);
}

/// The component whose share of the critical path of a token differs most; decode takes precedence over
/// prefill.
struct Change {
  const char* phase = "";
  Component component = Component::Latency;
  double before = 0, after = 0;
  double tokenBefore = 0, tokenAfter = 0;
};

std::optional<Change> largestChange(const Json& before, const Json& after) {
  for (const char* phase : {"decode", "prefill"}) {
    const std::string path = phase == std::string("decode") ? "/components" : "/prefill/components";
    std::optional<Change> largest;
    for (std::size_t i = 0; i < kComponents; ++i) {
      const auto component = static_cast<Component>(i);
      const std::string key = fmt::format("{}/critical_path/{}", path, componentName(component));
      const auto a = number(before, key), b = number(after, key);
      if (!a || !b) continue;
      if (largest && std::abs(*b - *a) <= std::abs(largest->after - largest->before)) continue;
      largest = Change{phase, component, *a, *b, 0, 0};
    }
    const auto a = number(before, fmt::format("/{}/seconds_per_token", phase));
    const auto b = number(after, fmt::format("/{}/seconds_per_token", phase));
    if (!largest || !a || !b) continue;
    largest->tokenBefore = *a;
    largest->tokenAfter = *b;
    return largest;
  }
  return std::nullopt;
}

std::string inWords(const Change& change, const std::string& before, const std::string& after) {
  if (change.before == change.after && change.tokenBefore == change.tokenAfter)
    return fmt::format("{} takes as long as {} for a {} token.", after, before, change.phase);
  const double longer = change.tokenAfter - change.tokenBefore;
  return fmt::format(
      "{} takes {} {} than {} for a {} token: {} instead of {}. What changed most is {}: {} instead of {}.",
      after, withPrefix(std::abs(longer), "s"), longer < 0 ? "less" : "more", before, change.phase,
      withPrefix(change.tokenAfter, "s"), withPrefix(change.tokenBefore, "s"),
      pim::sim::inWords(change.component), withPrefix(change.after, "s"), withPrefix(change.before, "s"));
}

/// Returns the fastest and the slowest of many runs; empty if none has a rate.
std::string extremes(const std::vector<ComparedRun>& runs) {
  for (const char* phase : {"decode", "prefill"}) {
    const std::string key = fmt::format("/{}/tokens_per_second", phase);
    const ComparedRun *fastest = nullptr, *slowest = nullptr;
    for (const ComparedRun& run : runs) {
      const auto rate = number(run.result, key);
      if (!rate) continue;
      if (fastest == nullptr || *rate > *number(fastest->result, key)) fastest = &run;
      if (slowest == nullptr || *rate < *number(slowest->result, key)) slowest = &run;
    }
    if (fastest == nullptr) continue;
    const double most = *number(fastest->result, key), least = *number(slowest->result, key);
    return fmt::format(
        "Of {} runs {} is the fastest in {}, {:.5g} tokens/s, and {} the slowest, {:.5g}: a factor of "
        "{:.3g}.",
        runs.size(), fastest->name, phase, most, slowest->name, least, most / least);
  }
  return "";
}

std::string cell(const Json& values, const std::string& run, const std::string& unit = "") {
  static const std::string kPrefixed = "s J W B";
  if (!values.contains(run)) return "-";
  const Json& value = values[run];
  if (!unit.empty() && kPrefixed.find(unit) != std::string::npos)
    return withPrefix(value.get<double>(), unit);
  if (value.is_string()) return value.get<std::string>();
  return value.is_number_float() ? fmt::format("{:.5g}", value.get<double>()) : value.dump();
}

/// Formats rows of cells as a table; the first column is left-aligned, the others right-aligned.
std::string aligned(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      line +=
          i == 0 ? fmt::format("  {:<{}}", row[i], widths[i]) : fmt::format("  {:>{}}", row[i], widths[i]);
    }
    text += line + '\n';
  }
  return text;
}

}  // namespace

std::vector<ComparedRun> loadRuns(const std::vector<std::string>& paths) {
  std::vector<ComparedRun> runs;
  for (const std::string& path : paths) {
    ComparedRun run = load(path);
    const std::string name = run.name;
    const auto taken = [&] {
      return std::any_of(runs.begin(), runs.end(), [&](const ComparedRun& r) { return r.name == run.name; });
    };
    for (int n = 2; taken(); ++n) run.name = fmt::format("{} ({})", name, n);
    runs.push_back(std::move(run));
  }
  return runs;
}

Json compareRuns(const std::vector<ComparedRun>& runs) {
  Json names = Json::array(), components = Json::object(), most = Json::object(), summary = Json::array();
  for (const ComparedRun& run : runs) {
    names.push_back(run.name);
    if (run.result.contains("components")) components[run.name] = run.result["components"];
    if (&run == &runs[0]) continue;
    const std::optional<Change> change = largestChange(runs[0].result, run.result);
    if (!change) continue;
    if (change->before != change->after) most[run.name] = componentName(change->component);
    summary.push_back(inWords(*change, runs[0].name, run.name));
  }
  if (const std::string sentence = extremes(runs); runs.size() > kFewRuns && !sentence.empty())
    summary.insert(summary.begin(), sentence);
  const Json machines = compareMachines(runs);
  if (!machines.empty()) summary.insert(summary.begin(), machinesSentence(machines));
  return {{"runs", names},
          {"summary", summary},
          {"machines", machines},
          {"cited", machines.empty() ? Json::array() : citedJson()},
          {"conflicts", machines.empty() ? Json::array() : Json(sourceConflicts())},
          {"changed_most", most},
          {"settings", settingsThatDiffer(runs, !machines.empty())},
          {"results", resultsOf(runs, !machines.empty())},
          {"components", components}};
}

namespace {

std::vector<std::vector<std::string>> settingsByRun(const Json& comparison,
                                                    const std::vector<std::string>& names) {
  std::vector<std::vector<std::string>> rows{{"setting"}};
  rows[0].insert(rows[0].end(), names.begin(), names.end());
  for (const Json& setting : comparison["settings"]) {
    rows.push_back({setting["key"].get<std::string>()});
    for (const std::string& name : names) rows.back().push_back(cell(setting["values"], name));
  }
  return rows;
}

std::vector<std::vector<std::string>> resultsByRun(const Json& comparison,
                                                   const std::vector<std::string>& names) {
  std::vector<std::vector<std::string>> rows{{"result"}};
  rows[0].insert(rows[0].end(), names.begin(), names.end());
  for (std::size_t i = 1; i < names.size(); ++i) rows[0].push_back("ratio");
  for (const Json& result : comparison["results"]) {
    const std::string unit = result["unit"];
    const bool named = unit.find('/') != std::string::npos || unit == "tokens";
    rows.push_back({result["name"].get<std::string>() + (named ? ", " + unit : "")});
    for (const std::string& name : names) rows.back().push_back(cell(result["values"], name, unit));
    for (std::size_t i = 1; i < names.size(); ++i) rows.back().push_back(cell(result["ratios"], names[i]));
  }
  return rows;
}

/// Returns one line per run: the first settings that differ, the rates, and what changed most.
std::string manyRuns(const Json& comparison, const std::vector<std::string>& names) {
  constexpr std::size_t kMostSettings = 5, kMostResults = 4;
  const Json& settings = comparison["settings"];
  const Json& results = comparison["results"];
  const std::size_t shown = std::min(settings.size(), kMostSettings),
                    counted = std::min(results.size(), kMostResults);
  std::vector<std::vector<std::string>> rows{{"run"}};
  for (std::size_t i = 0; i < shown; ++i) rows[0].push_back(settings[i]["key"]);
  for (std::size_t i = 0; i < counted; ++i) rows[0].push_back(results[i]["name"]);
  rows[0].insert(rows[0].end(), {"over the first", "changed most"});
  for (const std::string& name : names) {
    rows.push_back({name});
    for (std::size_t i = 0; i < shown; ++i) rows.back().push_back(cell(settings[i]["values"], name));
    for (std::size_t i = 0; i < counted; ++i)
      rows.back().push_back(cell(results[i]["values"], name, results[i]["unit"]));
    const auto rate = std::find_if(results.begin(), results.end(),
                                   [](const Json& r) { return r["key"] == "/decode/tokens_per_second"; });
    rows.back().push_back(rate == results.end() ? "-" : cell((*rate)["ratios"], name));
    rows.back().push_back(comparison["changed_most"].value(name, "-"));
  }
  std::string text = '\n' + aligned(rows);
  if (settings.size() > shown) text += fmt::format("\n{} more settings differ\n", settings.size() - shown);
  return text + "\nAll results: --json, or the page of --out\n";
}

}  // namespace

std::string comparisonTable(const Json& comparison) {
  const auto names = comparison["runs"].get<std::vector<std::string>>();
  const bool many = names.size() > kFewRuns;
  std::string text;
  for (const Json& sentence : comparison["summary"]) {
    text += sentence.get<std::string>() + '\n';
    if (many) break;
  }
  text += machinesTable(comparison["machines"]) + citedTable(comparison["cited"], comparison["conflicts"]);
  if (many) return text + manyRuns(comparison, names);
  const auto settings = settingsByRun(comparison, names);
  text += settings.size() > 1 ? "\nSettings that differ\n" + aligned(settings) : "\nNo setting differs\n";
  return text + "\nResults\n" + aligned(resultsByRun(comparison, names));
}

}  // namespace pim::sim

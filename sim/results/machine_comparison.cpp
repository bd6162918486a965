#include "sim/results/machine_comparison.h"

#include <fmt/format.h>

#include <set>

#include "sim/analysis/cited_figures.h"

namespace pim::sim {
namespace {

using Json = nlohmann::ordered_json;

struct Column {
  const char* key;
  const char* title;
  const char* path;  ///< in a result
};

constexpr Column kColumns[] = {
    {"decode_tokens_per_second", "tokens/s", "/decode/tokens_per_second"},
    {"prefill_tokens_per_second", "prefill tokens/s", "/prefill/tokens_per_second"},
    {"joules_per_token", "J/token", "/energy/joules_per_token"},
    {"power_covers", "power of", "/energy/covers"},
    {"tokens_per_second_per_1000_dollars", "tokens/s per 1000 $", "/cost/tokens_per_second_per_1000_dollars"},
    {"bound_by", "bound by", "/decode/bound_by"},
    {"memory_bytes_per_token", "bytes/token", "/decode/memory_bytes_per_token"},
    {"published_error", "against published", "/published/0/error"},
};

Json at(const Json& result, const char* path) {
  const Json::json_pointer pointer(path);
  return result.contains(pointer) ? result[pointer] : Json();
}

std::string machineOf(const Json& result) {
  const Json machine = at(result, "/config/machine");
  return machine.is_string() ? machine.get<std::string>() : "pim";
}

/// Adds the values of a chip's result that have other names there.
void addOfChip(const Json& result, Json& row) {
  const Json weights = at(result, "/traffic/bytes/bank/weights"), kv = at(result, "/traffic/bytes/bank/kv");
  if (weights.is_number() && kv.is_number())
    row["memory_bytes_per_token"] = weights.get<double>() + kv.get<double>();
  if (row.contains("joules_per_token")) row["power_covers"] = "chip, model";
}

}  // namespace

Json compareMachines(const std::vector<ComparedRun>& runs) {
  std::set<std::string> kinds;
  for (const ComparedRun& run : runs) kinds.insert(machineOf(run.result));
  Json list = Json::array();
  if (kinds.size() < 2) return list;
  for (const ComparedRun& run : runs) {
    Json row{{"run", run.name}, {"machine", machineOf(run.result)}};
    for (const Column& column : kColumns) {
      const Json value = at(run.result, column.path);
      if (value.is_number() || value.is_string()) row[column.key] = value;
    }
    if (machineOf(run.result) == "pim") addOfChip(run.result, row);
    // The share of a phone's bandwidth that its kernels reach is fitted to its published tokens/s.
    if (machineOf(run.result) == "phone" && row.contains("published_error")) row["published_fitted"] = true;
    list.push_back(row);
  }
  return list;
}

std::string machinesSentence(const Json& machines) {
  const Json* fastest = nullptr;
  const auto rate = [](const Json& row) {
    const auto found = row.find("decode_tokens_per_second");
    return found != row.end() && found->is_number() ? found->get<double>() : 0.0;
  };
  for (const Json& row : machines) {
    if (rate(row) > 0 && (fastest == nullptr || rate(row) > rate(*fastest))) fastest = &row;
  }
  if (fastest == nullptr) return "";
  std::string text = fmt::format("{} decodes fastest, {:.4g} tokens/s", (*fastest)["run"].get<std::string>(),
                                 rate(*fastest));
  std::string others;
  for (const Json& row : machines) {
    if (&row == fastest || rate(row) <= 0) continue;
    others += fmt::format("{}{:.3g} times {} ({:.4g})", others.empty() ? ": " : ", ",
                          rate(*fastest) / rate(row), row["run"].get<std::string>(), rate(row));
  }
  return text + others + ".";
}

std::string machinesTable(const Json& machines) {
  if (machines.empty()) return "";
  std::string text = fmt::format("\nMachines\n  {:<26} {:<6}", "", "kind");
  for (const Column& column : kColumns) text += fmt::format(" {:>20}", column.title);
  text += '\n';
  for (const Json& row : machines) {
    text += fmt::format("  {:<26} {:<6}", row["run"].get<std::string>(), row["machine"].get<std::string>());
    for (const Column& column : kColumns) {
      const auto value = row.find(column.key);
      std::string cell;  // empty: unknown
      if (value != row.end() && value->is_string()) cell = value->get<std::string>();
      if (value != row.end() && value->is_number()) {
        const double number = value->get<double>();
        cell =
            column.key == std::string("published_error")
                ? fmt::format("{:+.1f} %{}", 100 * number, row.contains("published_fitted") ? ", fitted" : "")
                : fmt::format("{:.4g}", number);
      }
      text += fmt::format(" {:>20}", cell);
    }
    text += '\n';
  }
  return text;
}

Json citedJson() {
  Json list = Json::array();
  for (const CitedFigure& figure : citedFigures()) {
    const bool again =
        !list.empty() && list.back()["machine"] == figure.machine;  // the same machine in another preset
    if (again) continue;
    Json row{{"machine", figure.machine},
             {"tokens_per_second", figure.tokensPerSecond},
             {"kind", figure.kind},
             {"source", figure.source}};
    if (figure.watts > 0) {
      row["watts"] = figure.watts;
      row["power_covers"] = figure.powerCovers;
      row["tokens_per_joule"] = figure.tokensPerJoule();
    }
    if (figure.dollars > 0)
      row["tokens_per_second_per_1000_dollars"] = figure.tokensPerSecondPer1000Dollars();
    list.push_back(row);
  }
  return list;
}

std::string citedTable(const Json& cited, const Json& conflicts) {
  if (cited.empty()) return "";
  const auto number = [](const Json& row, const char* key) {
    return row.contains(key) ? fmt::format("{:.3g}", row[key].get<double>()) : std::string();
  };
  std::string text = fmt::format(
      "\nCited, not simulated here: LLaMA2-7B, one request\n  {:<32} {:>9} {:>6} {:>9} {:>9} {:>20}  {}\n",
      "", "tokens/s", "W", "covers", "tokens/J", "tokens/s per 1000 $", "source");
  for (const Json& row : cited) {
    text +=
        fmt::format("  {:<32} {:>9} {:>6} {:>9} {:>9} {:>20}  {}; {}\n", row["machine"].get<std::string>(),
                    number(row, "tokens_per_second"), number(row, "watts"), row.value("power_covers", ""),
                    number(row, "tokens_per_joule"), number(row, "tokens_per_second_per_1000_dollars"),
                    row["kind"].get<std::string>(), row["source"].get<std::string>());
  }
  text += "\nWhere the sources disagree\n";
  for (const Json& conflict : conflicts) text += "  " + conflict.get<std::string>() + '\n';
  return text;
}

}  // namespace pim::sim
